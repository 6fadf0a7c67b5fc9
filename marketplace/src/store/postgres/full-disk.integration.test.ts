import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { mountProbe, mountSmallDisk, type SmallDisk } from '@node3/shared/testing/small-disk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  postgresProbe,
  startTestPostgres,
  type TestPostgres,
} from '../../testing/test-postgres.ts';
import { PostgresDatabase } from './postgres-database.ts';

const skip = mustSkip(postgresProbe) || mustSkip(mountProbe);

let disk: SmallDisk;
let server: TestPostgres;
let database: PostgresDatabase;
const fatal: unknown[] = [];

beforeAll(async () => {
  if (skip) return;
  [disk, server] = await Promise.all([mountSmallDisk(8), startTestPostgres()]);
  const url = await server.createDatabase();
  const onFatal = (error: unknown) => void fatal.push(error);
  database = await PostgresDatabase.open({ url, log: silentLogger, onFatal });
  const folder = join(disk.path, 'tables');
  await mkdir(folder);
  const { uid, gid } = await stat(dirname(server.socketPath));
  await chown(folder, uid, gid);
  await server.sql(`CREATE TABLESPACE small LOCATION '${folder}'`);
  await server.sql('ALTER TABLE meta SET TABLESPACE small', url);
});
afterAll(async () => {
  if (skip) return;
  await database.close();
  await server.stop();
  await disk.remove();
});

/** Many pages at once: more than a table has left over. */
function put(name: string): Promise<void> {
  return database.write(function* (tx) {
    for (let row = 0; row < 100; row += 1) {
      const key = `${name} ${row} ${'x'.repeat(1_000)}`;
      yield* tx.post('INSERT INTO meta (key, value) VALUES (?, ?)', key, 1);
    }
  });
}

describe.skipIf(skip)('a server whose disk is full', () => {
  it('has writes answered as refused, reads as before, and takes writes when there is room', async () => {
    const rows = async () =>
      (await database.read((tx) => tx.all('SELECT 1 FROM meta WHERE value = 1'))).length;
    await put('before');
    const before = await rows();
    disk.fill();
    const full = await Promise.allSettled([put('a'), put('b'), put('c')]);
    for (const outcome of full) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'STORAGE_FULL', context: { retryAfterSec: 10 } },
      });
    }
    expect(await rows()).toBe(before);
    await disk.empty();
    await Promise.all([put('a'), put('b'), put('c')]);
    expect(await rows()).toBe(before + 300);
    expect(fatal).toEqual([]);
  });
});
