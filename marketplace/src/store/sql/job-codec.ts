import type { Fault, JobState, Reason } from '@node3/shared/job-state';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { SettlementState } from '@node3/shared/settlement-state';
import type { JobRow } from '../rows.ts';
import { fromJson, toJsonOrNull, toNumberOrNull } from './codec.ts';

/** A row of `jobs` with its spec. */
export interface JobRecord {
  job_id: string;
  account_id: string;
  api_key_id: string | null;
  state: string;
  reason: string | null;
  fault: string | null;
  priority: string;
  spec: string;
  asset: string;
  price: bigint;
  fee_basis_points: bigint;
  attempt: bigint;
  execution_id: string | null;
  agent_id: string | null;
  not_before_ms: bigint | null;
  queue_deadline_ms: bigint;
  cancel_requested_at_ms: bigint | null;
  settlement: string;
  charged: bigint | null;
  provider_share: bigint | null;
  fee: bigint | null;
  refund: bigint | null;
  output: string | null;
  exit_code: bigint | null;
  log_lines: bigint;
  log_bytes: bigint;
  created_at_ms: bigint;
  queued_at_ms: bigint | null;
  started_at_ms: bigint | null;
  finished_at_ms: bigint | null;
  failures: string | null;
  dependencies_open: bigint;
  rerun_of: string | null;
  cached_from: string | null;
  cache_key: string | null;
  fair_ms: bigint;
}

export function toJob(record: JobRecord): JobRow {
  return toJobWith(record, fromJson(record.spec) as JobRow['spec']);
}

/** The same for a row whose spec is known already. */
export function toJobWith(record: Omit<JobRecord, 'spec'>, spec: JobRow['spec']): JobRow {
  return {
    jobId: record.job_id,
    accountId: record.account_id,
    apiKeyId: record.api_key_id,
    state: record.state as JobState,
    reason: record.reason as Reason | null,
    fault: record.fault as Fault | null,
    priority: record.priority as JobRow['priority'],
    spec,
    asset: record.asset as Asset,
    price: record.price as BaseUnits,
    feeBasisPoints: Number(record.fee_basis_points),
    attempt: Number(record.attempt),
    executionId: record.execution_id,
    agentId: record.agent_id,
    notBeforeMs: toNumberOrNull(record.not_before_ms),
    fairMs: Number(record.fair_ms),
    queueDeadlineMs: Number(record.queue_deadline_ms),
    cancelRequestedAtMs: toNumberOrNull(record.cancel_requested_at_ms),
    failures: record.failures === null ? [] : (fromJson(record.failures) as JobRow['failures']),
    dependenciesOpen: Number(record.dependencies_open),
    rerunOf: record.rerun_of,
    cachedFrom: record.cached_from,
    cacheKey: record.cache_key,
    settlement: {
      state: record.settlement as SettlementState,
      charged: record.charged as BaseUnits | null,
      providerShare: record.provider_share as BaseUnits | null,
      fee: record.fee as BaseUnits | null,
      refund: record.refund as BaseUnits | null,
    },
    output: record.output === null ? null : fromJson(record.output),
    exitCode: toNumberOrNull(record.exit_code),
    logLines: Number(record.log_lines),
    logBytes: Number(record.log_bytes),
    createdAtMs: Number(record.created_at_ms),
    queuedAtMs: toNumberOrNull(record.queued_at_ms),
    startedAtMs: toNumberOrNull(record.started_at_ms),
    finishedAtMs: toNumberOrNull(record.finished_at_ms),
  };
}

/** Named parameters of every column of `jobs`, and `spec` for its own table. */
export function fromJob(job: JobRow) {
  const { settlement, spec, output, failures, ...columns } = job;
  return {
    ...columns,
    spec: JSON.stringify(spec),
    failures: failures.length === 0 ? null : JSON.stringify(failures),
    settlement: settlement.state,
    charged: settlement.charged,
    providerShare: settlement.providerShare,
    fee: settlement.fee,
    refund: settlement.refund,
    output: toJsonOrNull(output),
  };
}
