import { readFile } from 'node:fs/promises';
import { silentLogger } from '@node3/shared/logger';
import { withNulFields } from '@node3/shared/nul-fields';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../../testing/cutting-proxy.ts';
import {
  databaseName,
  postgresProbe,
  startTestPostgres,
  type TestPostgres,
} from '../../testing/test-postgres.ts';
import type { EventRow } from '../rows.ts';
import type { Tx, Work } from '../sql/work.ts';
import { PostgresDatabase, type PostgresDatabaseOptions } from './postgres-database.ts';

const insertMeta = 'INSERT INTO meta (key, value) VALUES (?, ?)';
const insertEvent = `
  INSERT INTO events (name, at_ms, actor, data) VALUES (?, ?, ?, ?)`;

describe.skipIf(mustSkip(postgresProbe))('PostgresDatabase', () => {
  let server: TestPostgres;
  let migrated = '';
  let url = '';
  let proxy: CuttingProxy | null = null;
  let opened: PostgresDatabase[] = [];
  let fatal: unknown[] = [];

  beforeAll(async () => {
    server = await startTestPostgres();
    migrated = await server.createDatabase();
    await (await open({ url: migrated })).close();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    fatal = [];
    opened = [];
    url = await server.createDatabase(migrated);
  });
  afterEach(async () => {
    for (const database of opened) await database.close();
    await proxy?.close();
    proxy = null;
  });

  async function open(options: Partial<PostgresDatabaseOptions> = {}): Promise<PostgresDatabase> {
    const onFatal = (error: unknown) => void fatal.push(error);
    const database = await PostgresDatabase.open({ url, log: silentLogger, onFatal, ...options });
    opened.push(database);
    return database;
  }

  /** Opens the same database through something that loses connections. */
  async function openThroughProxy(options: Partial<PostgresDatabaseOptions> = {}) {
    proxy = await startCuttingProxy(server.socketPath);
    const through = `postgresql://node3@127.0.0.1:${proxy.port}/${databaseName(url)}`;
    return { proxy, database: await open({ url: through, ...options }) };
  }

  function* insertKey(tx: Tx, key: string): Work<number> {
    return yield* tx.run(insertMeta, key, 1);
  }

  function put(database: PostgresDatabase, key: string): Promise<number> {
    return database.write((tx) => insertKey(tx, key));
  }

  async function keys(database: PostgresDatabase): Promise<string[]> {
    const found = await database.read((tx) =>
      tx.all<{ key: string }>('SELECT key FROM meta ORDER BY key'),
    );
    return found.map(({ key }) => key);
  }

  it('shares commits between writes of one turn, and answers each for itself', async () => {
    const database = await open();
    const writes = Array.from({ length: 130 }, (_, index) => put(database, `key-${index % 120}`));
    const outcomes = await Promise.allSettled(writes);
    expect(database.commits).toBeLessThanOrEqual(3);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(await keys(database)).toHaveLength(120);
  });

  it('tells a text with the character NUL to whoever sent it, and goes on with the others', async () => {
    const database = await open();
    const outcomes = await Promise.allSettled([
      put(database, 'a'),
      put(database, 'b\0'),
      put(database, 'c'),
      database.read((tx) => tx.all('SELECT key FROM meta WHERE key = ?', 'd\0')),
    ]);
    const refused = { status: 'rejected', reason: { code: 'REQUEST_INVALID' } };
    const done = { status: 'fulfilled' };
    expect(outcomes).toMatchObject([done, refused, done, refused]);
    const [, { reason } = { reason: null }] = outcomes as PromiseRejectedResult[];
    expect(withNulFields(reason, { spec: { name: 'b\0' } })).toMatchObject({
      context: { errors: [{ pointer: '/spec/name' }] },
    });
    expect(await keys(database)).toEqual(expect.arrayContaining(['a', 'c']));
    expect(fatal).toEqual([]);
  });

  it('undoes only the write that threw, whether it had to wait for the answer or not', async () => {
    const database = await open();
    const bad = () =>
      database.write(function* (tx) {
        yield* insertKey(tx, 'bad');
        throw new Error('no');
      });
    const badBeforeItWasSent = () =>
      database.write(function* (tx): Work<void> {
        yield* tx.post(insertMeta, 'bad too', 1);
        if (tx.pending.head === null) throw new Error('no');
      });
    const postedTwice = () =>
      database.write(function* (tx): Work<void> {
        yield* tx.post(insertMeta, 'a', 1);
      });
    const outcomes = await Promise.allSettled([
      put(database, 'a'),
      bad(),
      put(database, 'b'),
      badBeforeItWasSent(),
      postedTwice(),
      put(database, 'c'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(await keys(database)).toEqual(['a', 'b', 'c']);
    expect(fatal).toEqual([]);
  });

  it('numbers rows without gaps, whatever was undone between them', async () => {
    const database = await open();
    const heard: EventRow[] = [];
    database.onEvents((events) => void heard.push(...events));
    const append = (refused: boolean) =>
      database.write(function* (tx) {
        const numbers = yield* tx.insert('seq', insertEvent, [
          ['job.queued', 1, 'requester', '{}'],
          ['job.queued', 2, 'requester', '{}'],
        ]);
        tx.announce(numbers.map((seq) => ({ seq }) as EventRow));
        if (refused) throw new Error('no');
        return numbers;
      });
    const first = await Promise.allSettled([append(false), append(true), append(false)]);
    expect(first.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : null))).toEqual(
      [[1, 2], null, [3, 4]],
    );
    const other = await open();
    const theirs = await other.write((tx) =>
      tx.insert('seq', insertEvent, [['job.queued', 3, 'requester', '{}']]),
    );
    expect(theirs).toEqual([5]);
    expect(await append(false)).toEqual([6, 7]);
    expect(heard.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 6, 7]);
  });

  it('lets writers of several processes in one after the other', async () => {
    const databases = await Promise.all([open(), open(), open()]);
    const count = (tx: Tx): Work<number> =>
      (function* () {
        const found = yield* tx.get<{ value: bigint }>("SELECT value FROM meta WHERE key = 'n'");
        const next = Number(found?.value ?? 0n) + 1;
        yield* tx.run(
          "INSERT INTO meta (key, value) VALUES ('n', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
          next,
        );
        return next;
      })();
    const writes = databases.flatMap((database) =>
      Array.from({ length: 20 }, () => database.write(count)),
    );
    const seen = await Promise.all(writes);
    expect(new Set(seen).size).toBe(60);
  });

  it('shows one moment to all statements of a read, also the first time', async () => {
    const database = await open();
    const other = await open();
    await put(database, 'a');
    for (const round of [1, 2]) {
      const between: Promise<unknown>[] = [];
      const count = (tx: Tx) =>
        tx.get<{ n: bigint }>(`SELECT count(*) AS n FROM meta WHERE key <> 'x${round}'`);
      const seen = await database.read(function* (tx) {
        const first = yield* count(tx);
        if (between.length === 0) between.push(put(other, `b${round}`));
        const second = yield* count(tx);
        return [first?.n, second?.n];
      });
      await Promise.all(between);
      expect(seen[0]).toBe(seen[1]);
    }
  });

  it('answers values of each kind as SQLite does', async () => {
    const database = await open();
    const text = "'?' @no +? and a ' quote";
    const row = await database.read((tx) =>
      tx.get(
        `SELECT CAST(@int AS BIGINT) AS int, CAST(@text AS TEXT) AS text, '?' AS mark,
          CAST(@float AS DOUBLE PRECISION) AS float, CAST(@bytes AS BYTEA) AS bytes,
          CAST(@none AS TEXT) AS none, 1 = 1 AS truth, sum(n) AS total
         FROM (SELECT CAST(@int AS BIGINT) AS n) AS one`,
        { int: 9_007_199_254_740_993n, text, float: 0.1, bytes: Uint8Array.of(0, 255), none: null },
      ),
    );
    expect(row).toEqual({
      int: 9_007_199_254_740_993n,
      text,
      mark: '?',
      float: 0.1,
      bytes: Buffer.of(0, 255),
      none: null,
      truth: 1n,
      total: 9_007_199_254_740_993n,
    });
    const arrays = await database.read((tx) => tx.table('SELECT 1, CAST(NULL AS TEXT), 2 = 2'));
    expect(arrays).toEqual([[1, null, 1]]);
  });

  it('waits for a server that restarts, and loses nothing', async () => {
    const database = await open({ waits: { writeMs: 60_000, unknownMs: 60_000 } });
    await put(database, 'before');
    await server.halt('immediate');
    const writes = [put(database, 'a'), put(database, 'b')];
    const read = keys(database);
    await server.start();
    await Promise.all(writes);
    expect(await read).toContain('before');
    expect(await keys(database)).toEqual(['a', 'b', 'before']);
    expect(fatal).toEqual([]);
  });

  it('waits at its start for a server that does not answer yet, but not for ever', async () => {
    await server.halt('fast');
    await expect(open({ startWaitMs: 0 })).rejects.toThrow();
    const opening = open();
    await server.start();
    expect(await keys(await opening)).toEqual([]);
  });

  it('answers that it is unavailable when the database stays away, and comes back by itself', async () => {
    const waits = { writeMs: 500, unknownMs: 500 };
    const { proxy: between, database } = await openThroughProxy({ waits });
    await put(database, 'before');
    between.gate('shut');
    between.drop();
    await expect(put(database, 'never')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(keys(database)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    between.gate('open');
    await put(database, 'after');
    expect(await keys(database)).toEqual(['after', 'before']);
    expect(fatal).toEqual([]);
  });

  it.each(['before', 'after', 'after, full'] as const)(
    'finds out what became of a commit whose connection was lost %s it',
    async (how) => {
      const { proxy: between, database } = await openThroughProxy();
      const heard: EventRow[] = [];
      database.onEvents((events) => void heard.push(...events));
      let runs = 0;
      const value = await database.write(function* (tx): Work<string> {
        runs += 1;
        const numbers = yield* tx.insert('seq', insertEvent, [['job.queued', 1, 'me', '{}']]);
        tx.announce(numbers.map((seq) => ({ seq }) as EventRow));
        yield* insertKey(tx, 'once');
        // The next that is sent is the commit.
        if (runs === 1) between.cut(how);
        return 'done';
      });
      expect(value).toBe('done');
      expect(runs).toBe(how === 'before' ? 2 : 1);
      expect(heard.map(({ seq }) => seq)).toEqual([1]);
      expect(await keys(database)).toEqual(['once']);
      expect(fatal).toEqual([]);
    },
  );

  it('starts the process again when what was answered as unknown has happened', async () => {
    const waits = { writeMs: 10_000, unknownMs: 100 };
    const { proxy: between, database } = await openThroughProxy({ waits });
    const lost = database.write(function* (tx): Work<void> {
      yield* insertKey(tx, 'unknown');
      between.cut('after');
      between.gate('shut');
      // Shutting ends what is open; this connection has to live until its commit is there.
    });
    await expect(lost).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    between.gate('open');
    await put(database, 'later');
    expect(await keys(database)).toEqual(['later', 'unknown']);
    expect(fatal).toHaveLength(1);
  });

  it('finishes queued writes before it closes, and takes none after', async () => {
    const database = await open();
    const write = put(database, 'a');
    await database.close();
    await expect(write).resolves.toBe(1);
    await expect(put(database, 'b')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('refuses a database of a newer program, and a server that does not flush', async () => {
    await server.sql("INSERT INTO schema_migrations (version, name) VALUES (999, 'later')", url);
    await expect(open()).rejects.toThrow('schema version 999');
    await server.sql("ALTER SYSTEM SET fsync = 'off'");
    await server.sql('SELECT pg_reload_conf()');
    try {
      await expect.poll(() => server.sql('SHOW fsync')).toEqual([{ fsync: 'off' }]);
      await expect(open()).rejects.toThrow('a power cut would lose what was acknowledged');
    } finally {
      await server.sql("ALTER SYSTEM SET fsync = 'on'");
      await server.sql('SELECT pg_reload_conf()');
    }
  });

  it('opens for a user and a database that docs/guides/database.md makes, as it is printed', async () => {
    const guide = new URL('../../../../docs/guides/database.md', import.meta.url);
    const [, text = ''] = /```sql\n([\s\S]*?)```/.exec(await readFile(guide, 'utf8')) ?? [];
    for (const statement of text.split(';').slice(0, -1)) await server.sql(statement);
    const owned = new URL(url);
    owned.username = 'market';
    owned.pathname = '/market';
    const database = await open({ url: owned.href });
    await database.write((tx) => insertKey(tx, 'here'));
    expect(await server.sql("SELECT value FROM meta WHERE key = 'here'", owned.href)).toEqual([
      { value: '1' },
    ]);
  });
});
