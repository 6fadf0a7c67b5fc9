import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { paymentCountProblemsIn } from '../sql/settlement-problems.ts';
import { World } from '../testing/world.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { openSqliteStore } from './sqlite-store.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-payments-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function onFatal(error: unknown): never {
  throw error;
}

it('counts what was paid in pages', async () => {
  const options = { path: join(folder, 'marketplace.db'), log: silentLogger, onFatal };
  const store = openSqliteStore(options);
  const world = new World(store);
  const accountId = await world.openAccount();
  for (let paid = 0; paid < 3; paid += 1) {
    await world.succeed(await world.lease(accountId, await world.registerAgent()));
  }
  await store.close();
  const db = new Database(options.path);
  db.exec(`INSERT INTO payout_batches
    (batch_id, asset, receipt_seed, receipt_address, state, cost_lamports, created_at_ms)
    VALUES ('btc_1', 'USDC', 's', 'a', 'posted', 0, 1)`);
  db.exec(`UPDATE payouts SET state = 'finalized', finalized_at_ms = 1,
    batch_id = 'btc_1', signature = 'sig'`);
  db.close();
  const database = new SqliteDatabase(options);
  for (const page of [1, 2, 3, 4]) {
    const problems = (paid: number) =>
      database.read((tx) => paymentCountProblemsIn(tx, paid, page));
    expect(await problems(3)).toEqual([]);
    expect(await problems(2)).toEqual(['3 payouts are finalized, and 2 entries have paid one.']);
  }
  await database.close();
});
