import { addEvidence, averageRunSec } from '../../domain/reputation.ts';
import type { Conduct } from '../job-store.ts';
import { toReputation } from './agent-rows.ts';
import { isOwnWorkIn } from './own-work.ts';
import type { Tx, Work } from './work.ts';

const selectAgent = 'SELECT avg_run_sec, reputation FROM agents WHERE agent_id = ?';
const updateAgent = 'UPDATE agents SET avg_run_sec = ?, reputation = ? WHERE agent_id = ?';
const selectAccount = 'SELECT reputation FROM accounts WHERE account_id = ?';
const updateAccount = 'UPDATE accounts SET reputation = ? WHERE account_id = ?';

/** Adds what a change shows about both sides, inside the write of that change. */
export function* recordConductIn(
  tx: Tx,
  { agent, requester, runSec }: Conduct,
  subject: { agentId: string | null; accountId: string },
  nowMs: number,
): Work<void> {
  const { agentId, accountId } = subject;
  if (agentId !== null && (yield* isOwnWorkIn(tx, { agentId, accountId }))) return;
  if (agentId !== null && (agent.length > 0 || runSec !== null)) {
    const found = yield* tx.get<{ avg_run_sec: number | null; reputation: string | null }>(
      selectAgent,
      agentId,
    );
    const average = found?.avg_run_sec ?? null;
    const record = addEvidence(toReputation(found?.reputation ?? null), agent, nowMs);
    const nextAverage = runSec === null ? average : averageRunSec(average, runSec);
    yield* tx.post(updateAgent, nextAverage, JSON.stringify(record), agentId);
  }
  if (requester.length === 0) return;
  const found = yield* tx.get<{ reputation: string | null }>(selectAccount, accountId);
  const record = addEvidence(toReputation(found?.reputation ?? null), requester, nowMs);
  yield* tx.post(updateAccount, JSON.stringify(record), accountId);
}
