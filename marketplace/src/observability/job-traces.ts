import type { Clock } from '@node3/shared/clock';
import { isTerminalExecution } from '@node3/shared/execution-state';
import { isTerminalJob } from '@node3/shared/job-state';
import type { Tracer } from '@node3/shared/tracing';
import type { PayoutRow } from '../store/payout-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { StoreObserver } from './store-observer.ts';

export interface JobTraceDeps {
  tracer: Tracer;
  clock: Pick<Clock, 'nowMs'>;
  store: Pick<Store, 'job'>;
}

/** Batches whose payouts are remembered: many more than are ever open. */
const batchesMax = 10_000;

/**
 * The marketplace's part of each job's trace: match, settlement and payout, below the request that
 * posted the job. What it belongs to is stored with the job, so every process can go on with it.
 */
export function jobTraces(
  deps: JobTraceDeps,
): Pick<StoreObserver, 'jobLeased' | 'jobChanged' | 'batchesRead' | 'batchChanged'> {
  const { tracer, clock } = deps;
  const payoutsOf = new Map<string, readonly PayoutRow[]>();
  return {
    jobLeased(job, { executionId, agentId, attempt, leasedAtMs }) {
      const parent = parentOf(job);
      if (parent === null) return;
      const startMs = job.queuedAtMs ?? job.createdAtMs;
      const ids = { 'node3.execution.id': executionId, 'node3.agent.id': agentId };
      const attributes = { ...jobAttributes(job), ...ids, 'node3.attempt': attempt };
      tracer
        .span({ name: 'job.match', kind: 'internal', parent, startMs, attributes })
        .end({ endMs: Math.max(startMs, leasedAtMs) });
    },
    jobChanged(from, { job, execution }) {
      const parent = parentOf(job);
      const isOver = isTerminalJob(job.state);
      const isBack = from !== 'queued' && job.state === 'queued' && execution !== null;
      if (parent === null || from === job.state || !(isOver || isBack)) return;
      const startMs = job.finishedAtMs ?? clock.nowMs();
      const attributes = {
        ...jobAttributes(job),
        'node3.job.state': job.state,
        'node3.reason': job.reason ?? 'none',
        ...(execution !== null &&
          isTerminalExecution(execution.state) && { 'node3.execution.id': execution.executionId }),
      };
      const name = isOver ? 'job.settle' : 'job.requeue';
      const failed = job.state !== 'succeeded' && { error: job.reason ?? job.state };
      tracer
        .span({ name, kind: 'internal', parent, startMs, attributes })
        .end({ endMs: Math.max(startMs, clock.nowMs()), ...failed });
    },
    batchesRead(batches) {
      for (const { batchId, payouts } of batches) {
        if (payoutsOf.size < batchesMax) payoutsOf.set(batchId, payouts);
      }
    },
    batchChanged({ batchId, to, payouts }) {
      if (to !== 'posted' && to !== 'void') return;
      const paid = payoutsOf.get(batchId) ?? [];
      payoutsOf.delete(batchId);
      const signatures = new Map(payouts.map((row) => [row.payoutId, row.signature ?? null]));
      for (const payout of paid) {
        void tracePayout(deps, payout, to, signatures.get(payout.payoutId) ?? null);
      }
    },
  };
}

async function tracePayout(
  { tracer, clock, store }: JobTraceDeps,
  { payoutId, jobId, asset, createdAtMs }: PayoutRow,
  to: 'posted' | 'void',
  signature: string | null,
): Promise<void> {
  const endMs = clock.nowMs();
  const job = jobId === null ? null : await store.job(jobId).catch(() => null);
  const parent = job === null ? null : parentOf(job);
  if (job === null || parent === null) return;
  const attributes = {
    ...jobAttributes(job),
    'node3.payout.id': payoutId,
    'node3.currency': asset,
    ...(signature !== null && { 'solana.signature': signature }),
  };
  tracer
    .span({ name: 'job.payout', kind: 'internal', parent, startMs: createdAtMs, attributes })
    .end({ endMs: Math.max(createdAtMs, endMs), ...(to === 'void' && { error: 'batch voided' }) });
}

function parentOf({ spec }: Pick<JobRow, 'spec'>): string | null {
  return spec.origin?.traceparent ?? null;
}

function jobAttributes({ jobId }: Pick<JobRow, 'jobId'>) {
  return { 'node3.job.id': jobId };
}
