import { assert } from '@node3/shared/assert';
import type { EventName, NewEvent } from '@node3/shared/events';
import {
  type FlowRunState,
  type FlowStepState,
  flowRunTransitions,
  flowStepTransitions,
  isTerminalFlowRun,
} from '@node3/shared/flow-state';
import { assertTransition } from '@node3/shared/state-machine';
import type {
  FlowChange,
  FlowError,
  FlowRunRow,
  FlowRunSight,
  FlowStepRow,
  FlowStepSight,
} from '../store/flow-store.ts';
import { flowNext } from './flow-next.ts';

type StepChange = FlowChange['steps'][number];

/** How a step ended: with an output, or with an error that ends the run. */
export type StepEnd =
  | { output: unknown; branch: string | null; input: unknown }
  | { error: FlowError; input: unknown };

/** Begins every step whose turn it is; ends the run when there is none and none is under way. */
export function beginSteps(sight: FlowRunSight, nowMs: number): FlowChange | null {
  if (isTerminalFlowRun(sight.run.state)) return null;
  const change = goOn(sight, { steps: [], events: [] }, nowMs);
  return change.steps.length === 0 && change.run === undefined ? null : change;
}

/** What the end of a step means: what begins next, or the end of the run. null: it is over already. */
export function endStep(
  sight: FlowRunSight,
  nodeId: string,
  end: StepEnd,
  nowMs: number,
): FlowChange | null {
  const step = sight.steps.find((one) => one.nodeId === nodeId);
  assert(step !== undefined, `${nodeId} is a step of the run`);
  if (isTerminalFlowRun(sight.run.state) || step.state !== 'running') return null;
  if ('error' in end) {
    const error = { ...end.error, nodeId };
    const failed = stepChange(sight, step, 'error', { error, input: end.input }, nowMs);
    return endRun(sight, 'error', error, failed, nowMs);
  }
  const done = stepChange(sight, step, 'completed', end, nowMs);
  return goOn(sight, done, nowMs);
}

/** Ends the run before its steps are over: they end with the same error, or don't begin any more. */
export function stopRun(
  sight: FlowRunSight,
  state: 'cancelled' | 'timeout',
  error: FlowError,
  nowMs: number,
): FlowChange | null {
  if (isTerminalFlowRun(sight.run.state)) return null;
  return endRun(sight, state, error, { steps: [], events: [] }, nowMs);
}

function goOn(sight: FlowRunSight, change: FlowChange, nowMs: number): FlowChange {
  const steps = withChanges(sight.steps, change.steps);
  const { ready, skipped, isOver } = flowNext(sight.run.graph, steps);
  const changes = [change];
  for (const nodeId of skipped)
    changes.push(stepChange(sight, find(steps, nodeId), 'skipped', {}, nowMs));
  for (const nodeId of ready)
    changes.push(stepChange(sight, find(steps, nodeId), 'running', {}, nowMs));
  const merged = merge(changes);
  if (!isOver) return merged;
  return merge([merged, runChange(sight.run, 'completed', { error: null }, nowMs)]);
}

function endRun(
  sight: FlowRunSight,
  state: 'error' | 'cancelled' | 'timeout',
  error: FlowError,
  change: FlowChange,
  nowMs: number,
): FlowChange {
  const steps = withChanges(sight.steps, change.steps);
  const rest = steps.flatMap((step): FlowChange[] => {
    if (step.state === 'pending') return [stepChange(sight, step, 'skipped', {}, nowMs)];
    if (step.state !== 'running') return [];
    const told = state === 'error' ? aborted(error) : error;
    return [stepChange(sight, step, 'error', { error: told }, nowMs)];
  });
  return merge([change, ...rest, runChange(sight.run, state, { error }, nowMs)]);
}

function aborted({ nodeId }: FlowError): FlowError {
  return { code: 'STEP_ABORTED', message: `The step ${nodeId} failed while this one was running.` };
}

function stepChange(
  { run }: FlowRunSight,
  { nodeId, state: before }: FlowStepSight,
  state: FlowStepState,
  facts: Partial<Pick<FlowStepRow, 'input' | 'output' | 'error' | 'branch'>>,
  nowMs: number,
): FlowChange {
  assertTransition(flowStepTransitions, before, state);
  const isStart = state === 'running';
  const times = isStart ? { startedAtMs: nowMs } : { endedAtMs: nowMs };
  const name = isStart ? 'flow-step.started' : 'flow-step.ended';
  const end = { status: state, errorCode: facts.error?.code ?? null };
  const data = { runId: run.runId, nodeId, ...(!isStart && end) };
  return {
    steps: [{ nodeId, state, ...facts, ...times }],
    events: [flowEvent(name, run, data, nowMs)],
  };
}

function runChange(
  run: FlowRunRow,
  state: FlowRunState,
  { error }: { error: FlowError | null },
  nowMs: number,
): FlowChange {
  assertTransition(flowRunTransitions, run.state, state);
  const { runId, flowId } = run;
  const data = {
    runId,
    flowId,
    status: state,
    nodeId: error?.nodeId ?? null,
    errorCode: error?.code ?? null,
  };
  return {
    run: { state, error, endedAtMs: nowMs },
    steps: [],
    events: [flowEvent('flow-run.ended', run, data, nowMs)],
  };
}

export function flowEvent(
  name: EventName,
  { accountId }: Pick<FlowRunRow, 'accountId'>,
  data: NewEvent['data'],
  atMs: number,
  actor: NewEvent['actor'] = 'marketplace',
): NewEvent {
  const ids = { jobId: null, executionId: null, reason: null };
  return { name, atMs, actor, accountId, ...ids, data };
}

function merge(changes: readonly FlowChange[]): FlowChange {
  const run = changes.map((change) => change.run).find((one) => one !== undefined);
  return {
    ...(run !== undefined && { run }),
    steps: changes.flatMap(({ steps }) => steps),
    events: changes.flatMap(({ events }) => events),
  };
}

function withChanges(steps: readonly FlowStepSight[], changes: readonly StepChange[]) {
  const changed = new Map(changes.map((change) => [change.nodeId, change]));
  return steps.map((step): FlowStepSight => ({ ...step, ...changed.get(step.nodeId) }));
}

function find(steps: readonly FlowStepSight[], nodeId: string): FlowStepSight {
  const step = steps.find((one) => one.nodeId === nodeId);
  assert(step !== undefined, `${nodeId} is a step of the run`);
  return step;
}
