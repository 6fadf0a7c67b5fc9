import type { JobSpec } from '@node3/shared/job-spec';
import { hourlyOffer } from '@node3/shared/metering';
import { fromMoney } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import { jobNeedsOf } from '../../../domain/job-needs.ts';
import { needsOf } from '../../../domain/matching.ts';
import type { Migration } from './index.ts';

/**
 * What the index of open jobs reads of a job at start, without its spec. Jobs that ask for the same
 * share a row of `job_needs`. The columns are null for jobs that were over before: those never change.
 */
export const jobMatching: Migration = {
  name: 'job-matching',
  sql: `
CREATE TABLE job_needs (
  needs_id INTEGER PRIMARY KEY,
  needs TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE jobs ADD COLUMN needs_id INTEGER REFERENCES job_needs (needs_id);
ALTER TABLE jobs ADD COLUMN hourly_offer INTEGER;
ALTER TABLE jobs ADD COLUMN reward INTEGER;
ALTER TABLE jobs ADD COLUMN fair_ms INTEGER NOT NULL DEFAULT 0;
`,
  fill(db) {
    const select = db.prepare<[string], { job_id: string; spec: string }>(`
      SELECT job_id, spec FROM jobs JOIN job_specs USING (job_id)
      WHERE over = 0 AND job_id > ? ORDER BY job_id LIMIT ${pageRows}`);
    const insert = db.prepare('INSERT OR IGNORE INTO job_needs (needs) VALUES (?)');
    const update = db.prepare(`
      UPDATE jobs SET needs_id = (SELECT needs_id FROM job_needs WHERE needs = ?),
        hourly_offer = ?, reward = ?, fair_ms = created_at_ms WHERE job_id = ?`);
    let after = '';
    for (let page = select.all(after); page.length > 0; page = select.all(after)) {
      for (const { job_id: jobId, spec } of page) {
        fillJob({ insert, update }, jobId, JSON.parse(spec) as JobSpec);
        after = jobId;
      }
    }
  },
};

/** Specs held in memory at a time. */
const pageRows = 1_000;

function fillJob(
  { insert, update }: Record<'insert' | 'update', Database.Statement>,
  jobId: string,
  spec: JobSpec,
): void {
  const needs = needsOf(spec, null);
  const text = JSON.stringify(jobNeedsOf(needs));
  const reward = spec.price.kind === 'fixed' ? fromMoney(spec.price.reward) : null;
  insert.run(text);
  update.run(text, hourlyOffer(needs), reward, jobId);
}
