import type { AgentState } from '@node3/shared/agent-state';
import { assert } from '@node3/shared/assert';
import type Database from 'better-sqlite3';
import { pauseAfter } from '../../domain/agent-pause.ts';
import { evidenceAgainst } from '../../domain/blame.ts';
import { withdrawEvidence } from '../../domain/reputation.ts';
import type { JobChange } from '../job-store.ts';
import type { ExecutionRow, JobFailure } from '../rows.ts';
import { toReputation } from './sqlite-agent-rows.ts';
import { setAgentStateIn } from './sqlite-agent-states.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { isOwnWorkIn } from './sqlite-own-work.ts';
import { statement } from './statement.ts';

const countSucceeded = `
  UPDATE agents SET jobs_succeeded = jobs_succeeded + 1, faults_in_row = 0 WHERE agent_id = ?`;
const countFailed = 'UPDATE agents SET jobs_failed = jobs_failed + 1 WHERE agent_id = ?';
/** What was leased before the last fault was known may have ended for the same cause. */
const countFault = `
  UPDATE agents SET faults_in_row = faults_in_row + 1, last_fault_at_ms = @nowMs
  WHERE agent_id = @agentId
    AND (@kind = 'single' OR last_fault_at_ms IS NULL OR last_fault_at_ms < @leasedAtMs)
  RETURNING faults_in_row, state`;
const forgive = `
  UPDATE agents SET jobs_failed = max(0, jobs_failed - 1),
    faults_in_row = max(0, faults_in_row - 1)
  WHERE agent_id = ? RETURNING reputation`;
const restoreReputation = 'UPDATE agents SET reputation = ? WHERE agent_id = ?';

/** What the end of an execution adds to the history of its agent, and takes from others'. */
export function countForAgentsIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  { accountId, execution }: { accountId: string; execution: ExecutionRow | null },
  change: Pick<JobChange, 'agentCount' | 'agentFault' | 'agentsForgiven'>,
  nowMs: number,
): void {
  const { agentCount, agentFault: kind, agentsForgiven = [] } = change;
  for (const failure of agentsForgiven) {
    if (!isOwnWorkIn(db, { ...failure, accountId })) forgiveIn(db, failure, nowMs);
  }
  if (agentCount === undefined) return;
  assert(execution !== null, 'only an execution counts for an agent');
  const { agentId, leasedAtMs } = execution;
  if (isOwnWorkIn(db, { agentId, accountId })) return;
  statement(db, agentCount === 'succeeded' ? countSucceeded : countFailed).run(agentId);
  if (kind === undefined) return;
  const counted = statement<{ faults_in_row: bigint; state: AgentState }>(db, countFault).get({
    agentId,
    kind,
    leasedAtMs,
    nowMs,
  });
  const pause = counted?.state === 'active' ? pauseAfter(Number(counted.faults_in_row)) : null;
  if (pause === null) return;
  const { reason, forMs } = pause;
  const untilMs = nowMs + forMs;
  const paused = { agentId, state: 'paused', reason, untilMs, by: 'marketplace', nowMs } as const;
  setAgentStateIn(sqlite, db, { ...paused, from: ['active'] });
}

function forgiveIn(db: Database.Database, { agentId, reason }: JobFailure, nowMs: number): void {
  const forgiven = statement<{ reputation: string | null }>(db, forgive).get(agentId);
  const record = toReputation(forgiven?.reputation ?? null);
  if (record === null) return;
  const restored = withdrawEvidence<string>(record, evidenceAgainst(reason), nowMs);
  statement(db, restoreReputation).run(JSON.stringify(restored), agentId);
}
