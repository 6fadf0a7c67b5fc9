import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { baseUnits } from '@node3/shared/money';
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainTreasury, operatorCapital } from '../../domain/ledger-accounts.ts';
import { ledgerGenesis, ledgerHash } from '../ledger-hash.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { cuttingReads } from '../testing/cutting-reads.ts';
import { World } from '../testing/world.ts';
import { migrations } from './migrations/index.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { openSqliteStore } from './sqlite-store.ts';

let folder = '';
let path = '';
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-audit-'));
  path = join(folder, 'marketplace.db');
  open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function open(): void {
  store = openSqliteStore({
    path,
    log: silentLogger,
    onFatal: (error) => {
      throw error;
    },
  });
}

function openDatabase(): SqliteDatabase {
  return new SqliteDatabase({
    path,
    log: silentLogger,
    onFatal: (error) => {
      throw error;
    },
  });
}

/** Deposit, hold, capture, fee, and one job that is still held: five entries and a sixth. */
async function live(): Promise<{ world: World; jobId: string; heldJobId: string }> {
  const world = new World(store);
  const accountId = await world.openAccount(5_000n);
  const done = await world.lease(accountId, await world.registerAgent());
  await world.succeed(done);
  const held = await world.post(accountId);
  return { world, jobId: done.jobId, heldJobId: held.jobId };
}

/** What somebody with the file and an SQLite shell does to it while the marketplace is down. */
async function tamper(...statements: string[]): Promise<string[]> {
  await store.close();
  const db = new Database(path);
  for (const name of ['in_order', 'final', 'kept']) db.exec(`DROP TRIGGER transfers_${name}`);
  for (const sql of ['payouts_final', 'jobs_final']) db.exec(`DROP TRIGGER ${sql}`);
  for (const sql of statements) db.exec(sql);
  db.close();
  open();
  return (await store.verifyLedger()).problems;
}

describe('tampering with the file', () => {
  it('is named by the first entry that was changed', async () => {
    await live();
    expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
    const problems = await tamper('UPDATE transfers SET amount = amount + 1 WHERE entry = 3');
    expect(problems[0]).toMatch(/^Entry 3 \(cap:job_\w+\) was changed/);
    expect(problems.some((problem) => /^Entry 4.*was changed/.test(problem))).toBe(false);
    expect(problems.join()).toMatch(/The USDC balance of provider:\w+:payable differs/);
  });

  it.each([
    "debit = 'suspense'",
    "credit = 'fee:revenue'",
    "asset = 'SOL'",
    "ref = 'x'",
    "kind = 'rent'",
    'at_ms = at_ms + 1',
    "transfer_id = 'dep:other'",
    'hash = zeroblob(32)',
  ])('is seen in an entry whose %s', async (change) => {
    await live();
    const problems = await tamper(`UPDATE transfers SET ${change} WHERE entry = 1`);
    expect(problems[0]).toMatch(/^Entry 1 \(dep:[\w:]+\) was changed/);
  });

  it('is seen where an entry is missing', async () => {
    await live();
    expect((await tamper('DELETE FROM transfers WHERE entry = 2'))[0]).toBe('Entry 2 is missing.');
  });

  it('is seen where the newest entries are missing', async () => {
    const { heldJobId } = await live();
    const problems = await tamper('DELETE FROM transfers WHERE entry = 5');
    expect(problems).toContain(`Job ${heldJobId} holds 0 base units instead of 1000.`);
    expect(problems.join()).toMatch(/The USDC balance of held:\w+ differs from its transfers/);
  });

  it('is seen where two entries changed places', async () => {
    await live();
    const [first, second] = await tamper(
      'UPDATE transfers SET entry = -3 WHERE entry = 3',
      'UPDATE transfers SET entry = 3 WHERE entry = 4',
      'UPDATE transfers SET entry = 4 WHERE entry = -3',
    );
    expect([first, second].map((problem) => problem?.slice(0, 7))).toEqual(['Entry 3', 'Entry 4']);
  });

  it('is seen where a balance was given to an account, or taken away', async () => {
    await live();
    const give = "UPDATE balances SET credits = credits + 1 WHERE account = 'fee:revenue'";
    expect(await tamper(give)).toEqual([
      'The USDC balance of fee:revenue differs from its transfers.',
    ]);
    await store.close();
    const db = new Database(path);
    db.exec("DELETE FROM balances WHERE account = 'fee:revenue'");
    db.close();
    open();
    expect((await store.verifyLedger()).problems).toEqual([
      'The USDC balance of fee:revenue differs from its transfers.',
    ]);
  });

  it('is seen where a payout is called paid', async () => {
    await live();
    const pay = `UPDATE payouts SET state = 'finalized', finalized_at_ms = 1,
      batch_id = 'btc_1', signature = 'sig'`;
    const batch = `INSERT INTO payout_batches
      (batch_id, asset, receipt_seed, receipt_address, state, cost_lamports, created_at_ms)
      VALUES ('btc_1', 'USDC', 's', 'a', 'posted', 0, 1)`;
    const [count, problem] = await tamper(batch, pay);
    expect(count).toBe('1 payouts are finalized, and 0 entries have paid one.');
    expect(problem).toMatch(/^Payout \w+ is finalized, and no entry has paid it\.$/);
  });

  it('is seen where a job was charged other money than it held', async () => {
    const { jobId } = await live();
    const problems = await tamper(
      `UPDATE jobs SET charged = charged - 1, refund = 1 WHERE job_id = '${jobId}'`,
    );
    expect(problems).toEqual([
      `Job ${jobId} was charged 999 base units, and 1000 were taken.`,
      `Job ${jobId} was refunded 1 base units, and 0 were given back.`,
    ]);
  });

  it('with every hash made again is seen by whoever knows an older one', async () => {
    await live();
    const before = await store.auditLedger(null);
    expect(before.entry).toBe(5);
    await store.close();
    const db = new Database(path);
    db.exec('DROP TRIGGER transfers_final');
    db.exec('UPDATE transfers SET at_ms = at_ms + 1 WHERE entry = 1');
    db.close();
    open();
    let hash = ledgerGenesis;
    const entries = await store.ledgerEntries(0, 10);
    await store.close();
    const again = new Database(path);
    for (const row of entries) {
      hash = ledgerHash(hash, row);
      again.prepare('UPDATE transfers SET hash = ? WHERE entry = ?').run(hash, row.entry);
    }
    again.close();
    open();
    expect(await store.verifyLedger()).toMatchObject({ balanced: true });
    expect((await store.auditLedger(before)).problems).toEqual([
      'Entry 5 is another one than when it was last verified.',
    ]);
  });
});

/** Any column of any entry, with any value that the column takes and did not have. */
const edits = fc.record({
  entry: fc.integer({ min: 1, max: 5 }),
  change: fc.oneof(
    fc.tuple(fc.constantFrom('amount', 'at_ms'), fc.bigInt(1n, (1n << 63n) - 1n)),
    fc.tuple(
      fc.constantFrom('transfer_id', 'debit', 'credit', 'kind', 'ref'),
      fc.oneof(fc.string(), fc.constantFrom('suspense', 'fee:revenue', 'deposit')),
    ),
    fc.tuple(fc.constantFrom('asset'), fc.constantFrom('SOL', 'USDC')),
    fc.tuple(fc.constantFrom('hash'), fc.uint8Array({ minLength: 32, maxLength: 32 })),
  ),
});

it('any edit of any entry is named', async () => {
  await live();
  await store.close();
  const onFatal = () => undefined;
  const sqlite = new SqliteDatabase({ path, log: silentLogger, onFatal });
  store = createSqlStore(sqlite);
  await sqlite.writeRaw((db) => void db.exec('DROP TRIGGER transfers_final'));
  await fc.assert(
    fc.asyncProperty(edits, async ({ entry, change: [column, value] }) => {
      const select = `SELECT ${column} FROM transfers WHERE entry = ?`;
      const update = `UPDATE OR IGNORE transfers SET ${column} = ? WHERE entry = ?`;
      const read = () => sqlite.readRaw((db) => db.prepare(select).pluck().get(entry));
      const before = read();
      await sqlite.writeRaw((db) => db.prepare(update).run(value, entry));
      const after = read();
      const { problems } = await store.verifyLedger();
      await sqlite.writeRaw((db) => db.prepare(update).run(before, entry));
      const isSame = Buffer.compare(Buffer.from(String(before)), Buffer.from(String(after))) === 0;
      if (isSame) expect(problems).toEqual([]);
      else expect(problems[0]).toMatch(new RegExp(`^Entry ${entry} \\(.*\\) was changed`, 's'));
    }),
    { numRuns: 150 },
  );
});

describe('an audit', () => {
  it('goes on where the last one ended', async () => {
    const { world } = await live();
    const first = await store.auditLedger(null);
    await world.openAccount(7n);
    const second = await store.auditLedger(first);
    expect(second).toMatchObject({ balanced: true, entry: first.entry + 1 });
    expect(await store.auditLedger(second)).toMatchObject({ entry: second.entry, problems: [] });
  });

  it('sees what is wrong in the entries since the last one', async () => {
    const { world } = await live();
    const first = await store.auditLedger(null);
    await world.openAccount(7n);
    await tamper(
      'UPDATE transfers SET amount = 8 WHERE entry = 6',
      "UPDATE balances SET credits = credits - 1 WHERE account = 'fee:revenue'",
    );
    const { problems } = await store.auditLedger(first);
    expect(problems[0]).toMatch(/^Entry 6 \(dep:[\w:]+\) was changed/);
    expect(problems).toContain('The USDC total of treasury differs from its transfers.');
    expect(problems.some((problem) => problem.includes('fee:revenue'))).toBe(false);
  });

  it('is not fooled by what happens meanwhile, and lets it happen', async () => {
    const { world } = await live();
    const accountId = await world.openAccount(10_000_000n);
    const fill = (turn: number) =>
      Promise.all(Array.from({ length: 100 }, (_, i) => post(`fill-${turn}-${i}`)));
    for (let turn = 0; turn < 50; turn += 1) await fill(turn);
    let written = 0;
    const audited = new AbortController();
    const write = async (): Promise<void> => {
      if (audited.signal.aborted) return;
      await world.store.postJob(world.posting(accountId, 1n));
      await post(`meanwhile-${written}`);
      written += 1;
      await write();
    };
    const [audit] = await Promise.all([
      store.auditLedger(null).finally(() => audited.abort()),
      write(),
    ]);
    expect(audit).toMatchObject({ balanced: true, problems: [] });
    expect(written).toBeGreaterThan(3);
    expect(audit.entry).toBeGreaterThan(5_005);
  });

  it('judges what a read saw whose first attempt was cut off, as PostgreSQL does it', async () => {
    const { world } = await live();
    const since = await store.auditLedger(null);
    const done = await world.lease(await world.openAccount(5_000n), await world.registerAgent());
    await world.succeed(done);
    await tamper(`UPDATE jobs SET charged = charged + 1 WHERE job_id = '${done.jobId}'`);
    await store.close();
    const database = openDatabase();
    const { problems } = await createSqlStore(cuttingReads(database)).auditLedger(since);
    await database.close();
    open();
    expect(problems.join()).toContain(done.jobId);
  });

  it('that broke off leaves what it saw to the next one', async () => {
    const { world } = await live();
    const since = await store.auditLedger(null);
    await world.lease(await world.openAccount(5_000n), await world.registerAgent());
    await tamper(`UPDATE transfers SET amount = amount + 1 WHERE entry = ${since.entry + 1}`);
    const asked = new AbortController();
    asked.abort();
    await expect(store.auditLedger(since, asked.signal)).rejects.toThrow('aborted');
    const { problems } = await store.auditLedger(since);
    expect(problems[0]).toMatch(new RegExp(`^Entry ${since.entry + 1} .* was changed`));
  });

  it('ends when it is told to', async () => {
    await live();
    const signal = AbortSignal.abort();
    await expect(store.auditLedger(null, signal)).rejects.toThrow('aborted');
  });

  function post(transferId: string): Promise<void> {
    const amount = baseUnits(1n);
    const [debit, credit] = [chainTreasury, operatorCapital];
    const transfer = { transferId, debit, credit, amount, asset: 'SOL', kind: 'deposit' } as const;
    return store.postTransfers([{ ...transfer, ref: 'r' }], [], 1);
  }
});

describe('the chain', () => {
  it('is made for a ledger that had none', async () => {
    await live();
    const entries = await store.ledgerEntries(0, 10);
    await store.close();
    const before = join(folder, 'before.db');
    makeOldFile(before);
    path = before;
    open();
    expect(await store.ledgerEntries(0, 10)).toEqual(entries);
    expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
    await expect(tamperNothing()).rejects.toThrow('transfers never change');
  });

  it('has entries that anybody can compute', async () => {
    await live();
    const [first] = await store.ledgerEntries(0, 1);
    expect(first).toBeDefined();
    const row = {
      entry: 1,
      transferId: 'dep:é',
      debit: 'a',
      credit: 'b',
      asset: 'SOL',
      amount: baseUnits(15n),
      kind: 'deposit',
      ref: '',
      atMs: 1,
    } as const;
    // printf '1:1,6:dep:é,1:a,1:b,3:SOL,2:15,7:deposit,0:,1:1,' after 32 zero bytes | sha256sum
    expect(Buffer.from(ledgerHash(ledgerGenesis, row)).toString('hex')).toBe(
      'bddd7a8625885f54f6395f143680c401e067d62d8469499b6e9be86041207b9e',
    );
  });

  async function tamperNothing(): Promise<void> {
    await store.close();
    const db = new Database(path);
    try {
      db.exec('UPDATE transfers SET amount = 1');
    } finally {
      db.close();
      open();
    }
  }

  /** The live file as the schema before the chain had it. */
  function makeOldFile(to: string): void {
    const db = new Database(to);
    db.exec(
      'CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT',
    );
    const old = migrations.findIndex(({ name }) => name === 'ledger-chain');
    for (const [index, { name, sql }] of migrations.slice(0, old).entries()) {
      db.exec(sql);
      db.prepare('INSERT INTO schema_migrations VALUES (?, ?)').run(index + 1, name);
    }
    db.exec(`ATTACH '${path}' AS live`);
    for (const table of ['accounts', 'agents', 'jobs', 'job_specs', 'executions', 'payouts']) {
      copyTable(db, table);
    }
    db.exec('DELETE FROM balances; DELETE FROM balance_totals');
    for (const table of ['transfers', 'balances', 'balance_totals']) copyTable(db, table);
    db.close();
  }

  function copyTable(db: Database.Database, table: string): void {
    const columns = (db.pragma(`main.table_info(${table})`) as { name: string }[]).map(
      ({ name }) => name,
    );
    // An agent's state has taken the place of one column since.
    const values = columns.map((name) => (name === 'enabled' ? "state <> 'disabled'" : name));
    db.exec(
      `INSERT INTO main.${table} (${columns.join()}) SELECT ${values.join()} FROM live.${table}`,
    );
  }
});
