import { isMarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  postgresProbe,
  startTestPostgres,
  type TestPostgres,
} from '../../testing/test-postgres.ts';
import type { Work } from '../sql/work.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { lockWriters } from './write-transaction.ts';

const insertMeta = 'INSERT INTO meta (key, value) VALUES (?, 1)';
/** Answers come while the server stands still, or the test takes too long. */
const patienceMs = 30_000;

describe.skipIf(mustSkip(postgresProbe))('a PostgreSQL that hangs', () => {
  let server: TestPostgres;
  let url: string;
  let database: PostgresDatabase;
  const fatal: unknown[] = [];

  beforeAll(async () => {
    server = await startTestPostgres();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    url = await server.createDatabase();
    database = await PostgresDatabase.open({
      url,
      log: silentLogger,
      onFatal: (error) => void fatal.push(error),
      // Also how long opening a connection may take, on a machine that is busy.
      waits: { writeMs: 3_000, unknownMs: 60_000 },
    });
    await put('before');
    await keys();
  });
  afterEach(async () => {
    await database.close();
    expect(fatal.splice(0)).toEqual([]);
  });

  /** Waits for its statement, and then for its commit. */
  const put = (key: string) => database.write((tx) => tx.run(insertMeta, key));
  const keys = async () => {
    const found = await database.read((tx) =>
      tx.all<{ key: string }>('SELECT key FROM meta ORDER BY key'),
    );
    return found.map(({ key }) => key);
  };
  /** What was asked for is on its way by then, and what comes after is no part of it. */
  const nextTurns = async () => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const refused = { code: 'STORE_UNAVAILABLE', context: { retryAfterSec: 1 } };

  it(
    'answers changes and reads in time, those that wait too, and goes on when it wakes up',
    async () => {
      await server.freeze('SIGSTOP');
      try {
        const asked = [put('never'), keys(), ...Array.from({ length: 20 }, () => keys())];
        const waiting = Promise.allSettled(asked);
        await nextTurns();
        await expect(put('waits behind it')).rejects.toMatchObject(refused);
        expect(await waiting).toMatchObject(asked.map(() => ({ reason: refused })));
        // The next ones find no connection, nor does a new one come about.
        await expect(put('never either')).rejects.toMatchObject(refused);
        await expect(keys()).rejects.toMatchObject(refused);
      } finally {
        await server.freeze('SIGCONT');
      }
      await expect.poll(() => put('after').catch(() => null), { timeout: patienceMs }).toBe(1);
      expect(await keys()).toEqual(['after', 'before']);
    },
    patienceMs,
  );

  it('answers a commit that was under way by what became of it', async () => {
    await server.freeze('SIGSTOP');
    let isAnswered = false;
    const written = database.write(function* (tx): Work<void> {
      yield* tx.post(insertMeta, 'with its commit');
    });
    const answer = written.then(() => (isAnswered = true));
    await nextTurns();
    await expect(put('behind it')).rejects.toMatchObject(refused);
    expect(isAnswered).toBe(false);
    await server.freeze('SIGCONT');
    await answer;
    expect(await keys()).toEqual(['before', 'with its commit']);
  });

  it(
    'answers in time where somebody who hangs has the lock of the writers',
    async () => {
      const held = server.sql(`BEGIN; ${lockWriters}; SELECT pg_sleep(8); COMMIT`, url);
      await expect
        .poll(() => server.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'", url))
        .toHaveLength(1);
      await expect(put('never')).rejects.toMatchObject(refused);
      await held;
      await put('after');
      expect(await keys()).toEqual(['after', 'before']);
    },
    patienceMs,
  );

  it(
    'lets so many wait and no more, and says so at once',
    async () => {
      await server.freeze('SIGSTOP');
      const codes: string[] = [];
      const note = (error: unknown) => {
        codes.push(
          isMarketError(error, 'STORE_UNAVAILABLE') ? String(error.context['detail']) : '',
        );
      };
      const { storeWritesWaiting, storeReadsWaiting } = limits;
      const asked: Promise<unknown>[] = Array.from({ length: storeWritesWaiting + 1 }, (_, index) =>
        put(`${index}`).catch(note),
      );
      for (let read = 0; read <= storeReadsWaiting + 8; read += 1) asked.push(keys().catch(note));
      await nextTurns();
      expect(codes).toEqual([
        'Too many changes wait for the database; this one was not begun.',
        'Too many reads wait for the database; this one was not begun.',
      ]);
      await Promise.all(asked);
      await server.freeze('SIGCONT');
      await expect.poll(() => put('after').catch(() => null), { timeout: patienceMs }).toBe(1);
      expect(await keys()).toEqual(['after', 'before']);
    },
    patienceMs,
  );
});
