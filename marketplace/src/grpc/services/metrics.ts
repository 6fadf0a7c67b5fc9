import { setTimeout as delay } from 'node:timers/promises';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import { grpcLimits } from '@node3/shared/grpc-limits';
import type { UsageRow } from '@node3/shared/routes/usage';
import { toTimestamp } from '@node3/shared/schema';
import { readOverview } from '../../services/read-marketplace.ts';
import { readUsage } from '../../services/read-usage.ts';
import { serverStream, unary } from '../answer-call.ts';
import { countJobs } from '../count-jobs.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { fromProtoTime, type ProtoTime, toProtoTime } from '../proto-time.ts';

interface Period {
  start_time: ProtoTime | null;
  end_time: ProtoTime | null;
}

/** Counts of the marketplace, and what an account's own jobs used. */
export function metricsService(deps: GrpcDeps): UntypedServiceImplementation {
  const usage = (period: Period, accountId: string, groupBy: string) =>
    readUsage(deps, accountId, { ...daysOf(period), groupBy });
  return {
    StreamMetrics: serverStream(
      deps,
      { kind: 'read', cost: 1 },
      ({ interval_seconds: seconds }: { interval_seconds: number }, { signal }) =>
        snapshots(deps, intervalMs(seconds), signal),
    ),
    GetAggregatedMetrics: unary(
      deps,
      { access: 'requester', kind: 'read', cost: 100 },
      async (period: Period, { principal }) => {
        const { data } = await usage(period, principal.accountId, 'none');
        return { sums: data.map(viewSum) };
      },
    ),
    GetTimeSeriesMetrics: unary(
      deps,
      { access: 'requester', kind: 'read', cost: 100 },
      async (period: Period, { principal }) => {
        const { data } = await usage(period, principal.accountId, 'day');
        return { points: data.map(viewSum) };
      },
    ),
  };
}

function intervalMs(seconds: number): number {
  const { metricsSecDefault, metricsSecMax } = grpcLimits;
  if (seconds >= 0 && seconds <= metricsSecMax) return (seconds || metricsSecDefault) * 1_000;
  const detail = `must be from 1 to ${metricsSecMax}, or 0 for ${metricsSecDefault}`;
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/interval_seconds', detail }] });
}

async function* snapshots(
  deps: GrpcDeps,
  intervalMs: number,
  signal: AbortSignal,
): AsyncGenerator<object> {
  while (!signal.aborted) {
    const { jobs, agents, gpus, queue } = await readOverview(deps);
    const { pending, running, completed, failed, cancelled } = countJobs(jobs);
    yield {
      timestamp: toProtoTime(deps.clock.nowMs()),
      jobs_pending: pending,
      jobs_running: running,
      jobs_succeeded: completed,
      jobs_failed: failed,
      jobs_cancelled: cancelled,
      workers_online: agents.online,
      workers_offline: agents.offline,
      gpus_registered: gpus.registered,
      gpus_free: gpus.free,
      ...(queue.oldestAgeSec !== null && { oldest_pending_seconds: queue.oldestAgeSec }),
    };
    // The abort ends the wait, and is no failure.
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

function daysOf({ start_time: start, end_time: end }: Period): { from?: string; to?: string } {
  const fromMs = fromProtoTime(start);
  const toMs = fromProtoTime(end);
  const dayOf = (ms: number) => toTimestamp(ms).slice(0, 'yyyy-mm-dd'.length);
  return {
    ...(fromMs !== null && { from: dayOf(fromMs) }),
    ...(toMs !== null && { to: dayOf(toMs) }),
  };
}

function viewSum({ day, jobs, runMs, gpuMs, charged }: UsageRow): object {
  return {
    day: day ?? '',
    jobs,
    run_seconds: runMs / 1_000,
    gpu_seconds: gpuMs / 1_000,
    charged: charged.amount,
    asset: charged.asset,
  };
}
