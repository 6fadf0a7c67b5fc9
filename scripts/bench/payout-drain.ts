import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalnet } from '@node3/localnet/localnet';
import { PayoutTestbed } from '@node3/marketplace/payments/testing/payout-testbed';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import type { Asset } from '@node3/shared/money';
import { Keypair } from '@solana/web3.js';
import type { Measurement } from './report.ts';
import { waitUntil } from './wait-until.ts';

/** Payouts that one transaction carries: what fits beside the receipt, the budget and the memo. */
const perTransactionMin: Record<Asset, number> = { SOL: 16, USDC: 14 };
const feeLamportsMax = 360;
const drainMsMax = 600_000;

/**
 * Drains a queue of due payouts, all to different wallets, with the real engine, a real database
 * file and the embedded chain at its usual slots.
 */
export async function benchPayoutDrain(asset: Asset, count: number): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'node3-bench-'));
  const localnet = await startLocalnet({
    httpPort: 0,
    dataDir: null,
    log: silentLogger,
    clock: systemClock,
  });
  const testbed = new PayoutTestbed(localnet);
  const treasury = await testbed.treasury(20_000_000_000n, 100_000_000_000n);
  const process = testbed.open({
    path: join(folder, 'market.db'),
    treasury,
    clock: systemClock,
    settings: { leaseMs: 30_000, resendMs: 2_000 },
  });
  try {
    await testbed.addCapital(process, 20_000_000_000n);
    const wallets = Array.from({ length: count }, () => Keypair.generate().publicKey.toBase58());
    if (asset === 'USDC') for (const wallet of wallets) localnet.mintUsdc(wallet, 1n);
    await testbed.addPayouts(process, wallets, asset, 1_000_000n);
    localnet.advanceSlots(4);

    const startedAt = performance.now();
    process.engine.start();
    const isDrained = async () => {
      const { finalized } = await process.store.countPayouts();
      return finalized < count ? null : finalized;
    };
    await waitUntil('the end of the queue', isDrained, drainMsMax);
    const seconds = (performance.now() - startedAt) / 1_000;
    await process.engine.stop();
    const { batches, feeLamports } = await countBatches(process);
    const sizes = batches.toSorted((a, b) => a - b);
    // The last one takes what is left.
    const least = sizes[1] ?? sizes[0] ?? 0;
    const each = feeLamports / count;
    const verdict = await process.store.verifyLedger();
    return [
      {
        name: `${count} due ${asset} payouts: payouts per transaction, least (the last apart)`,
        value: least,
        unit: 'payouts',
        target: `≥ ${perTransactionMin[asset]}`,
        passed: least >= perTransactionMin[asset],
      },
      {
        name: `${asset} network fee of each payout`,
        value: each,
        unit: 'lamports',
        target: `≤ ${feeLamportsMax}`,
        passed: each <= feeLamportsMax,
      },
      {
        name: `${asset} payouts finalized a second`,
        value: count / seconds,
        unit: '/s',
        target: '> 0, and the ledger balances',
        passed: verdict.balanced,
      },
    ];
  } finally {
    await process.close();
    await localnet.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function countBatches({ sqlite, store }: ReturnType<PayoutTestbed['open']>) {
  const batches = sqlite.readRaw((db) =>
    db
      .prepare(`SELECT count(*) FROM payouts WHERE state = 'finalized' GROUP BY batch_id`)
      .pluck()
      .all()
      .map(Number),
  );
  return { batches, feeLamports: Number(await store.ledgerBalance('fee:network', 'SOL')) };
}
