import { baseUnits } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import {
  chainTreasury,
  feeNetwork,
  operatorCapital,
  suspense,
  userAvailable,
} from '../../domain/ledger-accounts.ts';
import type { Transfer } from '../rows.ts';
import type { Given } from '../store.conformance.ts';

function transfer(transferId: string, debit: string, credit: string, amount = 100n): Transfer {
  return {
    transferId,
    debit,
    credit,
    asset: 'SOL',
    amount: baseUnits(amount),
    kind: 'deposit',
    ref: 'ref',
  };
}

export function describeLedger(given: Given): void {
  describe('ledger', () => {
    it('posts a transfer once, however often it is sent', async () => {
      const { store, world } = given;
      const capital = transfer('one', chainTreasury, operatorCapital);
      await Promise.all([
        store.postTransfers([capital], [], world.nowMs),
        store.postTransfers([capital, capital], [], world.nowMs),
      ]);
      expect(await store.ledgerBalance(operatorCapital, 'SOL')).toBe(100n);
      expect(await store.ledgerBalance(operatorCapital, 'USDC')).toBe(0n);
      await expect(
        store.postTransfers([{ ...capital, amount: baseUnits(101n) }], [], world.nowMs),
      ).rejects.toThrow('other content');
      expect((await store.ledgerTotals()).transfers).toBe(1);
      expect(await store.ledgerEntriesById(['none', 'one'])).toMatchObject([
        { entry: 1, transferId: 'one', amount: 100n },
      ]);
    });

    it('lets no balance become negative on its side, and undoes what came before', async () => {
      const { store, world } = given;
      await store.postTransfers([transfer('in', chainTreasury, suspense)], [], world.nowMs);
      const tooMuch: Transfer[][] = [
        [transfer('a', suspense, userAvailable('x'), 101n)],
        [transfer('b', feeNetwork, chainTreasury, 101n)],
        [
          transfer('c', suspense, userAvailable('x'), 60n),
          transfer('d', suspense, userAvailable('y'), 60n),
        ],
      ];
      for (const transfers of tooMuch) {
        await expect(store.postTransfers(transfers, [], world.nowMs)).rejects.toMatchObject({
          code: 'FUNDS_INSUFFICIENT',
        });
      }
      expect(await store.ledgerBalance(suspense, 'SOL')).toBe(100n);
      expect(await store.ledgerBalance(userAvailable('x'), 'SOL')).toBe(0n);
      expect((await store.ledgerTotals()).transfers).toBe(1);
      expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
    });

    it('knows no account that the domain does not name, and no empty transfer', async () => {
      const { store, world } = given;
      for (const wrong of [
        transfer('a', chainTreasury, 'user:x'),
        transfer('b', chainTreasury, 'held:'),
        transfer('c', chainTreasury, chainTreasury),
        transfer('d', chainTreasury, suspense, 0n),
      ]) {
        await expect(store.postTransfers([wrong], [], world.nowMs)).rejects.toThrow();
      }
      expect((await store.ledgerTotals()).transfers).toBe(0);
    });

    it('adds up classes of accounts', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const accountId = await world.openAccount(5_000n);
      await world.post(accountId, 1_000n);
      await world.succeed(await world.lease(accountId, agentId));
      expect(await store.ledgerTotals()).toEqual({
        transfers: 5,
        liabilities: { SOL: 0n, USDC: 4_900n },
        held: { SOL: 0n, USDC: 1_000n },
        feeRevenue: { SOL: 0n, USDC: 100n },
        treasury: { SOL: 0n, USDC: 5_000n },
      });
    });
  });
}
