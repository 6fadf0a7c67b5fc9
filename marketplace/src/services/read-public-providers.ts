import type { ReplyOf } from '@node3/shared/contract';
import type { Provider } from '@node3/shared/routes/providers';
import type { getPublicProvider, PublicProvider } from '@node3/shared/routes/public-providers';
import { listProviders, type ReadProvidersDeps, readProviderWithRecord } from './read-providers.ts';

/** All providers without what only the operator may see. */
export async function listPublicProviders(deps: ReadProvidersDeps): Promise<PublicProvider[]> {
  return (await listProviders(deps)).map(toPublic);
}

/** By name or id, with what its agents have done. Throws PROVIDER_NOT_FOUND. */
export async function readPublicProvider(
  deps: ReadProvidersDeps,
  word: string,
): Promise<ReplyOf<typeof getPublicProvider>> {
  const { provider, record } = await readProviderWithRecord(deps, word);
  return { ...toPublic(provider), stats: record };
}

function toPublic({
  endpoint: _endpoint,
  credentials: _credentials,
  workersMax: _workersMax,
  ...shown
}: Provider): PublicProvider {
  return shown;
}
