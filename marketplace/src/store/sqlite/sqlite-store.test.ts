import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { describeStore, type StoreUnderTest } from '../store.conformance.ts';
import { openSqliteStore } from './sqlite-store.ts';

describeStore('SQLite', async (): Promise<StoreUnderTest> => {
  const folder = await mkdtemp(join(tmpdir(), 'node3-store-'));
  const open = () =>
    openSqliteStore({
      path: join(folder, 'marketplace.db'),
      log: silentLogger,
      onFatal: (error) => {
        throw error;
      },
    });
  let store = open();
  return {
    store,
    async reopen() {
      await store.close();
      store = open();
      return store;
    },
    async dispose() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
