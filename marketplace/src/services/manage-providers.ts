import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { ProviderState } from '@node3/shared/provider';
import type { NewProvider, ProviderChange } from '@node3/shared/routes/providers';
import { builtInProvider, type ProviderRow, type ProviderStore } from '../store/provider-store.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import type { SecretSealer } from './secret-sealer.ts';
import type { ProviderSync } from './sync-providers.ts';

export interface ProviderDeps {
  store: ProviderStore;
  clock: Clock;
  ids: Ids;
  sealer: SecretSealer;
  providers: ProviderRegistry;
  providerSync: ProviderSync;
}

/** Stores the provider that everybody belongs to who was given to no other, where it isn't yet. */
export async function openBuiltInProvider({
  store,
  clock,
}: {
  store: ProviderStore;
  clock: Clock;
}): Promise<void> {
  if ((await store.providers()).some(({ providerId }) => providerId === builtInProvider)) return;
  const nowMs = clock.nowMs();
  const description = 'Agents that belong to no other provider.';
  await store.openBuiltInProvider({
    ...emptyProvider,
    providerId: builtInProvider,
    name: builtInProvider,
    kind: 'custom',
    facts: { ...emptyProvider.facts, description },
    createdAtMs: nowMs,
    changedAtMs: nowMs,
  });
}

const emptyProvider = {
  state: 'active' as const,
  stateReason: null,
  priority: 0,
  workersMax: null,
  facts: { description: null, capabilities: {}, endpoint: null, labels: {}, tags: [] },
  credentials: {},
};

/** Registers a provider. Throws PROVIDER_NAME_TAKEN and LIMIT_REACHED. */
export async function registerProvider(
  deps: ProviderDeps,
  { name, kind, ...said }: NewProvider,
): Promise<ProviderRow> {
  const nowMs = deps.clock.nowMs();
  const providerId = deps.ids.next('provider');
  const bare = { ...emptyProvider, providerId, name, kind, createdAtMs: nowMs, changedAtMs: nowMs };
  const provider = withChange(deps, bare, said);
  const event = eventOf('provider.registered', nowMs, { providerId, name, kind });
  await deps.store.createProvider(provider, limits.providersMax, [event]);
  await deps.providerSync.read();
  return provider;
}

/** Changes what is said of a provider; null takes a value away. Throws PROVIDER_NOT_FOUND. */
export async function changeProvider(
  deps: ProviderDeps,
  word: string,
  change: ProviderChange,
): Promise<ProviderRow> {
  const { providerId, name } = findProvider(deps, word);
  const nowMs = deps.clock.nowMs();
  const fields = Object.keys(change).toSorted().join(',');
  const event = eventOf('provider.changed', nowMs, { providerId, name, fields });
  const changed = await deps.store.changeProvider(providerId, (row) => ({
    provider: { ...withChange(deps, row, change), changedAtMs: nowMs },
    events: [event],
  }));
  await deps.providerSync.read();
  return changed;
}

/**
 * Lets a provider work, or gives its agents nothing new; what they run goes on. The store itself
 * gives nothing to them from then on. Throws PROVIDER_NOT_FOUND.
 */
export async function setProviderState(
  deps: ProviderDeps,
  word: string,
  { state, reason }: { state: ProviderState; reason: string | null },
): Promise<ProviderRow> {
  const { providerId, name } = findProvider(deps, word);
  const nowMs = deps.clock.nowMs();
  const stateReason = state === 'active' ? null : reason;
  const changed = await deps.store.changeProvider(providerId, (row) => {
    const facts = { providerId, name, before: row.state, state, why: stateReason };
    const isSame = row.state === state && row.stateReason === stateReason;
    return {
      provider: { ...row, state, stateReason, changedAtMs: isSame ? row.changedAtMs : nowMs },
      events: isSame ? [] : [eventOf('provider.state-changed', nowMs, facts)],
    };
  });
  await deps.providerSync.read();
  return changed;
}

/** Throws PROVIDER_NOT_FOUND, and PROVIDER_IN_USE while agents belong to it. */
export async function deleteProvider(deps: ProviderDeps, word: string): Promise<ProviderRow> {
  const provider = findProvider(deps, word);
  const { providerId, name } = provider;
  const event = eventOf('provider.deleted', deps.clock.nowMs(), { providerId, name });
  await deps.store.deleteProvider(providerId, [event]);
  await deps.providerSync.read();
  return provider;
}

/** Gives an agent to a provider. Throws AGENT_NOT_FOUND, PROVIDER_NOT_FOUND and PROVIDER_FULL. */
export async function assignAgent(
  deps: ProviderDeps,
  agentId: string,
  word: string,
): Promise<ProviderRow> {
  const provider = findProvider(deps, word);
  const { providerId } = provider;
  const stored = providerId === builtInProvider ? null : providerId;
  const event = eventOf('provider.assigned', deps.clock.nowMs(), { agentId, providerId: stored });
  await deps.store.assignAgent(agentId, stored, [event]);
  deps.providerSync.assigned(agentId, stored);
  return provider;
}

/** By name or id. Throws PROVIDER_NOT_FOUND. */
export function findProvider(
  { providers }: { providers: ProviderRegistry },
  word: string,
): ProviderRow {
  const found = providers.find(word);
  if (found === null) throw new MarketError('PROVIDER_NOT_FOUND', { provider: word });
  return found;
}

type Said = Omit<NewProvider, 'name' | 'kind'> | ProviderChange;

function withChange({ sealer }: ProviderDeps, row: ProviderRow, said: Said): ProviderRow {
  const { facts } = row;
  const given = <Value>(value: Value | null | undefined, before: Value, empty: Value): Value =>
    value === undefined ? before : (value ?? empty);
  return {
    ...row,
    kind: 'kind' in said && said.kind !== undefined ? said.kind : row.kind,
    priority: said.priority ?? row.priority,
    workersMax: given<number | null>(said.workersMax, row.workersMax, null),
    facts: {
      description: given<string | null>(said.description, facts.description, null),
      capabilities: given(said.capabilities, facts.capabilities, {}),
      endpoint: given<string | null>(said.endpoint, facts.endpoint, null),
      labels: given(said.labels, facts.labels, {}),
      tags: given(said.tags, facts.tags, []),
    },
    credentials: sealAll(sealer, row, said.credentials),
  };
}

/** Sealed for this provider; null removes one, and what is not named stays. */
function sealAll(
  sealer: SecretSealer,
  { providerId, credentials }: ProviderRow,
  given: Record<string, string | null> = {},
): ProviderRow['credentials'] {
  const kept = { ...credentials };
  for (const [name, value] of Object.entries(given)) {
    if (value === null) delete kept[name];
    else kept[name] = sealer.seal(`provider:${providerId}:${name}`, value);
  }
  return kept;
}

function eventOf(name: NewEvent['name'], atMs: number, data: NewEvent['data']): NewEvent {
  const about = { accountId: null, jobId: null, executionId: null };
  return { name, atMs, actor: 'operator', ...about, reason: null, data };
}
