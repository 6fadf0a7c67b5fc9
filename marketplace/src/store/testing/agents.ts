import { agentStates } from '@node3/shared/agent-state';
import { describe, expect, it } from 'vitest';
import { standingOn } from '../../domain/reputation.ts';
import type { AgentStateChange } from '../agent-store.ts';
import type { AgentRow, ApiKeyRow, RegistrationTokenRow } from '../rows.ts';
import type { Given } from '../store.conformance.ts';
import { newAgentRow, newKeyRow } from './agent-rows.ts';
import { eventOf } from './decisions.ts';
import { fenceOf, type World } from './world.ts';

export function describeAgents(given: Given): void {
  describe('agents', () => {
    it('lets one of many registrations use a token', async () => {
      const { store, world } = given;
      const token = tokenRow(world);
      await store.addRegistrationToken(token, []);
      const pairs = [...Array(4)].map(() => newAgent(world));
      const settled = await Promise.allSettled(
        pairs.map((pair) => store.registerAgent({ ...pair, token, events: [] })),
      );
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = settled.filter((result) => result.status === 'rejected');
      expect(refused.map(({ reason }) => reason.code)).toEqual(
        Array(3).fill('REGISTRATION_TOKEN_INVALID'),
      );
      const [winner, ...others] = await store.agents();
      expect(others).toEqual([]);
      expect(await store.registrationTokens(10)).toEqual([
        { ...token, usedAtMs: world.nowMs, usedByAgentId: winner?.agentId },
      ]);
    });

    it.each<[string, Partial<RegistrationTokenRow>]>([
      ['over', { expiresAtMs: 1 }],
      ['for another name', { name: 'other' }],
      ['for another wallet', { wallet: 'other' }],
    ])('stores nothing for a token that is %s', async (_why, changed) => {
      const { store, world } = given;
      const token = { ...tokenRow(world), ...changed };
      await store.addRegistrationToken(token, []);
      const registering = store.registerAgent({ ...newAgent(world), token, events: [] });
      await expect(registering).rejects.toMatchObject({ code: 'REGISTRATION_TOKEN_INVALID' });
      expect(await store.agents()).toEqual([]);
    });

    it('revokes a token that was not used', async () => {
      const { store, world } = given;
      const token = tokenRow(world);
      await store.addRegistrationToken(token, []);
      const revoked = await store.revokeRegistrationToken(token.tokenId, world.nowMs, []);
      expect(revoked?.revokedAtMs).toBe(world.nowMs);
      expect(await store.revokeRegistrationToken(token.tokenId, world.nowMs + 1, [])).toEqual(
        revoked,
      );
      expect(await store.revokeRegistrationToken('reg_unknown', 1, [])).toBeNull();
      const registering = store.registerAgent({ ...newAgent(world), token, events: [] });
      await expect(registering).rejects.toMatchObject({ code: 'REGISTRATION_TOKEN_INVALID' });
    });

    it('adds up by day when an agent was there, and forgets days that no page shows', async () => {
      const { store, world } = given;
      const day = 86_400_000;
      const today = Math.floor(world.nowMs / day) * day;
      const { agent, key } = newAgent(world);
      await store.registerAgent({ agent, key, token: null, events: [] });
      const { agentId } = agent;
      expect(await store.agentPresence(agentId, 0)).toBeNull();
      const was = (...spells: [number, number][]) =>
        store.recordAgentContacts([
          {
            agentId,
            instanceId: 'i',
            offer: null,
            lastSeenAtMs: spells.at(-1)?.[1] ?? today,
            spells: spells.map(([fromMs, toMs]) => ({ fromMs, toMs })),
          },
        ]);
      const old = today - 70 * day;
      await was([old + 10, old + 20]);
      await was([today - day, today - day + 5], [today - day + 7, today - day + 8]);
      expect((await store.agentPresence(agentId, 0))?.days).toHaveLength(1);
      await was([today - 4, today + 3]);
      await was();
      expect(await store.agentPresence(agentId, 0)).toEqual({
        knownFromMs: old + 10,
        countedToMs: today + 3,
        days: [
          { startMs: today - day, presentMs: 10 },
          { startMs: today, presentMs: 3 },
        ],
      });
      expect((await store.agentPresence(agentId, today))?.days).toHaveLength(1);
      // From a replica that it does not speak to any more.
      const left = { agentId, instanceId: null, offer: null, lastSeenAtMs: today + 1 };
      await store.recordAgentContacts([{ ...left, spells: [{ fromMs: today, toMs: today + 1 }] }]);
      expect((await store.agentPresence(agentId, today))?.countedToMs).toBe(today + 3);
      expect((await store.agents()).find((one) => one.agentId === agentId)?.instanceId).toBe('i');
      expect(await store.agentPresence('nobody', 0)).toBeNull();
      const other = newAgent(world);
      await store.registerAgent({ ...other, token: null, events: [] });
      const first = { agentId: other.agent.agentId, instanceId: 'i', offer: null };
      await store.recordAgentContacts([{ ...first, lastSeenAtMs: today, spells: [] }]);
      expect(await store.agentPresence(first.agentId, 0)).toEqual({
        knownFromMs: today,
        countedToMs: today,
        days: [],
      });
    });

    it('keeps identity and history when an agent registers again', async () => {
      const { store, world } = given;
      const { agent, key } = newAgent(world);
      await store.registerAgent({ agent, key, token: null, events: [] });
      await store.setAgentState(stateOf(world, agent, 'unregistered'));
      expect((await store.apiKey(key.keyId))?.revokedAtMs).toBe(world.nowMs);
      const next = keyOf(world, agent.agentId);
      const again = await store.reregisterAgent({
        agentId: agent.agentId,
        name: 'new name',
        version: '2.0.0',
        key: next,
        token: null,
        events: [],
        nowMs: world.nowMs,
      });
      expect(again).toMatchObject({
        ...agent,
        name: 'new name',
        version: '2.0.0',
        state: 'active',
        stateBy: `agent:${agent.agentId}`,
        stateAtMs: world.nowMs,
      });
      expect(await store.keysOf(key.owner, 10)).toEqual([next]);
      expect(await store.agents()).toHaveLength(1);
    });

    it('changes a state as the table allows, once, and says so', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const change = stateOf(world, { agentId }, 'disabled');
      const first = await store.setAgentState({ ...change, reason: 'It sold air.' });
      expect(first).toMatchObject({
        changed: true,
        agent: { state: 'disabled', stateReason: 'It sold air.', stateBy: 'operator' },
      });
      expect(await store.setAgentState(change)).toEqual({ agent: first?.agent, changed: false });
      await expect(store.setAgentState({ ...change, state: 'draining' })).rejects.toMatchObject({
        code: 'AGENT_STATE_INVALID',
      });
      const hasty = { ...change, state: 'active' as const, from: ['draining' as const] };
      await expect(store.setAgentState(hasty)).rejects.toMatchObject({
        code: 'AGENT_STATE_INVALID',
      });
      expect(await store.agent(agentId)).toEqual(first?.agent);
      const events = await store.eventsAfter(0, 10);
      expect(events.map(({ name, data }) => [name, data['before']])).toEqual([
        ['agent.disabled', 'active'],
      ]);
      expect(await store.setAgentState({ ...change, agentId: 'agt_unknown' })).toBeNull();
    });

    it('are counted by their states', async () => {
      const { store, world } = given;
      const none = { active: 0, draining: 0, paused: 0, disabled: 0, unregistered: 0 };
      expect(await store.countAgents()).toEqual(none);
      const [first, second] = [await world.registerAgent(), await world.registerAgent()];
      await world.registerAgent();
      await store.setAgentState(stateOf(world, { agentId: first }, 'disabled'));
      await store.setAgentState(stateOf(world, { agentId: second }, 'unregistered'));
      expect(await store.countAgents()).toEqual({
        ...none,
        active: 1,
        disabled: 1,
        unregistered: 1,
      });
    });

    it('adds evidence about both sides in the change that shows it', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const accountId = await world.openAccount();
      const execution = await world.lease(accountId, agentId);
      await store.changeExecution(fenceOf(execution), agentId, ({ job }) => ({
        conduct: {
          agent: [{ axis: 'completion', good: 0 }],
          requester: [{ axis: 'conduct', good: 1 }],
          runSec: 12,
        },
        events: [eventOf(job, 'execution.phase-changed', world.nowMs)],
      }));
      const agent = await store.agent(agentId);
      expect(agent?.avgRunSec).toBe(12);
      const { nowMs } = world;
      expect(standingOn(agent?.reputation ?? null, 'completion', nowMs).value).toBeCloseTo(1 / 3);
      const account = await store.account(accountId);
      expect(standingOn(account?.reputation ?? null, 'conduct', nowMs).value).toBeCloseTo(2 / 3);
    });

    it('takes one rating per job and counts it', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const accountId = await world.openAccount();
      const { jobId } = await world.lease(accountId, agentId);
      const rating = { jobId, accountId, agentId, stars: 4, comment: 'fast', ratedAtMs: 1 };
      const settled = await Promise.allSettled([
        store.addRating(rating),
        store.addRating({ ...rating, stars: 1 }),
      ]);
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(await store.agent(agentId)).toMatchObject({ ratingCount: 1, ratingStars: 4 });
      expect(await store.ratingsOfAgent(agentId, 10)).toEqual([rating]);
    });
  });

  describe('keys', () => {
    it('have successors with the same name, caps and spending', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const owner = { kind: 'account' as const, accountId };
      const old: ApiKeyRow = { ...keyOf(world, 'none'), owner, name: 'ci' };
      await store.addApiKey(old, { keysMax: 10, caps: null, events: [] });
      await store.changeCaps(old.keyId, (caps) => ({
        caps: { ...caps, USDC: { ...caps.USDC, perDay: world.posting(accountId).job.price } },
        events: [],
      }));
      const posting = world.posting(accountId);
      await store.postJob({ ...posting, job: { ...posting.job, apiKeyId: old.keyId } });
      const next = keyOf(world, 'none');
      const rotation = {
        keyId: old.keyId,
        next,
        expiresAtMs: world.nowMs + 5,
        nowMs: world.nowMs,
        events: [],
      };
      const rotated = await store.rotateApiKey(rotation);
      expect(rotated).toEqual({ ...next, owner, name: 'ci' });
      expect(await store.keysOf(owner, 10)).toEqual([
        rotated,
        { ...old, expiresAtMs: world.nowMs + 5 },
      ]);
      expect(await store.caps(next.keyId)).toEqual(await store.caps(old.keyId));
      const day = Math.floor(world.nowMs / 86_400_000);
      expect(await store.spentOn(next.keyId, day)).toEqual(await store.spentOn(old.keyId, day));
      await expect(
        store.rotateApiKey({ ...rotation, nowMs: world.nowMs + 5, next: keyOf(world, 'none') }),
      ).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    });

    it('are no more than allowed', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const owner = { kind: 'account' as const, accountId };
      const add = () =>
        store.addApiKey({ ...keyOf(world, 'none'), owner }, { keysMax: 2, caps: null, events: [] });
      const settled = await Promise.allSettled([add(), add(), add()]);
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      const [newest] = await store.keysOf(owner, 10);
      await store.revokeApiKey(newest?.keyId ?? '', world.nowMs, []);
      await add();
    });
  });
}

/** Uses each method of the store for agents and keys at least once. */
export async function liveThroughAgents(world: World): Promise<void> {
  const { store } = world;
  const token = tokenRow(world);
  await store.addRegistrationToken(token, []);
  const { agent, key } = newAgent(world);
  await store.registerAgent({ agent, key, token, events: [] });
  const next = { keyId: world.ids.next('apiKey'), keyHash: 'next' };
  const { nowMs } = world;
  await store.rotateApiKey({ keyId: key.keyId, next, expiresAtMs: nowMs + 1, nowMs, events: [] });
  await store.setAgentState(stateOf(world, agent, 'unregistered'));
  await store.countAgents();
  const again = { key: keyOf(world, agent.agentId), token: null, events: [], nowMs };
  await store.reregisterAgent({ ...agent, ...again });
  await store.revokeRegistrationToken(token.tokenId, nowMs, []);
  await store.registrationTokens(1);
  await store.keysOf(key.owner, 1);
  const accountId = await world.openAccount();
  await store.keysOf({ kind: 'account', accountId }, 1);
  const execution = await world.lease(accountId, agent.agentId);
  await store.changeExecution(fenceOf(execution), agent.agentId, ({ job }) => ({
    conduct: { agent: [], requester: [{ axis: 'conduct', good: 1 }], runSec: 1 },
    events: [eventOf(job, 'execution.phase-changed', nowMs)],
  }));
  const { jobId } = execution;
  const rating = { jobId, accountId, agentId: agent.agentId, stars: 5, comment: null };
  await store.addRating({ ...rating, ratedAtMs: nowMs });
  await store.ratingsOfAgent(agent.agentId, 1);
}

function newAgent(world: World): { agent: AgentRow; key: ApiKeyRow } {
  const agentId = world.ids.next('agent');
  const agent = newAgentRow(agentId, 'wallet', world.nowMs);
  return { agent, key: keyOf(world, agentId) };
}

function keyOf(world: World, agentId: string): ApiKeyRow {
  const owner = { kind: 'agent' as const, agentId };
  return newKeyRow(world.ids.next('apiKey'), world.ids.secret(8), owner, world.nowMs);
}

function tokenRow(world: World): RegistrationTokenRow {
  return {
    tokenId: world.ids.next('registrationToken'),
    tokenHash: world.ids.secret(8),
    name: 'rig',
    wallet: null,
    createdAtMs: world.nowMs,
    expiresAtMs: world.nowMs + 300_000,
    usedAtMs: null,
    usedByAgentId: null,
    revokedAtMs: null,
    providerId: null,
  };
}

function stateOf(
  world: World,
  { agentId }: Pick<AgentRow, 'agentId'>,
  state: AgentStateChange['state'],
): AgentStateChange {
  const { nowMs } = world;
  return { agentId, state, from: agentStates, reason: null, untilMs: null, by: 'operator', nowMs };
}
