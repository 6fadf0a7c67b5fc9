import { baseUnits } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import { type Caps, dayOf, noCaps } from '../../domain/spending-caps.ts';
import type { Given } from '../store.conformance.ts';
import { newKeyRow } from './agent-rows.ts';
import { cancel } from './decisions.ts';
import type { World } from './world.ts';

const unlimited = { SOL: noCaps, USDC: noCaps };
const inUsdc = (caps: Partial<Caps>) => ({ SOL: noCaps, USDC: { ...noCaps, ...caps } });

/** A posting that the caps of everybody are asked about. */
function cappedPosting(world: World, accountId: string, apiKeyId: string | null) {
  const posting = world.posting(accountId);
  return { ...posting, job: { ...posting.job, apiKeyId }, caps: { operator: unlimited } };
}

/** Uses each method of the store for caps at least once. */
export async function liveThroughCaps(world: World): Promise<void> {
  const accountId = await world.openAccount();
  await world.store.changeCaps(accountId, (caps) => ({ caps, events: [] }));
  await world.store.capsOfKeys(accountId);
  await world.store.postJob(cappedPosting(world, accountId, 'key'));
  await world.store.spentOn(accountId, dayOf(world.nowMs));
}

export function describeCaps(given: Given): void {
  describe('caps', () => {
    it('are asked in the write that holds the price, for the account and the key', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      await store.changeCaps(accountId, () => ({
        caps: inUsdc({ open: baseUnits(5_000n) }),
        events: [],
      }));
      await store.changeCaps('key-1', () => ({
        caps: inUsdc({ perDay: baseUnits(2_000n) }),
        events: [],
      }));
      const post = (keyId: string | null) => store.postJob(cappedPosting(world, accountId, keyId));
      const posts = [...Array(6)].flatMap(() => [post('key-1'), post(null)]);
      const settled = await Promise.allSettled(posts);
      const done = settled.map(({ status }) => status === 'fulfilled');
      expect(done.filter(Boolean)).toHaveLength(5);
      expect(done.filter((ok, i) => ok && i % 2 === 0)).toHaveLength(2);
      const day = dayOf(world.nowMs);
      expect((await store.spentOn(accountId, day)).USDC).toBe(5_000n);
      expect((await store.spentOn('key-1', day)).USDC).toBe(2_000n);
      expect((await store.spentOn(accountId, day + 1)).USDC).toBe(0n);
    });

    it('are read of all keys of an account at once, of those that have any', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const caps = inUsdc({ perDay: baseUnits(7n) });
      const owner = { kind: 'account' as const, accountId };
      const newKey = () =>
        newKeyRow(world.ids.next('apiKey'), world.ids.secret(8), owner, world.nowMs);
      const [plain, capped] = [newKey(), newKey()];
      await store.addApiKey(plain, { keysMax: 10, caps: null, events: [] });
      await store.addApiKey(capped, { keysMax: 10, caps, events: [] });
      await store.changeCaps(accountId, () => ({ caps, events: [] }));
      expect([...(await store.capsOfKeys(accountId))]).toEqual([[capped.keyId, caps]]);
      expect((await store.capsOfKeys('acc_other')).size).toBe(0);
      await store.revokeApiKey(capped.keyId, world.nowMs, []);
      expect((await store.capsOfKeys(accountId)).size).toBe(0);
    });

    it('give back what a job did not cost, to the day it was posted on', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const day = dayOf(world.nowMs);
      const { job } = await store.postJob(cappedPosting(world, accountId, 'key-1'));
      world.nowMs += 86_400_000;
      await store.changeJob(job.jobId, cancel(world.nowMs));
      expect((await store.spentOn(accountId, day)).USDC).toBe(0n);
      expect((await store.spentOn('key-1', day)).USDC).toBe(0n);
    });

    it('change nothing when the decision throws', async () => {
      const { store } = given;
      const refused = store.changeCaps('key-1', () => {
        throw new Error('not yours');
      });
      await expect(refused).rejects.toThrow('not yours');
      expect(await store.caps('key-1')).toEqual(unlimited);
    });
  });
}
