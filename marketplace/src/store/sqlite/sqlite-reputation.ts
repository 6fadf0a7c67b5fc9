import type Database from 'better-sqlite3';
import { addEvidence, averageRunSec } from '../../domain/reputation.ts';
import type { Conduct } from '../job-store.ts';
import { toReputation } from './sqlite-agent-rows.ts';
import { isOwnWorkIn } from './sqlite-own-work.ts';
import { statement } from './statement.ts';

const selectAgent = 'SELECT avg_run_sec, reputation FROM agents WHERE agent_id = ?';
const updateAgent = 'UPDATE agents SET avg_run_sec = ?, reputation = ? WHERE agent_id = ?';
const selectAccount = 'SELECT reputation FROM accounts WHERE account_id = ?';
const updateAccount = 'UPDATE accounts SET reputation = ? WHERE account_id = ?';

/** Adds what a change shows about both sides, inside the write of that change. */
export function recordConductIn(
  db: Database.Database,
  { agent, requester, runSec }: Conduct,
  subject: { agentId: string | null; accountId: string },
  nowMs: number,
): void {
  const { agentId, accountId } = subject;
  if (agentId !== null && isOwnWorkIn(db, { agentId, accountId })) return;
  if (agentId !== null && (agent.length > 0 || runSec !== null)) {
    const found = statement<{ avg_run_sec: number | null; reputation: string | null }>(
      db,
      selectAgent,
    ).get(agentId);
    const average = found?.avg_run_sec ?? null;
    const record = addEvidence(toReputation(found?.reputation ?? null), agent, nowMs);
    const nextAverage = runSec === null ? average : averageRunSec(average, runSec);
    statement(db, updateAgent).run(nextAverage, JSON.stringify(record), agentId);
  }
  if (requester.length === 0) return;
  const found = statement<{ reputation: string | null }>(db, selectAccount).get(accountId);
  const record = addEvidence(toReputation(found?.reputation ?? null), requester, nowMs);
  statement(db, updateAccount).run(JSON.stringify(record), accountId);
}
