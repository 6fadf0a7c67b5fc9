import { startLocalnet } from '@node3/localnet/localnet';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { expect, it, vi } from 'vitest';
import { newWallet, PayoutTestbed } from './testing/payout-testbed.ts';

// A busy machine may miss it once; the engine itself misses it every time.
it('finalizes a payout within 1.5 s of a wake, with slots of 250 ms', { retry: 2 }, async () => {
  const localnet = await startLocalnet({
    httpPort: 0,
    slotMs: 250,
    dataDir: null,
    log: silentLogger,
    clock: systemClock,
  });
  const testbed = new PayoutTestbed(localnet);
  const treasury = await testbed.treasury();
  const process = testbed.open({
    path: ':memory:',
    treasury,
    settings: { leaseMs: 30_000, resendMs: 2_000 },
  });
  await testbed.addCapital(process, 10_000_000_000n);
  const { engine, store } = process;
  engine.start();
  await vi.waitFor(() => expect(engine.status().state).toBe('idle'), 20_000);
  const wallet = newWallet();
  const payoutId = await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
  const startedAt = performance.now();
  engine.wake();
  await vi.waitFor(async () => expect((await store.payout(payoutId))?.state).toBe('finalized'), {
    timeout: 1_500,
    interval: 10,
  });
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
  await engine.stop();
  expect(engine.status().state).toBe('stopped');
  await process.close();
  await localnet.stop();
});
