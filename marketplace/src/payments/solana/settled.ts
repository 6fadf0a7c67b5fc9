import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { type Commitment, readStatuses } from './chain-reads.ts';
import type { RpcPool } from './rpc.ts';

/** Finality takes two slots on localnet and half a minute on a busy public cluster. */
const settleMsMax = 90_000;
const pollMs = 100;

/** Waits until a transaction that pays nobody has reached a commitment; CHAIN_UNAVAILABLE if it doesn't. */
export async function settled(
  rpc: RpcPool,
  clock: Clock,
  signature: string,
  commitment: Commitment,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + settleMsMax;
  const wanted = commitmentRank[commitment];
  while (clock.monotonicMs() < deadlineMs) {
    const [status = null] = await readStatuses(rpc, [signature]);
    if (status?.failed) break;
    if (status !== null && commitmentRank[status.commitment] >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new MarketError('CHAIN_UNAVAILABLE', {
    signature,
    detail: `The transaction ${signature} did not become ${commitment}.`,
  });
}

const commitmentRank: Record<Commitment, number> = { processed: 0, confirmed: 1, finalized: 2 };
