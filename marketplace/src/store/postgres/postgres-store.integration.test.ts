import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  postgresProbe,
  startTestPostgres,
  type TestPostgres,
} from '../../testing/test-postgres.ts';
import { describeStore, type StoreUnderTest } from '../store.conformance.ts';
import { openPostgresStore } from './postgres-store.ts';

describe.skipIf(mustSkip(postgresProbe))('on a real server', () => {
  let server: TestPostgres;
  let migrated = '';

  const open = (url: string) =>
    openPostgresStore({
      url,
      log: silentLogger,
      onFatal(error) {
        throw error;
      },
    });

  beforeAll(async () => {
    server = await startTestPostgres();
    migrated = await server.createDatabase();
    await (await open(migrated)).close();
  });
  afterAll(() => server.stop());

  describeStore('PostgreSQL', async (): Promise<StoreUnderTest> => {
    const url = await server.createDatabase(migrated);
    let store = await open(url);
    return {
      store,
      async reopen() {
        await store.close();
        store = await open(url);
        return store;
      },
      async dispose() {
        await store.close();
        await server.dropDatabase(url);
      },
    };
  });
});
