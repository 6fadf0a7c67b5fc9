import { silentLogger } from '@node3/shared/logger';
import { expect, it, vi } from 'vitest';
import { ProviderSync, type ProviderSyncDeps } from './sync-providers.ts';

it('follows a provider of another replica even where the first read of it fails', async () => {
  const rows: never[] = [];
  const providers = vi.fn<() => Promise<never[]>>();
  providers.mockRejectedValueOnce(new Error('gone for a moment')).mockResolvedValue(rows);
  const warn = vi.fn();
  const replaceAll = vi.fn();
  const deps = {
    store: { providers, agentProviders: () => Promise.resolve(new Map()) },
    log: Object.assign(Object.create(silentLogger), { warn }),
    providers: { replaceAll },
    presence: { all: () => [] },
  };
  const sync = new ProviderSync(deps as unknown as ProviderSyncDeps);
  sync.note([{ name: 'provider.changed', data: {} }]);
  await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
  expect(replaceAll).not.toHaveBeenCalled();
  sync.note([{ name: 'job.posted', data: {} }]);
  await vi.waitFor(() => expect(replaceAll).toHaveBeenCalledOnce());
  sync.note([{ name: 'job.posted', data: {} }]);
  expect(providers).toHaveBeenCalledTimes(2);
});
