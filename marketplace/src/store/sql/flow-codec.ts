import type { FlowGraph } from '@node3/shared/flow-graph';
import type { FlowRunState, FlowStepState } from '@node3/shared/flow-state';
import type {
  FlowError,
  FlowListing,
  FlowRow,
  FlowRunListing,
  FlowRunRow,
  FlowStepRow,
  FlowStepSight,
  ListedFlowRun,
} from '../flow-store.ts';
import { fromJson, toJsonOrNull, toNumberOrNull } from './codec.ts';

export interface FlowRecord {
  flow_id: string;
  account_id: string;
  name: string;
  version: bigint;
  project: string | null;
  created_at_ms: bigint;
  updated_at_ms: bigint;
}

export interface FlowRunListingRecord {
  run_id: string;
  account_id: string;
  api_key_id: string | null;
  flow_id: string | null;
  flow_version: bigint | null;
  project: string | null;
  state: FlowRunState;
  error: string | null;
  timeout_sec: bigint;
  rerun_of: string | null;
  created_at_ms: bigint;
  ended_at_ms: bigint | null;
}

export interface ListedFlowRunRecord extends FlowRunListingRecord {
  flow_name: string | null;
}

export interface FlowRunRecord extends FlowRunListingRecord {
  graph: string;
  input: string;
  sealed: string;
  owner: string;
  token: bigint;
}

export interface FlowStepRecord {
  node_id: string;
  state: FlowStepState;
  branch: string | null;
  input: string | null;
  output: string | null;
  error: string | null;
  job_id: string | null;
  taken_from: string | null;
  started_at_ms: bigint | null;
  ended_at_ms: bigint | null;
}

export function toFlowListing(record: FlowRecord): FlowListing {
  return {
    flowId: record.flow_id,
    accountId: record.account_id,
    name: record.name,
    version: Number(record.version),
    project: record.project,
    createdAtMs: Number(record.created_at_ms),
    updatedAtMs: Number(record.updated_at_ms),
  };
}

export function toFlow(record: FlowRecord & { graph: string; sealed: string }): FlowRow {
  return {
    ...toFlowListing(record),
    graph: fromJson(record.graph) as FlowGraph,
    sealed: fromJson(record.sealed) as Record<string, string>,
  };
}

export function toFlowRun(record: FlowRunRecord): FlowRunRow {
  return {
    ...toFlowRunListing(record),
    graph: fromJson(record.graph) as FlowGraph,
    input: fromJson(record.input),
    sealed: fromJson(record.sealed) as Record<string, string>,
  };
}

export function toFlowRunListing(record: FlowRunListingRecord): FlowRunListing {
  return {
    runId: record.run_id,
    accountId: record.account_id,
    keyId: record.api_key_id,
    flowId: record.flow_id,
    flowVersion: toNumberOrNull(record.flow_version),
    project: record.project,
    state: record.state,
    error: fromJsonOrNull(record.error) as FlowError | null,
    timeoutSec: Number(record.timeout_sec),
    rerunOf: record.rerun_of,
    createdAtMs: Number(record.created_at_ms),
    endedAtMs: toNumberOrNull(record.ended_at_ms),
  };
}

export function toListedFlowRun(record: ListedFlowRunRecord): ListedFlowRun {
  return { ...toFlowRunListing(record), flowName: record.flow_name };
}

export function fromFlowRun(run: FlowRunRow) {
  return {
    ...run,
    graph: JSON.stringify(run.graph),
    input: JSON.stringify(run.input ?? null),
    sealed: JSON.stringify(run.sealed),
    error: toJsonOrNull(run.error),
  };
}

export function toFlowStep(record: FlowStepRecord): FlowStepRow {
  return {
    nodeId: record.node_id,
    state: record.state,
    branch: record.branch,
    input: fromJsonOrNull(record.input),
    output: fromJsonOrNull(record.output),
    error: fromJsonOrNull(record.error) as FlowError | null,
    jobId: record.job_id,
    takenFrom: record.taken_from,
    startedAtMs: toNumberOrNull(record.started_at_ms),
    endedAtMs: toNumberOrNull(record.ended_at_ms),
  };
}

export function fromFlowStep(step: FlowStepRow) {
  return {
    ...step,
    input: toJsonOrNull(step.input),
    output: toJsonOrNull(step.output),
    error: toJsonOrNull(step.error),
  };
}

type SightRecord = Pick<
  FlowStepRecord,
  'node_id' | 'state' | 'branch' | 'job_id' | 'started_at_ms'
>;

export function toFlowStepSight(record: SightRecord): FlowStepSight {
  return {
    nodeId: record.node_id,
    state: record.state,
    branch: record.branch,
    jobId: record.job_id,
    startedAtMs: toNumberOrNull(record.started_at_ms),
  };
}

function fromJsonOrNull(text: string | null): unknown {
  return text === null ? null : fromJson(text);
}
