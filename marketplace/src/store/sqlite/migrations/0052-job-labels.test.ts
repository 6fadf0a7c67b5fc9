import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { labelledJob, labelsTold, selectLabels, untypedJobs } from '../../testing/typed-jobs.ts';
import { migrate, migrateTo } from '../migrate.ts';
import { migrations } from './index.ts';

it('finds the labels of the jobs that were there, and of those that come', () => {
  const db = new Database(':memory:');
  // Its jobs are as they were before they had types.
  migrateTo(
    db,
    migrations.findIndex(({ name }) => name === 'job-types'),
  );
  for (const statement of untypedJobs) db.exec(statement);
  migrate(db);
  const labels = () => db.prepare(selectLabels).pluck().all();
  expect(labels()).toEqual(labelsTold('sqlite'));
  for (const statement of labelledJob('job_9')) db.exec(statement);
  expect(labels().at(0)).toBe('acc_1 team blue');
  db.close();
});
