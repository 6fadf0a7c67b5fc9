import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../testing/cutting-proxy.ts';
import {
  databaseName,
  postgresProbe,
  startTestPostgres,
  type TestPostgres,
} from '../../testing/test-postgres.ts';
import { World } from '../testing/world.ts';
import { openPostgresStore } from './postgres-store.ts';

describe.skipIf(mustSkip(postgresProbe))('connections that are lost at any statement', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startTestPostgres();
  });
  afterAll(() => server.stop());

  it.each([13, 17, 23])('every %i: each write happens once, and is answered', async (every) => {
    const url = await server.createDatabase();
    const proxy = await startCuttingProxy(server.socketPath);
    const fatal: unknown[] = [];
    const store = await openPostgresStore({
      url: `postgresql://node3@127.0.0.1:${proxy.port}/${databaseName(url)}`,
      log: silentLogger,
      onFatal: (error) => void fatal.push(error),
      waits: { writeMs: 60_000, unknownMs: 60_000 },
    });
    const heard: number[] = [];
    store.onEvents((events) => void heard.push(...events.map(({ seq }) => seq)));
    try {
      const world = new World(store);
      const accountId = await world.openAccount(100_000n);
      const agentIds = [await world.registerAgent(), await world.registerAgent()];
      const live = async (index: number) => {
        const execution = await world.lease(accountId, agentIds[index % 2] ?? '');
        await world.start(execution);
        await world.succeed(execution);
        // Said again, it is answered as the first time.
        expect((await world.succeed(execution)).replayed).toBe(true);
      };
      proxy.cutEvery(every);
      await Promise.all(Array.from({ length: 12 }, (_, index) => live(index)));
      const cutsWhileWriting = proxy.cuts;
      proxy.cutEvery(0);
      expect(cutsWhileWriting).toBeGreaterThan(5);
      expect((await store.countJobs()).succeeded).toBe(12);
      expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
      const stored = await store.eventsAfter(0, 1_000);
      expect(heard).toEqual(stored.map(({ seq }) => seq));
      expect(heard).toEqual(heard.map((_, index) => index + 1));
      expect(fatal).toEqual([]);
    } finally {
      await store.close();
      await proxy.close();
    }
  });
});
