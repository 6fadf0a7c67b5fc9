import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { silentLogger } from '@node3/shared/logger';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventRow } from '../rows.ts';
import { migrations } from './migrations/index.ts';
import { SqliteDatabase } from './sqlite-database.ts';

const insertMeta = 'INSERT INTO meta (key, value) VALUES (?, ?)';

describe('SqliteDatabase', () => {
  let folder = '';
  let path = '';
  let opened: SqliteDatabase[] = [];
  let fatal: unknown[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'node3-sqlite-'));
    path = join(folder, 'marketplace.db');
    fatal = [];
    opened = [];
  });
  afterEach(() => {
    for (const sqlite of opened) void sqlite.close();
    rmSync(folder, { recursive: true });
  });

  function open(): SqliteDatabase {
    const onFatal = (error: unknown) => void fatal.push(error);
    const sqlite = new SqliteDatabase({ path, log: silentLogger, onFatal });
    opened.push(sqlite);
    return sqlite;
  }

  function put(sqlite: SqliteDatabase, key: string): Promise<void> {
    return sqlite.writeRaw((db) => {
      db.prepare(insertMeta).run(key, 1);
    });
  }

  function keys(sqlite: SqliteDatabase): unknown[] {
    return sqlite.readRaw((db) => db.prepare('SELECT key FROM meta ORDER BY key').pluck().all());
  }

  it('[4.24] is as durable when it is opened again as when it was created', () => {
    for (const round of [1, 2]) {
      const sqlite = open();
      const pragma = (name: string) => sqlite.readRaw((db) => db.pragma(name, { simple: true }));
      expect([
        round,
        pragma('synchronous'),
        pragma('journal_mode'),
        pragma('foreign_keys'),
      ]).toEqual([round, 2n, 'wal', 1n]);
      expect(pragma('locking_mode')).toBe('exclusive');
      void sqlite.close();
    }
  });

  it('shares commits between writes of one turn, and answers each for itself', async () => {
    const sqlite = open();
    const before = sqlite.commits;
    const writes = Array.from({ length: 512 }, (_, index) => put(sqlite, `key-${index % 500}`));
    const outcomes = await Promise.allSettled(writes);
    expect(sqlite.commits - before).toBeLessThanOrEqual(2);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(12);
    expect(keys(sqlite)).toHaveLength(500);
  });

  it('rolls back only the write that threw', async () => {
    const sqlite = open();
    const bad = sqlite.writeRaw((db) => {
      db.prepare(insertMeta).run('bad', 1);
      throw new Error('no');
    });
    const outcomes = await Promise.allSettled([put(sqlite, 'a'), bad, put(sqlite, 'b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(keys(sqlite)).toEqual(['a', 'b']);
    expect(fatal).toEqual([]);
  });

  it('runs what shared a commit with a refused write again, as if for the first time', async () => {
    const sqlite = open();
    const heard: unknown[] = [];
    sqlite.onEvents((events) => void heard.push(...events));
    const event = { seq: 1 } as unknown as EventRow;
    const told = sqlite.write(function* (tx) {
      tx.announce([event]);
      yield* tx.run(insertMeta, 'told', 1);
    });
    const bad = sqlite.write((tx) => {
      tx.announce([event]);
      throw new Error('no');
    });
    const lone = [told, bad, put(sqlite, 'told')];
    const outcomes = (await Promise.allSettled(lone)).map(({ status }) => status);
    expect(outcomes).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(heard).toEqual([event]);
    await expect(put(sqlite, 'told')).rejects.toThrow('UNIQUE');
    await expect(put(sqlite, 'later')).resolves.toBeUndefined();
    expect(keys(sqlite)).toEqual(['later', 'told']);
  });

  it('moves a long log into the database, which loses nothing', async () => {
    const sqlite = open();
    const logPages = () =>
      sqlite.readRaw(
        (db) => db.pragma('wal_checkpoint(NOOP)') as { log: bigint; checkpointed: bigint }[],
      );
    for (let index = 0; index < 16; index += 1) {
      await sqlite.writeRaw((db) => {
        const insert = db.prepare(insertMeta);
        for (let row = 0; row < 4; row += 1)
          insert.run(`${index}-${row}-${'x'.repeat(300_000)}`, 1);
      });
    }
    const [size] = logPages();
    expect(size?.checkpointed).toBeGreaterThan(0n);
    expect(keys(sqlite)).toHaveLength(64);
    await sqlite.close();
    expect(keys(open())).toHaveLength(64);
  });

  it('answers a write only when it is committed, and reads see no write before that', async () => {
    const sqlite = open();
    const write = put(sqlite, 'a');
    expect(keys(sqlite)).toEqual([]);
    await write;
    expect(keys(sqlite)).toEqual(['a']);
  });

  it('gives up for good when a commit fails: unknown is never taken for failed', async () => {
    const sqlite = open();
    // A deferred foreign key is checked by COMMIT, which makes COMMIT itself throw.
    const broken = sqlite.writeRaw((db) => {
      db.pragma('defer_foreign_keys = ON');
      db.prepare('INSERT INTO job_specs (job_id, spec) VALUES (?, ?)').run('job_none', '{}');
    });
    const outcomes = await Promise.allSettled([put(sqlite, 'same commit'), broken]);
    const late = await Promise.allSettled([put(sqlite, 'later')]);
    for (const outcome of [...outcomes, ...late]) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } });
    }
    expect(() => keys(sqlite)).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
    expect(fatal).toEqual([expect.objectContaining({ code: 'SQLITE_CONSTRAINT_FOREIGNKEY' })]);
    void sqlite.close();
    expect(keys(open())).toEqual([]);
  });

  it('refuses what finds no room, and goes on when there is some', async () => {
    const sqlite = open();
    await put(sqlite, 'before');
    const limitPages = (count: number) =>
      sqlite.readRaw((db) => db.pragma(`max_page_count = ${count}`));
    const pages = sqlite.readRaw((db) => Number(db.pragma('page_count', { simple: true })));
    limitPages(pages + 1);
    const filling = put(sqlite, 'x'.repeat(100_000));
    const outcomes = await Promise.allSettled([filling, put(sqlite, 'same commit')]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_FULL' } });
    }
    expect(keys(sqlite)).toEqual(['before']);
    await put(sqlite, 'small');
    limitPages(pages + 1_000);
    await put(sqlite, 'x'.repeat(100_000));
    expect(fatal).toEqual([]);
    await sqlite.close();
    expect(keys(open())).toEqual(['before', 'small', 'x'.repeat(100_000)]);
  });

  it('finishes queued writes before it closes, and takes none after', async () => {
    const sqlite = open();
    const write = put(sqlite, 'a');
    void sqlite.close();
    await expect(write).resolves.toBeUndefined();
    await expect(put(sqlite, 'b')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(keys(open())).toEqual(['a']);
  });

  it('names the folder that is not there', () => {
    const missing = { path: `${path}.d/x.db`, log: silentLogger, onFatal() {} };
    expect(() => new SqliteDatabase(missing)).toThrow(`no folder for the database ${path}.d/x.db`);
  });

  it('refuses a second connection and a second process, by name of the file', async () => {
    open();
    expect(() => open()).toThrow(`Another process uses the database ${path}`);
    const script = `
      import { silentLogger } from '@node3/shared/logger';
      import { SqliteDatabase } from ${JSON.stringify(new URL('sqlite-database.ts', import.meta.url).href)};
      new SqliteDatabase({ path: ${JSON.stringify(path)}, log: silentLogger, onFatal() {} });`;
    const cwd = fileURLToPath(new URL('.', import.meta.url));
    const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd,
    });
    await expect(child).rejects.toMatchObject({
      stderr: expect.stringContaining('Another process uses the database') as unknown,
    });
  });

  it('refuses a file of a newer program, and leaves it as it is', () => {
    void open().close();
    const newer = migrations.length + 1;
    const raw = new Database(path);
    raw.prepare('INSERT INTO schema_migrations (version, name) VALUES (?, ?)').run(newer, 'later');
    raw.close();
    expect(() => open()).toThrow(`schema version ${newer}`);
    const again = new Database(path);
    expect(again.pragma('quick_check', { simple: true })).toBe('ok');
    again.close();
  });
});
