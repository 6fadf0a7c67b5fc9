import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { sampleSpec } from '../../domain/testing/matching-samples.ts';
import { migrate, migrateTo, schemaStatus } from './migrate.ts';
import { migrations } from './migrations/index.ts';

function open(): Database.Database {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  db.defaultSafeIntegers(true);
  return db;
}

/** Every table, index and trigger with its text. */
function schemaOf(db: Database.Database): unknown[] {
  return db
    .prepare('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name')
    .raw()
    .all();
}

/** A requester with money, a job that ran and one that waits, as the first version wrote them. */
function fill(db: Database.Database): void {
  db.exec(`
    INSERT INTO accounts VALUES ('acc_1', 'wallet', NULL, 1);
    INSERT INTO deposits VALUES ('sig', 'acc_1', '[["SOL","5"]]', 10);
    INSERT INTO transfers (transfer_id, debit, credit, asset, amount, kind, ref, at_ms) VALUES
      ('dep:sig:SOL', 'chain:treasury', 'user:acc_1:available', 'SOL', 5, 'deposit', 'sig', 10),
      ('hold:job_1', 'user:acc_1:available', 'held:job_1', 'SOL', 1, 'hold', 'job_1', 11),
      ('hold:job_2', 'user:acc_1:available', 'held:job_2', 'SOL', 1, 'hold', 'job_2', 12);`);
  const insertJob = db.prepare(`
    INSERT INTO jobs (job_id, account_id, state, priority, asset, price, attempt,
      queue_deadline_ms, settlement, log_lines, log_bytes, created_at_ms)
    VALUES (?, 'acc_1', ?, 'normal', 'SOL', 1, 0, 1, 'held', 0, 0, 7)`);
  const insertSpec = db.prepare('INSERT INTO job_specs VALUES (?, ?)');
  for (const [jobId, state] of [
    ['job_1', 'running'],
    ['job_2', 'queued'],
  ]) {
    insertJob.run(jobId, state);
    insertSpec.run(jobId, JSON.stringify(sampleSpec({})));
  }
}

const kept = `
  SELECT (SELECT json_group_array(job_id || ' ' || state || ' ' || settlement) FROM jobs),
    (SELECT json_group_array(transfer_id || ' ' || amount) FROM transfers),
    (SELECT json_group_array(spec) FROM job_specs), (SELECT count(*) FROM deposits)`;

it('[4.24] leads from every earlier version to the newest, with what was stored in it', () => {
  const fresh = open();
  migrate(fresh);
  const whole = schemaOf(fresh);
  for (let version = 1; version < migrations.length; version += 1) {
    const db = open();
    migrateTo(db, 1);
    fill(db);
    migrateTo(db, version);
    const before = db.prepare(kept).raw().get();
    expect(schemaStatus(db).pending).toHaveLength(migrations.length - version);
    migrate(db);
    expect(schemaStatus(db).pending).toEqual([]);
    expect(schemaOf(db)).toEqual(whole);
    expect(db.prepare(kept).raw().get()).toEqual(before);
    expect(db.pragma('foreign_key_check')).toEqual([]);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  }
  fresh.close();
});
