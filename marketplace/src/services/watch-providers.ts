import { limits } from '@node3/shared/limits';
import { standingOfProvider } from '../domain/provider-rules.ts';
import { countWorkers, type ReadProvidersDeps } from './read-providers.ts';

/** Old entries that one turn removes. */
const prunedMax = 1_000;

/** Notes which providers stand another way than before, and forgets what is too old. */
export async function watchProviders(deps: ReadProvidersDeps): Promise<void> {
  const { store, clock, providers } = deps;
  const workers = await countWorkers(deps);
  const known = new Map(
    (await store.providerStatuses()).map((row) => [row.providerId, row.status]),
  );
  const nowMs = clock.nowMs();
  for (const provider of providers.all()) {
    const { providerId, name } = provider;
    const before = known.get(providerId) ?? null;
    const now = workers.get(providerId) ?? noAgents;
    const { status, reason } = standingOfProvider(provider, now);
    // There is nothing to tell of one before its first agent.
    if (status === before || (before === null && now.registered === 0)) continue;
    const about = { accountId: null, jobId: null, executionId: null, reason: null };
    const data = { providerId, name, before, status, why: reason };
    const event = {
      ...about,
      name: 'provider.status-changed' as const,
      atMs: nowMs,
      actor: 'marketplace' as const,
      data,
    };
    await store.noteProviderHealth({ providerId, status, reason, nowMs, event });
  }
  await store.pruneProviderHealth(nowMs - limits.providerHealthKeptMs, prunedMax);
}

const noAgents = { registered: 0, online: 0, accepting: 0, slots: 0, busySlots: 0 };
