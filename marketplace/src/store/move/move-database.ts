import { existsSync } from 'node:fs';
import { copyFile, link, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatabaseAddress } from '../database-address.ts';
import { describeAddress } from '../database-address.ts';
import { migrateSchema, readSchemaStatus } from '../manage-schema.ts';
import { schemaStatus } from '../sqlite/migrate.ts';
import { copyRows, type RowSource, type RowTarget } from './row-flow.ts';
import { openFile, sqliteSource, sqliteTarget } from './sqlite-rows.ts';

/** What went where. */
export interface Moved {
  tables: Record<string, number>;
  rows: number;
}

/** Whether a marketplace has ever used it. */
const signsOfLife = ['accounts', 'jobs', 'events', 'transfers'];

/**
 * Copies a database as it is at one moment into a new SQLite file, which is a backup whatever the
 * engine. A SQLite file must not be in use: a running marketplace gives its own backup by its API.
 */
export async function backUpDatabase(from: DatabaseAddress, file: string): Promise<Moved> {
  assertAbsent(file);
  await assertNewest(from);
  return writeFile(file, async (draft) => copy(await sourceAt(from), sqliteTarget(draft)));
}

/**
 * Puts a backup into an empty place. Payouts wait there until the chain was compared with it, since
 * an older database would pay again what was paid after it.
 */
export async function restoreDatabase(
  file: string,
  to: DatabaseAddress,
  nowMs: number,
): Promise<Moved> {
  checkBackup(file);
  await assertEmpty(to);
  const folder = await mkdtemp(join(dirname(file), '.restore-'));
  try {
    // Beside it, where there is room for it. A backup of an earlier version is brought forward, and stays what it is itself.
    const current = join(folder, 'current.db');
    await copyFile(file, current);
    await migrateSchema({ engine: 'sqlite', path: current });
    setMark(current, nowMs);
    const put = (target: RowTarget) => copy(sqliteSource(current), target);
    if (to.engine === 'postgres') return await put(await postgresAt(to.url));
    return await writeFile(to.path, (draft) => put(sqliteTarget(draft)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Moves a stopped marketplace from a SQLite file to PostgreSQL. The file gets another name, so that
 * nobody goes on with it by mistake. Jobs that run go on meanwhile: their agents come back.
 */
export async function copyToPostgres(
  from: DatabaseAddress,
  to: DatabaseAddress,
  nowMs: number,
): Promise<Moved & { keptAs: string }> {
  if (from.engine !== 'sqlite' || to.engine !== 'postgres') {
    throw new Error('Only a SQLite file can be moved, and only to PostgreSQL.');
  }
  await assertNewest(from);
  await assertEmpty(to);
  const moved = await copy(sqliteSource(from.path), await postgresAt(to.url));
  const keptAs = `${from.path}.moved-${nowMs}`;
  await rename(from.path, keptAs);
  return { ...moved, keptAs };
}

async function sourceAt(address: DatabaseAddress): Promise<RowSource> {
  if (address.engine === 'sqlite') return sqliteSource(address.path);
  const { postgresSource } = await import('./postgres-rows.ts');
  return postgresSource(address.url);
}

async function postgresAt(url: string): Promise<RowTarget> {
  const { postgresTarget } = await import('./postgres-rows.ts');
  return postgresTarget(url);
}

async function copy(source: RowSource, target: RowTarget): Promise<Moved> {
  const tables: Record<string, number> = {};
  try {
    const rows = await copyRows(source, target, (table, count) => {
      tables[table] = count;
    });
    await target.finish();
    return { tables, rows };
  } finally {
    await source.close();
    await target.close();
  }
}

/** The file is there when it is complete, and never over another one. */
async function writeFile<T>(path: string, write: (draft: string) => Promise<T>): Promise<T> {
  const draft = `${path}.new-${process.pid}`;
  try {
    const result = await write(draft);
    await link(draft, path);
    return result;
  } finally {
    for (const end of ['', '-wal', '-shm']) await rm(`${draft}${end}`, { force: true });
  }
}

function assertAbsent(path: string): void {
  if (existsSync(path)) throw new Error(`${path} exists already. Name a new file.`);
}

async function assertNewest(address: DatabaseAddress): Promise<void> {
  const { version, known } = await readSchemaStatus(address);
  if (version === known) return;
  throw new Error(
    `${describeAddress(address)} has schema version ${version}, this program ${known}. Run: node3 admin db migrate`,
  );
}

async function assertEmpty(address: DatabaseAddress): Promise<void> {
  if (address.engine === 'sqlite') {
    assertAbsent(address.path);
    return;
  }
  const { version } = await readSchemaStatus(address);
  if (version === 0) return;
  const source = await sourceAt(address);
  try {
    for (const table of signsOfLife) {
      for await (const rows of source.columns.has(table) ? source.rows(table) : []) {
        if (rows.length === 0) continue;
        throw new Error(
          `${describeAddress(address)} is in use: it has ${table}. Name an empty one.`,
        );
      }
    }
  } finally {
    await source.close();
  }
}

/** The payout engine reads it: see `restoredAtMs`. */
function setMark(file: string, nowMs: number): void {
  const db = openFile(file, true);
  try {
    db.prepare(
      `INSERT INTO meta (key, value) VALUES ('restored_at_ms', ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    ).run(nowMs);
  } finally {
    db.close();
  }
}

/** Proves that a backup is whole. */
function checkBackup(file: string): void {
  const db = openFile(file, true);
  try {
    const verdict = db.pragma('integrity_check', { simple: true });
    if (verdict !== 'ok') throw new Error(`${file} is damaged: ${String(verdict)}`);
    if (schemaStatus(db).version === 0) throw new Error(`${file} is no backup: it is empty.`);
  } finally {
    db.close();
  }
}
