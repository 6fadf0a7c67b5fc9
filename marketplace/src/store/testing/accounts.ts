import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import { newKeyRow } from './agent-rows.ts';

export function describeAccounts(given: Given): void {
  describe('accounts', () => {
    it('consumes a challenge once, and never after its time', async () => {
      const { store, world } = given;
      const challenge = {
        challengeId: world.ids.next('challenge'),
        wallet: 'w',
        purpose: 'account.create' as const,
        message: 'sign me',
        expiresAtMs: world.nowMs + limits.challengeMs,
      };
      await store.saveChallenge(challenge);
      const answers = await Promise.all([
        store.consumeChallenge(challenge.challengeId, world.nowMs),
        store.consumeChallenge(challenge.challengeId, world.nowMs),
      ]);
      expect(answers).toEqual([challenge, null]);
      await store.saveChallenge(challenge);
      expect(await store.consumeChallenge(challenge.challengeId, challenge.expiresAtMs)).toBeNull();
      expect(await store.consumeChallenge(challenge.challengeId, world.nowMs)).toBeNull();
    });

    it('opens one account per wallet and gives the second key to it too', async () => {
      const { store, world } = given;
      const opening = (accountId: string, keyId: string) => ({
        accountId,
        wallet: 'same',
        name: 'first',
        key: newKeyRow(keyId, `hash-${keyId}`, { kind: 'account', accountId }, world.nowMs),
        nowMs: world.nowMs,
      });
      const [first, second] = await Promise.all([
        store.openAccount(opening('acc_1', 'key_1')),
        store.openAccount(opening('acc_2', 'key_2')),
      ]);
      expect([first.created, second.created]).toEqual([true, false]);
      expect(second.account).toEqual(first.account);
      expect((await store.apiKey('key_2'))?.owner).toEqual({ kind: 'account', accountId: 'acc_1' });
      expect(await store.countAccounts()).toBe(1);
      expect(await store.account('acc_2')).toBeNull();
      const events = await store.eventsAfter(0, 10);
      expect(events.map(({ name, accountId }) => [name, accountId])).toEqual([
        ['account.created', 'acc_1'],
        ['key.created', 'acc_1'],
        ['key.created', 'acc_1'],
      ]);
    });

    it('has one operator account', async () => {
      const { store, world } = given;
      const opening = { wallet: null, name: null, key: null, nowMs: world.nowMs };
      const first = await store.openAccount({ accountId: 'acc_1', ...opening });
      const second = await store.openAccount({ accountId: 'acc_2', ...opening });
      expect(second).toEqual({ account: first.account, created: false });
    });

    it('revokes a key once', async () => {
      const { store, world } = given;
      await world.registerAgent();
      const keyId = 'key_00000000000000000000000002';
      await store.revokeApiKey(keyId, 5, []);
      await store.revokeApiKey(keyId, 9, []);
      expect((await store.apiKey(keyId))?.revokedAtMs).toBe(5);
      expect(await store.apiKey('key_unknown')).toBeNull();
    });

    it('keeps what agents said last', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const offer = {
        devices: [],
        asks: { SOL: null, USDC: { amount: '0.3', asset: 'USDC' as const } },
        classAsks: { 'rtx-4090': { SOL: { amount: '1', asset: 'SOL' as const }, USDC: null } },
        isolation: 'container' as const,
        nativeAllowed: false,
        arch: 'x64' as const,
        cpus: 2.5,
        memoryBytes: 1,
        diskBytes: 0,
        slots: 1,
      };
      const contact = { agentId, instanceId: 'i', offer, lastSeenAtMs: world.nowMs, spells: [] };
      await store.recordAgentContacts([contact]);
      await store.recordAgentContacts([
        { agentId, instanceId: 'j', offer: null, lastSeenAtMs: world.nowMs - 1, spells: [] },
      ]);
      const stored = await store.agent(agentId);
      expect(stored).toMatchObject({ offer, instanceId: 'j', lastSeenAtMs: world.nowMs });
      expect(await store.agents()).toEqual([stored]);
      expect(await store.walletOfAgent(stored?.agentId ?? '')).toBe(stored?.wallet);
      expect(await store.walletOfAgent('nobody')).toBeNull();
    });
  });
}
