import type { NewEvent } from '@node3/shared/events';
import { signInLimits } from '@node3/shared/sign-in-limits';
import { describe, expect, it } from 'vitest';
import type { ApiKeyRow } from '../rows.ts';
import type { DeviceLoginRow, DeviceOutcome } from '../session-store.ts';
import type { Given } from '../store.conformance.ts';
import { newKeyRow } from './agent-rows.ts';
import type { World } from './world.ts';

const idleMs = signInLimits.sessionIdleMs;

function sessionRow(world: World, accountId: string): ApiKeyRow {
  const keyId = world.ids.next('session');
  const row = newKeyRow(keyId, 'hash', { kind: 'account', accountId }, world.nowMs);
  const expiresAtMs = world.nowMs + idleMs;
  return { ...row, kind: 'session', expiresAtMs, endsAtMs: world.nowMs + idleMs * 2 };
}

function loginRow(world: World, name: string): DeviceLoginRow {
  return {
    deviceHash: `device ${name}`,
    userHash: `user ${name}`,
    client: 'cli',
    scopes: ['requester', 'read-only'],
    ip: null,
    createdAtMs: world.nowMs,
    expiresAtMs: world.nowMs + signInLimits.deviceLoginMs,
    intervalSec: 5,
  };
}

function takeLogin({ store }: Pick<Given, 'store'>, world: World, name: string, afterMs = 0) {
  const nowMs = world.nowMs + afterMs;
  return store.takeDeviceLogin({
    deviceHash: `device ${name}`,
    client: 'cli',
    nowMs,
    keysMax: 10,
    keyFor({ scopes }, accountId) {
      const owner = { kind: 'account', accountId } as const;
      const key = { ...newKeyRow(world.ids.next('apiKey'), 'hash', owner, nowMs), scopes };
      const none = { jobId: null, executionId: null, reason: null };
      const data = { keyId: key.keyId };
      const named = { name: 'key.created', actor: 'requester', atMs: nowMs } as const;
      return { key, event: { ...named, accountId, ...none, data } };
    },
  });
}

const stateOf = ({ state }: DeviceOutcome) => state;

export function describeSessions(given: Given): void {
  describe('sessions and sign-ins', () => {
    it('give out what was to be signed once, and never after its time', async () => {
      const { store, world } = given;
      const row = { facts: '{}', expiresAtMs: world.nowMs + 5 };
      await store.saveSignIn({ nonceHash: 'a', ...row }, world.nowMs);
      await store.saveSignIn({ nonceHash: 'b', ...row }, world.nowMs);
      const both = await Promise.all([store.takeSignIn('a', 0), store.takeSignIn('a', 0)]);
      expect(both.filter((facts) => facts !== null)).toEqual(['{}']);
      expect(await store.takeSignIn('b', world.nowMs + 5)).toBeNull();
      expect(await store.takeSignIn('b', world.nowMs)).toBeNull();
    });

    it('are no keys, go on while they are used, and are ended all at once', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const rows = [1, 2, 3].map(() => sessionRow(world, accountId));
      for (const key of rows) {
        const opening = { accountId, wallet: `w-${accountId}`, name: null, key };
        await store.openAccount({ ...opening, nowMs: world.nowMs });
      }
      const sessions = async (nowMs = world.nowMs) =>
        (await store.sessionsOf(accountId, nowMs, 10)).map(({ keyId }) => keyId);
      const [oldest, ...newer] = rows.map(({ keyId }) => keyId);
      expect(await sessions()).toEqual([...newer.toReversed(), oldest]);
      const keys = await store.keysOf({ kind: 'account', accountId }, 10);
      expect(keys.filter(({ kind }) => kind === 'session')).toEqual([]);
      const ended: string[] = [];
      const eventOf = (sessionId: string) => {
        ended.push(sessionId);
        return sessionEnded(accountId, sessionId, world.nowMs);
      };
      const tidying = { accountId, keep: 2, nowMs: world.nowMs, eventOf };
      expect(await store.tidySessions(tidying)).toEqual([oldest]);
      expect(ended).toEqual([oldest]);
      expect(await store.tidySessions(tidying)).toEqual([]);
      expect(await sessions()).toEqual(newer.toReversed());
      const [used = ''] = newer;
      const use = (afterMs: number) =>
        store.noteKeyUses([{ keyId: used, atMs: world.nowMs + afterMs }], idleMs);
      await use(10);
      expect(await sessions(world.nowMs + idleMs)).toEqual([used]);
      await use(idleMs + 10);
      expect(await store.apiKey(used)).toMatchObject({ expiresAtMs: world.nowMs + idleMs * 2 });
      await use(20);
      expect(await store.apiKey(used)).toMatchObject({ lastUsedAtMs: world.nowMs + idleMs + 10 });
      expect(await store.endSessions(accountId, world.nowMs, [])).toBe(2);
      expect(await sessions()).toEqual([]);
    });
  });

  describe('logins on other devices', () => {
    it('are decided once, and give one key', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      await store.addDeviceLogin(loginRow(world, 'a'));
      expect(await store.openDeviceLogin('user a', world.nowMs)).toEqual(loginRow(world, 'a'));
      expect(stateOf(await takeLogin(given, world, 'a'))).toBe('pending');
      expect(stateOf(await takeLogin(given, world, 'a', 4_999))).toBe('too-fast');
      const decision = { userHash: 'user a', accountId, nowMs: world.nowMs, events: [] };
      const decided = await Promise.all([
        store.decideDeviceLogin({ ...decision, decision: 'approved' }),
        store.decideDeviceLogin({ ...decision, decision: 'approved' }),
      ]);
      expect(decided.filter(Boolean)).toHaveLength(1);
      expect(await store.openDeviceLogin('user a', world.nowMs)).toBeNull();
      const taken = await Promise.all([
        takeLogin(given, world, 'a', 20_000),
        takeLogin(given, world, 'a', 20_000),
      ]);
      expect(taken.filter(({ state }) => state === 'approved')).toHaveLength(1);
      const keys = await store.keysOf({ kind: 'account', accountId }, 10);
      const made = keys.filter(({ scopes }) => scopes !== null);
      expect(made.map(({ scopes }) => scopes)).toEqual([['requester', 'read-only']]);
      expect(stateOf(await takeLogin(given, world, 'a', 40_000))).toBe('unknown');
    });

    it('end after their time, and are removed later', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      await store.addDeviceLogin(loginRow(world, 'late'));
      const over = signInLimits.deviceLoginMs;
      expect(stateOf(await takeLogin(given, world, 'late', over))).toBe('expired');
      const nowMs = world.nowMs + over;
      const decision = { userHash: 'user late', accountId, nowMs, events: [] };
      expect(await store.decideDeviceLogin({ ...decision, decision: 'approved' })).toBe(false);
      const next = { ...loginRow(world, 'next'), createdAtMs: world.nowMs + over * 2 };
      await store.addDeviceLogin(next);
      expect(stateOf(await takeLogin(given, world, 'late', over * 2))).toBe('unknown');
    });
  });
}

function sessionEnded(accountId: string, sessionId: string, atMs: number): NewEvent {
  return {
    name: 'session.ended',
    atMs,
    actor: 'requester',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { sessionId },
  };
}

/** Every statement of these once, for a look at their plans. */
export async function liveThroughSessions(world: World, accountId: string): Promise<void> {
  const { store } = world;
  await store.saveSignIn({ nonceHash: 'n', facts: '{}', expiresAtMs: 1 }, world.nowMs);
  await store.takeSignIn('n', world.nowMs);
  await store.sessionsOf(accountId, world.nowMs, 10);
  const eventOf = (sessionId: string) => sessionEnded(accountId, sessionId, world.nowMs);
  await store.tidySessions({ accountId, keep: 1, nowMs: world.nowMs, eventOf });
  await store.endSessions(accountId, world.nowMs, []);
  await store.noteKeyUses([{ keyId: 'none', atMs: 1 }], 1);
  await store.addDeviceLogin(loginRow(world, 'x'));
  await store.openDeviceLogin('user x', world.nowMs);
  await takeLogin({ store }, world, 'x');
  await takeLogin({ store }, world, 'x');
  const nowMs = world.nowMs;
  const decision = { userHash: 'user x', decision: 'approved' as const, accountId, nowMs };
  await store.decideDeviceLogin({ ...decision, events: [] });
  await takeLogin({ store }, world, 'x', 20_000);
}
