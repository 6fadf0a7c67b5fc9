import { limits } from '@node3/shared/limits';
import type { JobStore, LeaseRenewal } from '../job-store.ts';
import { toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';

/** As the index executions_by_due has it. */
const dueMs =
  'min(lease_until_ms, ifnull(accept_by_ms, lease_until_ms), ifnull(deadline_ms, lease_until_ms))';

const leaseQueries = {
  // A lease never becomes shorter: a renewal that arrives late must not take back a later one.
  renew: `
    UPDATE executions SET lease_until_ms =
      CASE WHEN lease_until_ms > @leaseUntilMs THEN lease_until_ms ELSE @leaseUntilMs END
    WHERE execution_id = @executionId AND agent_id = @agentId AND attempt = @attempt AND lease_hash = @leaseHash AND live = 1
    RETURNING CASE WHEN preempted_at_ms IS NOT NULL OR (SELECT cancel_requested_at_ms FROM jobs
      WHERE jobs.job_id = executions.job_id) IS NOT NULL THEN 1 ELSE 0 END AS cancel_requested, deadline_ms`,
  // Named, because the planner would rather sort every queued job.
  overdueInQueue: `
    SELECT job_id, NULL AS execution_id FROM jobs INDEXED BY jobs_by_queue_deadline
    WHERE state IN ('awaiting_funds', 'queued') AND queue_deadline_ms <= ?
    ORDER BY queue_deadline_ms LIMIT ?`,
  // The earliest of the three times is what the index has: a lease in its grace is passed over.
  overdueExecutions: `
    SELECT job_id, execution_id FROM executions INDEXED BY executions_by_due
    WHERE live = 1 AND ${dueMs} <= @nowMs
      AND (accept_by_ms <= @nowMs OR deadline_ms <= @nowMs OR lease_until_ms <= @nowMs - @graceMs)
    ORDER BY ${dueMs} LIMIT @limit`,
} as const;

const extendAll = `
  UPDATE executions SET lease_until_ms = lease_until_ms + @byMs, accept_by_ms = accept_by_ms + @byMs,
    deadline_ms = deadline_ms + @byMs, run_deadline_ms = run_deadline_ms + @byMs
  WHERE live = 1`;

interface RenewalRecord {
  cancel_requested: bigint;
  deadline_ms: bigint | null;
}

interface OverdueRecord {
  job_id: string;
  execution_id: string | null;
}

export function createLeaseStore(
  database: Database,
): Pick<JobStore, 'renewLeases' | 'overdue' | 'extendLeases'> {
  return {
    renewLeases(agentId, fences, leaseUntilMs) {
      return database.write(function* (tx) {
        const renewals: (LeaseRenewal | null)[] = [];
        for (const fence of fences) {
          const lease = { ...fence, agentId, leaseUntilMs };
          const renewed = yield* tx.get<RenewalRecord>(leaseQueries.renew, lease);
          renewals.push(renewed === undefined ? null : toRenewal(renewed));
        }
        return renewals;
      });
    },

    async overdue(nowMs, limit) {
      const rows = await database.read(function* (tx) {
        const queued = yield* tx.all<OverdueRecord>(leaseQueries.overdueInQueue, nowMs, limit);
        const left = { nowMs, graceMs: limits.leaseGraceMs, limit: limit - queued.length };
        const live = yield* tx.all<OverdueRecord>(leaseQueries.overdueExecutions, left);
        return [...queued, ...live];
      });
      return rows.map((row) => ({ jobId: row.job_id, executionId: row.execution_id }));
    },

    extendLeases(byMs) {
      return database.write((tx) => tx.run(extendAll, { byMs }));
    },
  };
}

function toRenewal(record: RenewalRecord): LeaseRenewal {
  return {
    cancelRequested: record.cancel_requested === 1n,
    deadlineMs: toNumberOrNull(record.deadline_ms),
  };
}
