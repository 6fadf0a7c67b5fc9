import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import type { FlowGraph } from '@node3/shared/flow-graph';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import { limits } from '@node3/shared/limits';
import { downstreamOf } from '../domain/flow-graph.ts';
import { flowEvent } from '../domain/flow-run-change.ts';
import type { FlowRunRow, FlowStepRow } from '../store/flow-store.ts';
import { checkFlow, checkFlowInput } from './check-flow.ts';
import { invalid } from './check-template.ts';
import { openFlowSecrets, sealFlowSecrets } from './flow-secrets.ts';
import type { Intake } from './intake.ts';
import { type FlowDeps, findOwnFlow, secretsOfFlow } from './manage-flows.ts';
import { hashRequest } from './post-job.ts';
import { findOwnRun } from './read-flow-run.ts';

/** What drives runs, in this process. */
interface FlowRunner {
  readonly owner: string;
  assertRoom(): void;
  drive(runId: string, token: number): void;
}

export interface StartDeps extends FlowDeps {
  flowRunner: FlowRunner;
  intake: Pick<Intake, 'assertOpen'>;
}

interface Starter {
  accountId: string;
  keyId: string | null;
  project: string | null;
  idempotencyKey: string | null;
}

export interface StartInput extends Starter {
  flowId?: string | undefined;
  version?: number | undefined;
  graph?: FlowGraph | undefined;
  input: unknown;
  timeoutSec?: number | undefined;
  secrets?: Record<string, string> | undefined;
}

/** Stores a run of a saved flow or of a graph, and sets it going; does not wait for any of it. */
export async function startFlowRun(deps: StartDeps, input: StartInput): Promise<FlowRunRow> {
  const { accountId, keyId, project, flowId, version, secrets = {} } = input;
  if ((flowId === undefined) === (input.graph === undefined)) {
    const detail = 'give exactly one of flow_id and flow';
    throw invalid([{ pointer: '/flow_id', detail }]);
  }
  checkFlowInput(input.input);
  const saved =
    flowId === undefined ? null : await findOwnFlow(deps, accountId, flowId, version ?? null);
  const graph = saved?.graph ?? input.graph;
  assert(graph !== undefined, 'one of them is given');
  const all = { ...(saved !== null && secretsOfFlow(deps, saved)), ...secrets };
  checkFlow(graph, { pointer: '/flow', secretNames: Object.keys(all) });
  const run = newRun(deps, graph, {
    accountId,
    keyId,
    flowId: saved?.flowId ?? null,
    flowVersion: saved?.version ?? null,
    project: project ?? saved?.project ?? null,
    input: input.input ?? null,
    timeoutSec: input.timeoutSec ?? limits.flowRunSecDefault,
    rerunOf: null,
  });
  const asked = { flowId, version, graph: input.graph, input: run.input, timeout: run.timeoutSec };
  return begin(deps, run, {
    secrets: all,
    steps: graph.nodes.map(({ id }) => pendingStep(id)),
    idempotencyKey: input.idempotencyKey,
    // Without the fields that were not given: they have no place in canonical JSON.
    asked: JSON.parse(JSON.stringify({ ...asked, secrets })),
  });
}

export interface RerunInput extends Starter {
  runId: string;
  fromNode: string | undefined;
  timeoutSec: number | undefined;
}

/**
 * Runs the graph of an ended run again with the same input. With `fromNode`, completed steps that
 * don't come after it are taken over as they are.
 */
export async function rerunFlow(deps: StartDeps, input: RerunInput): Promise<FlowRunRow> {
  const { accountId, keyId, runId, fromNode } = input;
  const { run: earlier, steps } = await findOwnRun(deps, accountId, runId);
  if (!isTerminalFlowRun(earlier.state)) {
    const detail = `The run is still ${earlier.state}; cancel it, or wait for its end.`;
    throw new MarketError('RUN_STATE_INVALID', { detail, runId, state: earlier.state });
  }
  const { graph } = earlier;
  if (fromNode !== undefined && !graph.nodes.some(({ id }) => id === fromNode)) {
    throw invalid([{ pointer: '/from_node', detail: `there is no node "${fromNode}"` }]);
  }
  const again = fromNode === undefined ? null : downstreamOf(graph, fromNode);
  const run = newRun(deps, graph, {
    accountId,
    keyId,
    flowId: earlier.flowId,
    flowVersion: earlier.flowVersion,
    project: input.project ?? earlier.project,
    input: earlier.input,
    timeoutSec: input.timeoutSec ?? earlier.timeoutSec,
    rerunOf: runId,
  });
  return begin(deps, run, {
    secrets: openFlowSecrets(deps.sealer, runId, earlier.sealed),
    steps: takeOver(steps, again, runId),
    idempotencyKey: input.idempotencyKey,
    asked: { rerunOf: runId, fromNode: fromNode ?? null, timeout: run.timeoutSec },
  });
}

function takeOver(
  steps: readonly FlowStepRow[],
  again: ReadonlySet<string> | null,
  runId: string,
): FlowStepRow[] {
  return steps.map((step) => {
    const isKept = again !== null && !again.has(step.nodeId) && step.state === 'completed';
    return isKept ? { ...step, takenFrom: step.takenFrom ?? runId } : pendingStep(step.nodeId);
  });
}

function pendingStep(nodeId: string): FlowStepRow {
  return {
    nodeId,
    state: 'pending',
    branch: null,
    input: null,
    output: null,
    error: null,
    jobId: null,
    takenFrom: null,
    startedAtMs: null,
    endedAtMs: null,
  };
}

type RunFacts = Pick<
  FlowRunRow,
  'accountId' | 'keyId' | 'flowId' | 'flowVersion' | 'project' | 'input' | 'timeoutSec' | 'rerunOf'
>;

function newRun({ ids, clock }: StartDeps, graph: FlowGraph, facts: RunFacts): FlowRunRow {
  return {
    ...facts,
    runId: ids.next('flowRun'),
    state: 'running',
    graph,
    sealed: {},
    error: null,
    createdAtMs: clock.nowMs(),
    endedAtMs: null,
  };
}

interface Beginning {
  secrets: Record<string, string>;
  steps: FlowStepRow[];
  idempotencyKey: string | null;
  /** What a repetition has to be the same as. */
  asked: unknown;
}

async function begin(
  deps: StartDeps,
  run: FlowRunRow,
  { secrets, steps, idempotencyKey, asked }: Beginning,
): Promise<FlowRunRow> {
  const idempotency =
    idempotencyKey === null
      ? null
      : { key: idempotencyKey, requestHash: hashRequest(deps, asked, secrets) };
  // What was started once stays started, whatever is taken now.
  const earlier =
    idempotency === null ? null : await deps.store.flowRunBefore(run.accountId, idempotency);
  if (earlier !== null) return earlier;
  deps.intake.assertOpen();
  deps.flowRunner.assertRoom();
  const { runId, flowId, rerunOf, createdAtMs } = run;
  const data = { runId, flowId, rerunOf };
  const created = await deps.store.createFlowRun({
    run: { ...run, sealed: sealFlowSecrets(deps.sealer, runId, secrets) },
    steps,
    owner: deps.flowRunner.owner,
    idempotency,
    openMax: limits.flowRunsOpenPerAccount,
    kept: limits.flowRunsKept,
    events: [flowEvent('flow-run.started', run, data, createdAtMs, 'requester')],
  });
  if (!created.replayed) deps.flowRunner.drive(runId, created.token);
  return created.run;
}
