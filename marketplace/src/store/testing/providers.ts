import type { NewEvent } from '@node3/shared/events';
import type { ProviderStatus } from '@node3/shared/provider';
import { describe, expect, it } from 'vitest';
import { builtInProvider, type ProviderRow } from '../provider-store.ts';
import type { Given } from '../store.conformance.ts';
import { newAgentRow, newKeyRow } from './agent-rows.ts';
import type { World } from './world.ts';

export function newProviderRow(providerId: string, more: Partial<ProviderRow> = {}): ProviderRow {
  return {
    providerId,
    name: providerId,
    kind: 'docker',
    state: 'active',
    stateReason: null,
    priority: 0,
    workersMax: null,
    facts: { description: null, capabilities: {}, endpoint: null, labels: {}, tags: [] },
    credentials: {},
    createdAtMs: 1,
    changedAtMs: 1,
    ...more,
  };
}

const event: NewEvent = {
  name: 'provider.changed',
  atMs: 1,
  actor: 'operator',
  accountId: null,
  jobId: null,
  executionId: null,
  reason: null,
  data: { providerId: 'prv' },
};

/** Registers an agent with a token of a provider. */
async function register({ store, ids }: World, providerId: string | null) {
  const [agentId, tokenId] = [ids.next('agent'), ids.next('registrationToken')];
  const token = { tokenId, tokenHash: `hash-${tokenId}` };
  const unused = { usedAtMs: null, usedByAgentId: null, revokedAtMs: null };
  const facts = { name: null, wallet: null, createdAtMs: 0, expiresAtMs: 100, providerId };
  await store.addRegistrationToken({ ...token, ...unused, ...facts }, []);
  const owner = { kind: 'agent' as const, agentId };
  const key = newKeyRow(ids.next('apiKey'), `key-${agentId}`, owner, 1);
  const agent = newAgentRow(agentId, `w-${agentId}`, 1);
  const registered = await store.registerAgent({ agent, key, token, events: [] });
  return { agentId, ...registered };
}

function health(providerId: string, status: ProviderStatus, nowMs: number) {
  return { providerId, status, reason: `because of ${status}`, nowMs, event };
}

/** Uses each method of the store for providers at least once. */
export async function liveThroughProviders(world: World): Promise<void> {
  const { store } = world;
  await store.openBuiltInProvider(newProviderRow(builtInProvider));
  await store.createProvider(newProviderRow('prv-lived'), 9, [event]);
  const { agentId } = await register(world, 'prv-lived');
  await store.changeProvider('prv-lived', (provider) => ({
    provider: { ...provider, workersMax: 3 },
    events: [event],
  }));
  await store.assignAgent(agentId, null, [event]);
  await store.assignAgent(agentId, 'prv-lived', [event]);
  await store.agentProviders();
  await store.agentsOfProvider('prv-a');
  await store.noteProviderHealth(health('prv-lived', 'active', 5));
  await store.noteProviderHealth(health('prv-lived', 'unhealthy', 6));
  await store.providerHealth('prv-lived', null, 10);
  await store.providerStatuses();
  await store.pruneProviderHealth(6, 10);
  await store.providerRecord('prv-lived');
  await store.createProvider(newProviderRow('prv-gone'), 9, [event]);
  await store.deleteProvider('prv-gone', [event]);
}

export function describeProviders(given: Given): void {
  describe('providers', () => {
    it('[3.08] are kept as they are registered and changed, each under its own name', async () => {
      const { store } = given;
      const row = newProviderRow('prv-a', {
        priority: 7,
        workersMax: 2,
        facts: {
          description: 'd',
          capabilities: { cpusMax: 4, gpuTypes: ['a100'] },
          endpoint: 'https://docker.example:2376',
          labels: { zone: 'a' },
          tags: ['fast'],
        },
        credentials: { token: 's2.sealed' },
      });
      await store.createProvider(row, 9, [event]);
      const same = newProviderRow('prv-b', { name: 'prv-a' });
      await expect(store.createProvider(same, 9, [])).rejects.toMatchObject({
        code: 'PROVIDER_NAME_TAKEN',
      });
      const full = store.createProvider(newProviderRow('prv-c'), 1, []);
      await expect(full).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
      expect(await store.providers()).toEqual([row]);
      const changed = { ...row, state: 'maintenance' as const, stateReason: 'disks', priority: 1 };
      await store.changeProvider('prv-a', () => ({ provider: changed, events: [event] }));
      const reopened = await given.reopen();
      expect(await reopened.providers()).toEqual([changed]);
      const unknown = reopened.changeProvider('prv-x', (provider) => ({ provider, events: [] }));
      await expect(unknown).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' });
    });

    it('get the agents that register with their tokens, and no more than they may have', async () => {
      const { store, world } = given;
      await store.createProvider(newProviderRow('prv-a', { workersMax: 1 }), 9, []);
      const [one, two] = await Promise.allSettled([
        register(world, 'prv-a'),
        register(world, 'prv-a'),
      ]);
      const entered = [one, two].filter(({ status }) => status === 'fulfilled');
      expect(entered).toHaveLength(1);
      const refused = one.status === 'rejected' ? one : two;
      expect(refused).toMatchObject({ reason: { code: 'PROVIDER_FULL' } });
      const { agentId, providerId } = await register(world, null);
      expect(providerId).toBeNull();
      const full = store.assignAgent(agentId, 'prv-a', []);
      await expect(full).rejects.toMatchObject({ code: 'PROVIDER_FULL' });
      const nowhere = store.assignAgent(agentId, 'prv-x', []);
      await expect(nowhere).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' });
      const assigned = (await store.agentProviders()).find((one) => one.providerId !== null);
      expect(assigned?.providerId).toBe('prv-a');
      expect((await store.agent(assigned?.agentId ?? ''))?.providerId).toBe('prv-a');
      await store.assignAgent(assigned?.agentId ?? '', null, []);
      await store.assignAgent(agentId, 'prv-a', []);
      const owned = (await store.agentProviders()).filter((one) => one.providerId !== null);
      expect(owned).toEqual([{ agentId, providerId: 'prv-a', state: 'active' }]);
      expect(await store.agentsOfProvider('prv-a')).toEqual(owned);
      expect(await store.agentsOfProvider(builtInProvider)).toEqual([
        { agentId: assigned?.agentId, providerId: null, state: 'active' },
      ]);
    });

    it('limit the built-in one as well', async () => {
      const { store, world } = given;
      await store.openBuiltInProvider(newProviderRow(builtInProvider, { workersMax: 1 }));
      await store.openBuiltInProvider(newProviderRow(builtInProvider, { workersMax: 5 }));
      await world.registerAgent();
      await expect(world.registerAgent()).rejects.toMatchObject({ code: 'PROVIDER_FULL' });
    });

    it('[3.07] let no job be claimed while they are not active, whatever anybody remembers', async () => {
      const { store, world } = given;
      await store.createProvider(newProviderRow('prv-a'), 9, []);
      const { agentId } = await register(world, 'prv-a');
      const accountId = await world.openAccount();
      const job = await world.post(accountId);
      for (const state of ['maintenance', 'disabled'] as const) {
        await store.changeProvider('prv-a', (provider) => ({
          provider: { ...provider, state },
          events: [],
        }));
        expect(await store.claimJob(world.claim(job.jobId, agentId))).toBeNull();
      }
      await store.changeProvider('prv-a', (provider) => ({
        provider: { ...provider, state: 'active' },
        events: [],
      }));
      expect(await store.claimJob(world.claim(job.jobId, agentId))).not.toBeNull();
    });

    it('[3.09] keep each change of how they stand, and forget old ones', async () => {
      const { store } = given;
      await store.createProvider(newProviderRow('prv-a'), 9, []);
      const noted = [];
      const all = ['active', 'active', 'degraded', 'unhealthy'] as const;
      for (const [index, status] of all.entries()) {
        noted.push(await store.noteProviderHealth(health('prv-a', status, 10 + index)));
      }
      expect(noted).toEqual([true, false, true, true]);
      const rows = await store.providerHealth('prv-a', null, 2);
      expect(rows.map(({ status, number, atMs }) => [status, number, atMs])).toEqual([
        ['unhealthy', 3, 13],
        ['degraded', 2, 12],
      ]);
      const [older] = await store.providerHealth('prv-a', 2, 9);
      expect(older).toMatchObject({ number: 1, reason: 'because of active' });
      expect(await store.providerStatuses()).toEqual([rows[0]]);
      expect(await store.pruneProviderHealth(100, 10)).toBe(2);
      expect(await store.providerHealth('prv-a', null, 9)).toEqual([rows[0]]);
    });

    it('are removed when no agent belongs to them any more, but for the built-in one', async () => {
      const { store, world } = given;
      await store.openBuiltInProvider(newProviderRow(builtInProvider));
      await store.createProvider(newProviderRow('prv-a'), 9, []);
      await store.noteProviderHealth(health('prv-a', 'active', 1));
      const { agentId } = await register(world, 'prv-a');
      const used = store.deleteProvider('prv-a', [event]);
      await expect(used).rejects.toMatchObject({ code: 'PROVIDER_IN_USE', context: { agentId } });
      await store.assignAgent(agentId, null, []);
      await store.deleteProvider('prv-a', [event]);
      const own = store.deleteProvider(builtInProvider, []);
      await expect(own).rejects.toMatchObject({ code: 'PROVIDER_IN_USE' });
      expect((await store.providers()).map(({ name }) => name)).toEqual([builtInProvider]);
    });

    it('know what their agents have done', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      expect(await store.providerRecord(builtInProvider)).toEqual({
        agents: 1,
        jobsSucceeded: 0,
        jobsFailed: 0,
        timedRuns: 0,
        timedRunMs: 0,
      });
      await store.createProvider(newProviderRow('prv-a'), 9, []);
      await store.assignAgent(agentId, 'prv-a', []);
      expect(await store.providerRecord(builtInProvider)).toMatchObject({ agents: 0 });
      const execution = await world.lease(await world.openAccount(), agentId);
      await world.start(execution);
      await world.succeed(execution);
      expect(await store.providerRecord('prv-a')).toEqual({
        agents: 1,
        jobsSucceeded: 1,
        jobsFailed: 0,
        timedRuns: 1,
        timedRunMs: 13,
      });
    });
  });
}
