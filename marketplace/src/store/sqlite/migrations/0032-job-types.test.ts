import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import {
  changedCounts,
  selectTypedCounts,
  typedChanges,
  typedCounts,
  untypedJobs,
} from '../../testing/typed-jobs.ts';
import { migrate, migrateTo } from '../migrate.ts';
import { migrations } from './index.ts';

it('counts the jobs that were there by type, and goes on counting', () => {
  const db = new Database(':memory:');
  migrateTo(
    db,
    migrations.findIndex(({ name }) => name === 'job-types'),
  );
  for (const statement of untypedJobs) db.exec(statement);
  migrate(db);
  const counts = () => db.prepare(selectTypedCounts).pluck().all();
  expect(counts()).toEqual(typedCounts);
  for (const statement of typedChanges) db.exec(statement);
  expect(counts()).toEqual(changedCounts);
  db.close();
});
