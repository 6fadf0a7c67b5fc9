import type { ExecutionState } from '@node3/shared/execution-state';
import type { FlowGraph } from '@node3/shared/flow-graph';
import type { FlowStepState } from '@node3/shared/flow-state';
import type { ExecutionView } from '@node3/shared/routes/jobs';
import type { RunDetail } from '@node3/shared/routes/redmind';
import type { Span } from './time-scale.ts';

interface Row {
  key: string;
  /** Which step it is, or is of. */
  nodeId: string;
  /** null: it has not begun, or did in an earlier run. */
  span: Span | null;
}

export type TraceRow =
  | (Row & { kind: 'step'; label: string; state: FlowStepState; isTaken: boolean })
  | (Row & { kind: 'attempt'; attempt: number; state: ExecutionState; agentName: string });

/** From when to when a run went; until now while it goes on. */
export function spanOfRun(run: Pick<RunDetail, 'started_at' | 'ended_at'>, nowMs: number): Span {
  const fromMs = Date.parse(run.started_at);
  const toMs = run.ended_at === null ? nowMs : Date.parse(run.ended_at);
  return { fromMs, toMs: Math.max(fromMs + 1, toMs) };
}

/** Every step in the order of the graph; under one of them the attempts of its job. */
export function traceRows(
  run: Pick<RunDetail, 'runId' | 'trace'>,
  graph: FlowGraph,
  attempts: { nodeId: string; executions: readonly ExecutionView[] } | null,
  nowMs: number,
): TraceRow[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return run.trace.flatMap((entry): TraceRow[] => {
    const { nodeId, status, startedAt, durationMs } = entry;
    const isTaken = entry.runId !== run.runId;
    const fromMs = startedAt === null || isTaken ? null : Date.parse(startedAt);
    const step: TraceRow = {
      kind: 'step',
      key: nodeId,
      nodeId,
      label: nodes.get(nodeId)?.label ?? nodeId,
      state: status,
      isTaken,
      span:
        fromMs === null
          ? null
          : { fromMs, toMs: durationMs === null ? Math.max(fromMs, nowMs) : fromMs + durationMs },
    };
    if (attempts?.nodeId !== nodeId || isTaken) return [step];
    return [step, ...attempts.executions.map((one) => attemptRow(nodeId, one, nowMs))];
  });
}

function attemptRow(nodeId: string, execution: ExecutionView, nowMs: number): TraceRow {
  const { executionId, attempt, state, agentName, leasedAt, finishedAt } = execution;
  const fromMs = Date.parse(leasedAt);
  const toMs = finishedAt === null ? nowMs : Date.parse(finishedAt);
  return {
    kind: 'attempt',
    key: executionId,
    nodeId,
    attempt,
    state,
    agentName,
    span: { fromMs, toMs: Math.max(fromMs, toMs) },
  };
}
