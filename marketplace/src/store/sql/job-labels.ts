import type { JobStore, LabelledQuery } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import type { Database } from './database.ts';
import type { JobRecord } from './job-codec.ts';
import { afterAllIds, jobsOfPageIn } from './job-reads.ts';
import type { Tx, Work } from './work.ts';

const labelled = `
  SELECT job_id FROM job_labels
  WHERE account_id = ? AND name = ? AND value = ? AND job_id < ? AND job_id > ?`;
const statements = {
  newest: `${labelled} ORDER BY job_id DESC LIMIT ?`,
  oldest: `${labelled} ORDER BY job_id LIMIT ?`,
  /** One step in the index for each name, however many jobs have it. */
  names: `
    WITH RECURSIVE names (name) AS (
      SELECT min(name) FROM job_labels WHERE account_id = @accountId
      UNION ALL
      SELECT (
        SELECT min(job_labels.name) FROM job_labels
        WHERE account_id = @accountId AND job_labels.name > names.name
      ) FROM names WHERE names.name IS NOT NULL
    )
    SELECT name FROM names WHERE name IS NOT NULL LIMIT @max`,
} as const;

/** Jobs of an account by what they are labelled with; a trigger writes labels down as jobs are posted. */
export function createJobLabels(
  database: Database,
): Pick<JobStore, 'listLabelledJobs' | 'labelNames'> {
  return {
    listLabelledJobs(query) {
      return database.read((tx) => {
        const select = query.order === 'newest' ? statements.newest : statements.oldest;
        return listIn(tx, select, query);
      });
    },
    labelNames(accountId, max) {
      return database.read(function* (tx) {
        const rows = yield* tx.all<{ name: string }>(statements.names, { accountId, max });
        return rows.map(({ name }) => name);
      });
    },
  };
}

function* listIn(tx: Tx, select: string, query: LabelledQuery): Work<JobRow[]> {
  const { accountId, label, beforeJobId, afterJobId = null, limit } = query;
  const bounds = [beforeJobId ?? afterAllIds, afterJobId ?? ''];
  const ids = yield* tx.all<Pick<JobRecord, 'job_id'>>(
    select,
    accountId,
    ...label,
    ...bounds,
    limit,
  );
  const page = ids.map((row) => row.job_id);
  return yield* jobsOfPageIn(tx, page);
}
