import type { ReplyOf } from '@node3/shared/contract';
import type { Provider } from '@node3/shared/routes/providers';
import type { getPublicProvider, PublicProvider } from '@node3/shared/routes/public-providers';
import { findProvider } from './manage-providers.ts';
import {
  countWorkers,
  noWorkers,
  type ProviderRecord,
  type ReadProvidersDeps,
  readRecord,
  viewProvider,
  viewProviders,
} from './read-providers.ts';
import { shareAnswers } from './share-answers.ts';

/** As for the other lists that anybody may ask for. */
const spacingMs = 250;

export interface PublicProviders {
  /** All providers without what only the operator may see. */
  list(): Promise<PublicProvider[]>;
  /** By name or id, with what its agents have done. Throws PROVIDER_NOT_FOUND. */
  read(word: string): Promise<ReplyOf<typeof getPublicProvider>>;
}

/**
 * What anybody may ask about providers. Agents are counted once for all who ask at a time, and what those
 * of one provider have done is added up once: a flood of questions reads the table of agents no more often.
 */
export function openPublicProviders(deps: ReadProvidersDeps): PublicProviders {
  const askWorkers = shareAnswers(deps.clock, spacingMs, () => countWorkers(deps));
  const records = new Map<string, () => Promise<ProviderRecord>>();
  function askRecord(providerId: string): Promise<ProviderRecord> {
    const known = records.get(providerId);
    if (known !== undefined) return known();
    // Those that are no more are not kept for ever.
    for (const id of records.keys()) if (deps.providers.find(id) === null) records.delete(id);
    const ask = shareAnswers(deps.clock, spacingMs, async () => {
      const workers = (await askWorkers()).get(providerId) ?? noWorkers;
      return readRecord(deps, providerId, workers);
    });
    records.set(providerId, ask);
    return ask();
  }
  return {
    list: async () => viewProviders(deps, await askWorkers()).map(toPublic),
    async read(word) {
      const { providerId } = findProvider(deps, word);
      const [workers, stats] = await Promise.all([askWorkers(), askRecord(providerId)]);
      const provider = viewProvider(findProvider(deps, word), workers.get(providerId) ?? noWorkers);
      return { ...toPublic(provider), stats };
    },
  };
}

function toPublic({
  endpoint: _endpoint,
  credentials: _credentials,
  workersMax: _workersMax,
  ...shown
}: Provider): PublicProvider {
  return shown;
}
