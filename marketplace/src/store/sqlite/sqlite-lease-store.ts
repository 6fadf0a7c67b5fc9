import { limits } from '@node3/shared/limits';
import type { JobStore } from '../job-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

const leaseQueries = {
  // A lease never becomes shorter: a renewal that arrives late must not take back a later one.
  renew: `
    UPDATE executions SET lease_until_ms = max(lease_until_ms, @leaseUntilMs)
    WHERE execution_id = @executionId AND agent_id = @agentId AND attempt = @attempt AND lease_hash = @leaseHash AND live = 1
    RETURNING (preempted_at_ms IS NOT NULL OR (SELECT cancel_requested_at_ms IS NOT NULL FROM jobs
      WHERE jobs.job_id = executions.job_id)) AS cancel_requested`,
  // Named, because the planner would rather sort every queued job.
  overdueInQueue: `
    SELECT job_id, NULL AS execution_id FROM jobs INDEXED BY jobs_by_queue_deadline
    WHERE state IN ('awaiting_funds', 'queued') AND queue_deadline_ms <= ?
    ORDER BY queue_deadline_ms LIMIT ?`,
  overdueOffers: `
    SELECT job_id, execution_id FROM executions
    WHERE live = 1 AND accept_by_ms <= ? ORDER BY accept_by_ms LIMIT ?`,
  overdueLeases: `
    SELECT job_id, execution_id FROM executions
    WHERE live = 1 AND lease_until_ms <= ? ORDER BY lease_until_ms LIMIT ?`,
  overdueWork: `
    SELECT job_id, execution_id FROM executions
    WHERE live = 1 AND deadline_ms <= ? ORDER BY deadline_ms LIMIT ?`,
} as const;

const extendAll = `
  UPDATE executions SET lease_until_ms = lease_until_ms + @byMs, accept_by_ms = accept_by_ms + @byMs,
    deadline_ms = deadline_ms + @byMs, run_deadline_ms = run_deadline_ms + @byMs
  WHERE live = 1`;

interface OverdueRecord {
  job_id: string;
  execution_id: string | null;
}

export function createSqliteLeaseStore(
  sqlite: SqliteDatabase,
): Pick<JobStore, 'renewLeases' | 'overdue' | 'extendLeases'> {
  return {
    renewLeases(agentId, fences, leaseUntilMs) {
      return sqlite.write((db) => {
        const renew = statement<{ cancel_requested: bigint }>(db, leaseQueries.renew);
        return fences.map((fence) => {
          const renewed = renew.get({ ...fence, agentId, leaseUntilMs });
          return renewed === undefined
            ? null
            : { cancelRequested: renewed.cancel_requested === 1n };
        });
      });
    },

    async overdue(nowMs, limit) {
      const due: [string, number][] = [
        [leaseQueries.overdueInQueue, nowMs],
        [leaseQueries.overdueOffers, nowMs],
        [leaseQueries.overdueLeases, nowMs - limits.leaseGraceMs],
        [leaseQueries.overdueWork, nowMs],
      ];
      const found = new Map<string, string | null>();
      sqlite.read((db) => {
        for (const [sql, untilMs] of due) {
          const left = limit - found.size;
          if (left <= 0) break;
          const rows = statement<OverdueRecord>(db, sql).all(untilMs, left);
          for (const row of rows) found.set(row.job_id, row.execution_id);
        }
      });
      return [...found].map(([jobId, executionId]) => ({ jobId, executionId }));
    },

    extendLeases(byMs) {
      return sqlite.write((db) => statement(db, extendAll).run({ byMs }).changes);
    },
  };
}
