import { listPayouts } from '@node3/shared/routes/admin';
import { Connection, PublicKey } from '@solana/web3.js';
import { expect } from 'vitest';
import type { DevNetwork } from './dev-network.ts';

/**
 * The chain's own view: each agent's wallet holds exactly one reward per payout, no more. The
 * wallets are fresh, so nothing else was ever in them.
 */
export async function expectPaidExactly(
  network: DevNetwork,
  rewardLamports: bigint,
): Promise<void> {
  const connection = new Connection(network.localnet.rpcUrl, 'finalized');
  const owed = new Map<string, bigint>();
  const jobs = new Set<string>();
  let cursor: string | null = null;
  let payouts = 0;
  do {
    const query: { limit: number; cursor?: string } = { limit: 100 };
    if (cursor !== null) query.cursor = cursor;
    const page = await network.operator.call(listPayouts, { query });
    for (const { wallet, jobId } of page.data) {
      owed.set(wallet, (owed.get(wallet) ?? 0n) + rewardLamports);
      if (jobId !== null) jobs.add(jobId);
      payouts += 1;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(jobs.size).toBe(payouts);
  const wallets = [...owed.keys()];
  const balances = await Promise.all(
    wallets.map((wallet) => connection.getBalance(new PublicKey(wallet))),
  );
  expect(balances.map(BigInt)).toEqual(wallets.map((wallet) => owed.get(wallet)));
}
