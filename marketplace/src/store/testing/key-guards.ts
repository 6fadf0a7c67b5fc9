import { baseUnits } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import type { NewAttempt } from '../payout-store.ts';
import type { Given } from '../store.conformance.ts';

export function describeKeyGuards(given: Given): void {
  describe('what guards the keys', () => {
    it('tells what was signed since a time, byte for byte, and tombstones not', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const execution = await world.lease(accountId, await world.registerAgent());
      await world.start(execution);
      const { payoutId } = await world.succeed(execution);
      const batch = await store.openBatch(
        {
          batchId: world.ids.next('batch'),
          asset: 'USDC',
          receiptSeed: 'seed',
          receiptAddress: 'address',
          costLamports: baseUnits(1n),
          createdAtMs: 1,
        },
        [payoutId ?? ''],
        [],
      );
      const sign = async (kind: NewAttempt['kind'], attempt: number, createdAtMs: number) => {
        const raw = Uint8Array.of(attempt, createdAtMs);
        const signature = `${kind}-${attempt}`;
        const batchId = batch?.batchId ?? null;
        const facts = { lastValidBlockHeight: 9, receiptRent: baseUnits(1n), createdAtMs };
        await store.addAttempt({ signature, batchId, kind, attempt, raw, ...facts }, []);
      };
      await sign('pay', 1, 10);
      await sign('pay', 2, 20);
      await sign('pay', 3, 30);
      await store.changeBatch({
        batchId: batch?.batchId ?? '',
        from: ['signed'],
        to: 'voiding',
        payouts: [],
        outcomes: [],
        transfers: [],
        events: [],
        nowMs: 35,
      });
      await sign('void', 1, 40);
      const since = async (ms: number) =>
        (await store.signedSince(ms)).map(({ raw, createdAtMs }) => [[...raw], createdAtMs]);
      expect(await since(20)).toEqual([
        [[2, 20], 20],
        [[3, 30], 30],
      ]);
      await given.reopen();
      expect((await given.store.signedSince(0)).map(({ createdAtMs }) => createdAtMs)).toEqual([
        10, 20, 30,
      ]);
    });

    it('[P30] remembers the chain of the first start for ever', async () => {
      const devnet = { cluster: 'devnet', genesisHash: 'first' } as const;
      const other = { cluster: 'mainnet-beta', genesisHash: 'second' } as const;
      expect(await given.store.rememberChain(devnet)).toEqual(devnet);
      expect(await given.store.rememberChain(other)).toEqual(devnet);
      await given.reopen();
      expect(await given.store.rememberChain(other)).toEqual(devnet);
    });
  });
}
