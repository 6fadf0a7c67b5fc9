import type { NewEvent } from '@node3/shared/events';
import type { FlowGraph } from '@node3/shared/flow-graph';
import type { FlowRunState, FlowStepState } from '@node3/shared/flow-state';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { Idempotency } from './job-store.ts';

export interface FlowListing {
  flowId: string;
  accountId: string;
  name: string;
  /** The newest one, or the one that was asked for. */
  version: number;
  /** A label of its owner; null for none. */
  project: string | null;
  createdAtMs: number;
  updatedAtMs: number;
}

export interface FlowRow extends FlowListing {
  graph: FlowGraph;
  /** Secrets by name, sealed for this flow. */
  sealed: Record<string, string>;
}

/** What went wrong in a step or a run. */
export interface FlowError {
  code: string;
  message: string;
  nodeId?: string;
  timeoutSec?: number;
  elapsedSec?: number;
  context?: Record<string, unknown>;
}

/** A run as lists have it. */
export interface FlowRunListing {
  runId: string;
  accountId: string;
  /** The key it was started with, whose caps hold; null for the operator's key. */
  keyId: string | null;
  /** null for a graph that was not saved. */
  flowId: string | null;
  flowVersion: number | null;
  project: string | null;
  state: FlowRunState;
  error: FlowError | null;
  timeoutSec: number;
  rerunOf: string | null;
  createdAtMs: number;
  endedAtMs: number | null;
}

export interface ListedFlowRun extends FlowRunListing {
  /** What the flow is called now; null when it is gone, or was never saved. */
  flowName: string | null;
}

export interface FlowRunRow extends FlowRunListing {
  /** As it was when the run began. */
  graph: FlowGraph;
  input: unknown;
  /** Secrets by name, sealed for this run. */
  sealed: Record<string, string>;
}

export interface FlowStepRow {
  nodeId: string;
  state: FlowStepState;
  /** What a condition gave. */
  branch: string | null;
  /** What the step was given, without secrets. */
  input: unknown;
  output: unknown;
  error: FlowError | null;
  /** The job that it posted. */
  jobId: string | null;
  /** The earlier run that really did it; null for this one. */
  takenFrom: string | null;
  startedAtMs: number | null;
  endedAtMs: number | null;
}

/** A step as decisions see it: without what it was given and what came out. */
export type FlowStepSight = Pick<
  FlowStepRow,
  'nodeId' | 'state' | 'branch' | 'jobId' | 'startedAtMs'
>;

export interface FlowRunSight {
  run: FlowRunRow;
  steps: FlowStepSight[];
}

export interface FlowChange {
  run?: Partial<Pick<FlowRunRow, 'state' | 'error' | 'endedAtMs'>>;
  steps: (Pick<FlowStepRow, 'nodeId'> & Partial<Omit<FlowStepRow, 'nodeId' | 'takenFrom'>>)[];
  events: NewEvent[];
}

/** Who drives a run. A number grows with each one that takes it over: older ones write nothing more. */
export interface FlowFence {
  owner: string;
  token: number;
}

export interface FlowRunQuery {
  accountId: string;
  flowId: string | null;
  project: string | null;
  state: FlowRunState | null;
  beforeRunId: string | null;
  limit: number;
}

export interface NewFlowRun {
  run: FlowRunRow;
  steps: FlowStepRow[];
  owner: string;
  idempotency: Idempotency | null;
  /** Rejects with LIMIT_REACHED past so many open runs of the account. */
  openMax: number;
  /** Older ended runs of the account than so many are forgotten. */
  kept: number;
  events: NewEvent[];
}

/** What jobs of one asset come to. */
export interface JobsCost {
  asset: Asset;
  jobs: number;
  charged: BaseUnits;
  held: BaseUnits;
}

export interface FlowStore {
  /** Rejects with LIMIT_REACHED past `max` of the account. */
  createFlow(flow: FlowRow, max: number, events: NewEvent[]): Promise<void>;
  /** The newest version, or that one; null for an unknown flow or version. */
  flow(flowId: string, version: number | null): Promise<FlowRow | null>;
  /** Newest first. */
  listFlows(
    query: Pick<FlowRunQuery, 'accountId' | 'project' | 'limit'> & {
      beforeFlowId: string | null;
    },
  ): Promise<FlowListing[]>;
  /** Stores what `change` makes of the newest version as the next one. It may throw. */
  addFlowVersion(
    flowId: string,
    change: (flow: FlowRow) => { flow: FlowRow; events: NewEvent[] },
  ): Promise<FlowRow>;
  /** Again it changes nothing. */
  deleteFlow(flowId: string, events: (flow: FlowListing) => NewEvent[]): Promise<void>;

  /** An earlier run of the same account and key comes back instead; IDEMPOTENCY_MISMATCH for another one. */
  createFlowRun(
    created: NewFlowRun,
  ): Promise<{ run: FlowRunRow; token: number; replayed: boolean }>;
  /** The one that an idempotency key has started already, or null. IDEMPOTENCY_MISMATCH as above. */
  flowRunBefore(accountId: string, idempotency: Idempotency): Promise<FlowRunRow | null>;
  flowRun(runId: string): Promise<{ run: FlowRunRow; steps: FlowStepRow[] } | null>;
  /** Of the jobs that the steps of a run posted themselves. */
  flowRunCosts(runId: string): Promise<JobsCost[]>;
  /** Newest first. */
  listFlowRuns(query: FlowRunQuery): Promise<ListedFlowRun[]>;
  /**
   * Stores what `decide` makes of a run as it is; null from it changes nothing. It may throw, and must
   * not wait. With a fence that is no longer the run's, nothing happens and null comes back.
   */
  changeFlowRun(
    runId: string,
    fence: FlowFence | null,
    decide: (sight: FlowRunSight) => FlowChange | null,
  ): Promise<FlowRunSight | null>;
  /**
   * Takes over open runs whose owner lives no more: no replica of that name is alive. Answers with at
   * most `limit`.
   */
  takeFlowRuns(owner: string, nowMs: number, limit: number): Promise<FlowFenceOf[]>;
  /** Nothing of an ended run is left to clean up. Returns whether the fence still was the run's. */
  closeFlowRun(runId: string, fence: FlowFence): Promise<boolean>;
}

export interface FlowFenceOf {
  runId: string;
  token: number;
}
