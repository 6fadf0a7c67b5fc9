import type { JobChange } from '../job-store.ts';
import type { ExecutionRow, JobRow } from '../rows.ts';
import { toJsonOrNull } from './codec.ts';
import { type ColumnValue, placesOf } from './update-changed.ts';

/** Which columns a change touches, with what they are to hold. */

type JobPart = NonNullable<JobChange['job']>;
type ExecutionPart = NonNullable<JobChange['execution']>;

const jobColumns = {
  state: 'state',
  reason: 'reason',
  fault: 'fault',
  priority: 'priority',
  agentId: 'agent_id',
  notBeforeMs: 'not_before_ms',
  queueDeadlineMs: 'queue_deadline_ms',
  cancelRequestedAtMs: 'cancel_requested_at_ms',
  failures: 'failures',
  dependenciesOpen: 'dependencies_open',
  cacheKey: 'cache_key',
  output: 'output',
  exitCode: 'exit_code',
  queuedAtMs: 'queued_at_ms',
  startedAtMs: 'started_at_ms',
  finishedAtMs: 'finished_at_ms',
} satisfies Record<keyof JobPart, string>;

const executionColumns = {
  state: 'state',
  reason: 'reason',
  detail: 'detail',
  isolation: 'isolation',
  imageDigest: 'image_digest',
  exitCode: 'exit_code',
  runMs: 'run_ms',
  peakMemoryBytes: 'peak_memory_bytes',
  resultHash: 'result_hash',
  acceptByMs: 'accept_by_ms',
  deadlineMs: 'deadline_ms',
  runDeadlineMs: 'run_deadline_ms',
  progressMs: 'progress_ms',
  preemptedAtMs: 'preempted_at_ms',
  leaseUntilMs: 'lease_until_ms',
  startedAtMs: 'started_at_ms',
  finishedAtMs: 'finished_at_ms',
} satisfies Record<keyof ExecutionPart, string>;

const settlementColumns = {
  state: 'settlement',
  charged: 'charged',
  providerShare: 'provider_share',
  fee: 'fee',
  refund: 'refund',
} satisfies Record<keyof JobRow['settlement'], string>;

export const jobPlaces = placesOf([
  ...Object.values(jobColumns),
  ...Object.values(settlementColumns),
]);
export const executionPlaces = placesOf(Object.values(executionColumns));

/** In one order, whatever order the change has: the text of the statement depends on it. */
export function columnsOfJob(
  before: JobRow,
  change: Pick<JobChange, 'job' | 'settlement'>,
): ReadonlyMap<string, ColumnValue> {
  const columns = new Map<string, ColumnValue>();
  const { job = {}, settlement = before.settlement } = change;
  for (const name of keysOf(jobColumns)) {
    const value = job[name];
    if (value === undefined || value === before[name]) continue;
    columns.set(jobColumns[name], columnValue(name, value));
  }
  for (const name of keysOf(settlementColumns)) {
    const value = settlement[name];
    if (value !== before.settlement[name]) columns.set(settlementColumns[name], value);
  }
  return columns;
}

export function columnsOfExecution(
  before: ExecutionRow | null,
  { execution = {} }: Pick<JobChange, 'execution'>,
): ReadonlyMap<string, ColumnValue> {
  const columns = new Map<string, ColumnValue>();
  for (const name of keysOf(executionColumns)) {
    const value = execution[name];
    if (value !== undefined && value !== before?.[name]) {
      columns.set(executionColumns[name], value);
    }
  }
  return columns;
}

function columnValue(name: keyof JobPart, value: unknown): ColumnValue {
  if (name === 'output') return toJsonOrNull(value);
  if (name === 'failures') {
    return Array.isArray(value) && value.length === 0 ? null : toJsonOrNull(value);
  }
  return value as ColumnValue;
}

function keysOf<T extends object>(columns: T): (keyof T)[] {
  return Object.keys(columns) as (keyof T)[];
}
