import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { SqliteDatabase } from '../store/sqlite/sqlite-database.ts';

let empty: Buffer | null = null;

/** A database as a first start leaves it. Making one takes longer than many a run needs for the rest. */
export function writeEmptyDatabase(folder: string, path: string): void {
  empty ??= makeOne(folder);
  writeFileSync(path, empty);
}

/** The same for a file that may be there already, which stays as it is. */
export function assureDatabase(path: string): void {
  if (path !== ':memory:' && !existsSync(path)) writeEmptyDatabase(dirname(path), path);
}

function makeOne(folder: string): Buffer {
  const own = mkdtempSync(join(folder, 'empty-'));
  try {
    const path = join(own, 'market.db');
    void new SqliteDatabase({ path, log: silentLogger, onFatal: () => undefined }).close();
    return readFileSync(path);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
