import { isTerminalExecution } from '@node3/shared/execution-state';
import { isTerminalJob } from '@node3/shared/job-state';
import { jobTypeOf } from '../domain/job-type.ts';
import { gpuClassOf } from './job-labels.ts';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';
import type { StoreObserver } from './store-observer.ts';

/** Counts what becomes of jobs. */
export function jobMetrics(
  metrics: MarketplaceMetrics,
): Pick<StoreObserver, 'jobPosted' | 'jobLeased' | 'jobChanged'> {
  return {
    jobPosted(job) {
      const type = jobTypeOf(job.spec);
      metrics.count('node3_jobs_created_total', { type });
      if (job.state === 'queued') return;
      // A result that is reused: it never was in the queue.
      const outcome = job.state;
      metrics.count('node3_jobs_finished_total', { type, outcome, reason: job.reason ?? 'none' });
    },
    jobLeased(job, execution) {
      const waitedMs = execution.leasedAtMs - (job.queuedAtMs ?? job.createdAtMs);
      const labels = { gpu_class: gpuClassOf(job.spec), priority: job.priority };
      metrics.count('node3_job_transitions_total', { from: 'queued', to: 'assigned' });
      metrics.observe('node3_job_queue_duration_seconds', labels, Math.max(0, waitedMs) / 1_000);
    },
    jobChanged(from, { job, execution }) {
      if (from !== job.state) {
        metrics.count('node3_job_transitions_total', { from, to: job.state });
        if (isTerminalJob(job.state)) {
          const labels = { outcome: job.state, reason: job.reason ?? 'none' };
          metrics.count('node3_jobs_finished_total', { type: jobTypeOf(job.spec), ...labels });
        }
      }
      if (execution === null || !isTerminalExecution(execution.state)) return;
      if (execution.reason === 'lease_expired') {
        metrics.count('node3_agent_leases_expired_total', {});
      }
      const { runMs, startedAtMs } = execution;
      // A short run may be over before its agent says that it began. Zero is what an execution
      // without a run is billed: it did not last for no time.
      if (runMs === null || (runMs === 0 && startedAtMs === null)) return;
      metrics.observe(
        'node3_job_run_duration_seconds',
        {
          type: jobTypeOf(job.spec),
          gpu_class: gpuClassOf(job.spec),
          outcome: execution.state,
        },
        runMs / 1_000,
      );
    },
  };
}
