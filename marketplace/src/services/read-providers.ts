import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import { type Asset, add, type BaseUnits, toMoney, zero } from '@node3/shared/money';
import type { Provider, ProviderHealth, ProviderStats } from '@node3/shared/routes/providers';
import { toTimestamp } from '@node3/shared/schema';
import {
  isProviderOpen,
  type ProviderWorkers,
  standingOfProvider,
} from '../domain/provider-rules.ts';
import { type AgentProvider, builtInProvider, type ProviderRow } from '../store/provider-store.ts';
import type { Store } from '../store/store.ts';
import { findProvider } from './manage-providers.ts';
import type { Presence } from './presence.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import type { WorkBoard } from './work-board.ts';

export interface ReadProvidersDeps {
  store: Store;
  clock: Clock;
  presence: Presence;
  work: Pick<WorkBoard, 'countOf'>;
  providers: ProviderRegistry;
}

/** All providers, the highest priority first. */
export async function listProviders(deps: ReadProvidersDeps): Promise<Provider[]> {
  return viewProviders(deps, await countWorkers(deps));
}

/** The same, with what was counted. */
export function viewProviders(
  { providers }: Pick<ReadProvidersDeps, 'providers'>,
  workers: ReadonlyMap<string, ProviderWorkers>,
): Provider[] {
  return providers
    .all()
    .toSorted((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
    .map((provider) => viewProvider(provider, workers.get(provider.providerId) ?? noWorkers));
}

/** By name or id. Throws PROVIDER_NOT_FOUND. */
export async function readProvider(deps: ReadProvidersDeps, word: string): Promise<Provider> {
  const provider = findProvider(deps, word);
  return viewProvider(provider, await countWorkersOf(deps, provider.providerId));
}

export const noWorkers: ProviderWorkers = {
  registered: 0,
  online: 0,
  accepting: 0,
  slots: 0,
  busySlots: 0,
};

/** What is known of the agents of every provider at this moment, by its id. */
export async function countWorkers(deps: ReadProvidersDeps): Promise<Map<string, ProviderWorkers>> {
  const counts = new Map<string, ProviderWorkers>();
  for (const agent of await deps.store.agentProviders()) {
    const key = agent.providerId ?? builtInProvider;
    counts.set(key, counted(deps, counts.get(key) ?? noWorkers, agent));
  }
  return counts;
}

async function countWorkersOf(
  deps: ReadProvidersDeps,
  providerId: string,
): Promise<ProviderWorkers> {
  const agents = await deps.store.agentsOfProvider(providerId);
  return agents.reduce((counts, agent) => counted(deps, counts, agent), noWorkers);
}

function counted(
  { presence, work, providers }: ReadProvidersDeps,
  before: ProviderWorkers,
  { agentId, state }: AgentProvider,
): ProviderWorkers {
  const registered = before.registered + 1;
  if (state === 'disabled' || !presence.isOnline(agentId)) return { ...before, registered };
  const offer = presence.get(agentId)?.offer ?? null;
  const provider = providers.of(agentId);
  const isOpen = provider === null || isProviderOpen({ ...provider, state: 'active' }, offer);
  const slots = offer?.slots ?? 0;
  return {
    registered,
    online: before.online + 1,
    accepting: before.accepting + (state === 'active' && isOpen ? 1 : 0),
    slots: before.slots + slots,
    busySlots: before.busySlots + Math.min(slots, work.countOf(agentId)),
  };
}

/** What a provider's agents have done and earned. Throws PROVIDER_NOT_FOUND. */
export async function readProviderStats(
  deps: ReadProvidersDeps,
  word: string,
): Promise<ProviderStats> {
  const { providerId, name } = findProvider(deps, word);
  const [record, earned] = await Promise.all([
    countWorkersOf(deps, providerId).then((workers) => readRecord(deps, providerId, workers)),
    sumEarnings(deps, providerId),
  ]);
  return { providerId, name, ...record, earned };
}

export type ProviderRecord = Omit<ProviderStats, 'providerId' | 'name' | 'earned'>;

/** What the agents of a provider have done. */
export async function readRecord(
  { store }: Pick<ReadProvidersDeps, 'store'>,
  providerId: string,
  { busySlots, slots }: ProviderWorkers,
): Promise<ProviderRecord> {
  const { agents, jobsSucceeded, jobsFailed, timedRuns, timedRunMs } =
    await store.providerRecord(providerId);
  return {
    agents,
    jobsSucceeded,
    jobsFailed,
    successRate: ratioOf(jobsSucceeded, jobsSucceeded + jobsFailed),
    runMsMean: ratioOf(timedRunMs, timedRuns),
    utilization: ratioOf(busySlots, slots),
  };
}

function ratioOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** null for more agents than are added up for one answer. */
async function sumEarnings(
  { store }: Pick<ReadProvidersDeps, 'store'>,
  providerId: string,
): Promise<ProviderStats['earned']> {
  const agents = await store.agentsOfProvider(providerId);
  if (agents.length > limits.providerAgentsSummed) return null;
  const sums: Record<Asset, { finalized: BaseUnits; pending: BaseUnits }> = {
    SOL: { finalized: zero, pending: zero },
    USDC: { finalized: zero, pending: zero },
  };
  for (const { agentId } of agents) {
    const own = await store.sumPayouts({ agentId, sinceMs: 0 });
    for (const asset of ['SOL', 'USDC'] as const) {
      sums[asset].finalized = add(sums[asset].finalized, own[asset].finalized);
      sums[asset].pending = add(sums[asset].pending, own[asset].pending);
    }
  }
  const view = (asset: Asset) => ({
    finalized: toMoney(sums[asset].finalized, asset),
    pending: toMoney(sums[asset].pending, asset),
  });
  return { SOL: view('SOL'), USDC: view('USDC') };
}

/** One page of when a provider stood how, newest first. Throws PROVIDER_NOT_FOUND. */
export async function readProviderHealth(
  deps: Pick<ReadProvidersDeps, 'store' | 'providers'>,
  word: string,
  { cursor = null, limit = limits.listPageDefault }: { cursor?: number | null; limit?: number },
): Promise<{ data: ProviderHealth[]; nextCursor: number | null }> {
  const { providerId } = findProvider(deps, word);
  const rows = await deps.store.providerHealth(providerId, cursor, limit);
  const data = rows.map(({ number, status, reason, atMs }) => ({
    number,
    status,
    reason,
    at: toTimestamp(atMs),
  }));
  return { data, nextCursor: rows.length === limit ? (rows.at(-1)?.number ?? null) : null };
}

export function viewProvider(provider: ProviderRow, workers: ProviderWorkers): Provider {
  const { status, reason } = standingOfProvider(provider, workers);
  const { providerId, name, kind, state, priority, workersMax, facts } = provider;
  return {
    providerId,
    name,
    kind,
    state,
    status,
    statusReason: reason,
    ...facts,
    credentials: Object.keys(provider.credentials).toSorted(),
    priority,
    workersMax,
    workers,
    builtIn: providerId === builtInProvider,
    createdAt: toTimestamp(provider.createdAtMs),
    changedAt: toTimestamp(provider.changedAtMs),
  };
}
