import type { Tx, Work } from './work.ts';

/** By a subquery: SQLite compiles a join anew for each parameter, which made this 10 µs instead of 1. */
const selectOwn = `
  SELECT 1 FROM agents WHERE agent_id = ?
    AND wallet = (SELECT accounts.wallet FROM accounts WHERE accounts.account_id = ?)`;

/**
 * Whether an agent works for the wallet that its rewards go to. That costs next to nothing, so it
 * says nothing of either: a provider would make itself a name, or end its row of faults, by it.
 */
export function* isOwnWorkIn(
  tx: Tx,
  { agentId, accountId }: { agentId: string; accountId: string },
): Work<boolean> {
  return (yield* tx.get(selectOwn, agentId, accountId)) !== undefined;
}
