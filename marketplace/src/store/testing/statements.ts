import { assets, baseUnits } from '@node3/shared/money';
import { statementKinds } from '@node3/shared/routes/statements';
import { describe, expect, it } from 'vitest';
import { userAvailable, userWithdrawing } from '../../domain/ledger-accounts.ts';
import { movementOf, statementOf } from '../../domain/statement.ts';
import type { Given } from '../store.conformance.ts';
import { cancel } from './decisions.ts';
import type { World } from './world.ts';

const everything = { kinds: statementKinds, assets, beforeEntry: null, limit: 100 };

/** Uses each method of the store for statements at least once. */
export async function liveThroughStatements(world: World, accountId: string): Promise<void> {
  await world.store.statement({ ...everything, accountId });
}

export function describeStatements(given: Given): void {
  describe('a statement', () => {
    it('is every entry that moved money of the account, newest first, in pages', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(10_000n);
      await world.deposit(accountId, baseUnits(700n), 'in-sol', 'SOL');
      const agentId = await world.registerAgent();
      await world.succeed(await world.lease(accountId, agentId, 1_000n));
      await world.lease(await world.openAccount(), agentId);
      const { jobId } = await world.post(accountId, 300n);
      await store.changeJob(jobId, cancel(world.nowMs));
      await world.post(accountId, 50n, 'SOL');
      const asked = baseUnits(60n);
      const out = [userAvailable(accountId), userWithdrawing(accountId)] as const;
      await store.postTransfers(
        [
          {
            transferId: 'wd:1',
            debit: out[0],
            credit: out[1],
            asset: 'SOL',
            amount: asked,
            kind: 'withdrawal',
            ref: 'pay_1',
          },
        ],
        [],
        world.nowMs,
      );
      const found = await store.statement({ ...everything, accountId });
      const own = (await store.ledgerEntries(0, 100)).filter(
        (row) => statementOf(row) === accountId || found.some(({ entry }) => entry === row.entry),
      );
      expect(found.map(({ entry }) => entry)).toEqual(own.map(({ entry }) => entry).toReversed());
      expect(found.map(({ kind }) => kind)).toEqual([
        'withdrawal',
        'hold',
        'release',
        'hold',
        'fee',
        'capture',
        'hold',
        'deposit',
        'deposit',
      ]);
      for (const asset of assets) {
        const { available, held } = (await store.accountBalances(accountId))[asset];
        const withdrawing = await store.ledgerBalance(userWithdrawing(accountId), asset);
        const sums = { available: 0n, held: 0n, withdrawing: 0n };
        for (const row of found.filter((each) => each.asset === asset)) {
          const movement = movementOf(accountId, row);
          sums.available += movement.available;
          sums.held += movement.held;
          sums.withdrawing += movement.withdrawing;
        }
        expect(sums).toEqual({ available, held, withdrawing });
      }
      const some = { ...everything, accountId, kinds: ['hold' as const], limit: 2 };
      const first = await store.statement(some);
      const beforeEntry = first.at(-1)?.entry ?? 0;
      const second = await store.statement({ ...some, beforeEntry });
      expect([...first, ...second].map(({ amount }) => amount)).toEqual([50n, 300n, 1_000n]);
      const sol = await store.statement({ ...everything, accountId, assets: ['SOL'] });
      expect(sol.map(({ amount }) => amount)).toEqual([60n, 50n, 700n]);
      expect(await store.statement({ ...everything, accountId: 'acc_none' })).toEqual([]);
    });
  });
}
