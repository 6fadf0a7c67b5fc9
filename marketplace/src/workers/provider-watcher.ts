import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import type { ReadProvidersDeps } from '../services/read-providers.ts';
import { watchProviders } from '../services/watch-providers.ts';
import { type SingleDeps, startSingleLoop } from './single-loop.ts';

/** Keeps the health log of providers. */
export function startProviderWatcher(deps: ReadProvidersDeps & SingleDeps & { log: Logger }): Loop {
  return startSingleLoop(deps, {
    name: 'provider-watcher',
    intervalMs: limits.providerWatchMs,
    backoffMaxMs: limits.providerWatchMs,
    log: deps.log,
    run: () => watchProviders(deps),
  });
}
