import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { sampleSpec } from '../../../domain/testing/matching-samples.ts';
import { type Migration, migrations } from './index.ts';

const before = migrations.findIndex(({ name }) => name === 'job-matching');

it('works out what the index needs of jobs that are not over', () => {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  db.defaultSafeIntegers(true);
  const apply = (migration: Migration) => {
    db.exec(migration.sql);
    migration.fill?.(db);
  };
  for (const migration of migrations.slice(0, before)) apply(migration);
  db.exec(`INSERT INTO accounts VALUES ('acc_1', 'wallet', NULL, 1)`);
  const insertJob = db.prepare(`
    INSERT INTO jobs (job_id, account_id, state, priority, asset, price, attempt,
      queue_deadline_ms, settlement, log_lines, log_bytes, created_at_ms)
    VALUES (?, 'acc_1', ?, 'normal', 'SOL', 1, 0, 1, ?, 0, 0, 7)`);
  const insertSpec = db.prepare('INSERT INTO job_specs VALUES (?, ?)');
  const gpus = { count: 2, vendor: 'nvidia' as const };
  for (const [jobId, state, resources] of [
    ['job_1', 'queued', {}],
    ['job_2', 'running', { gpus }],
    ['job_3', 'queued', {}],
    ['job_4', 'failed', {}],
  ] as const) {
    insertJob.run(jobId, state, state === 'failed' ? 'released' : 'held');
    insertSpec.run(jobId, JSON.stringify(sampleSpec({ resources })));
  }
  for (const migration of migrations.slice(before)) apply(migration);
  const rows = db
    .prepare('SELECT job_id, needs_id, hourly_offer, reward, fair_ms FROM jobs ORDER BY job_id')
    .raw()
    .all();
  // 1 SOL for 300 s is 12 an hour, and half of that on each of two GPUs.
  expect(rows).toEqual([
    ['job_1', 1n, 12_000_000_000n, 1_000_000_000n, 7n],
    ['job_2', 2n, 6_000_000_000n, 1_000_000_000n, 7n],
    ['job_3', 1n, 12_000_000_000n, 1_000_000_000n, 7n],
    ['job_4', null, null, null, 0n],
  ]);
});
