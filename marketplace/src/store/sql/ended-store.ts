import type { JobState } from '@node3/shared/job-state';
import { builtInProvider } from '../provider-store.ts';
import type { EndedSearch, EndedSum, EndedTime, UsageStore } from '../usage-store.ts';
import type { Database } from './database.ts';
import type { Tx, Work } from './work.ts';

interface EndedRecord {
  span: bigint;
  state: JobState;
  provider_id: string | null;
  jobs: bigint;
  timed_runs: bigint;
  run_ms: bigint;
}

interface TimeRecord {
  span: bigint;
  ms: bigint;
  jobs: bigint;
}

const ended = 'jobs.finished_at_ms >= @fromMs AND jobs.finished_at_ms < @beforeMs';
/** Each has an index of its own. */
const tables = {
  own: { from: 'jobs', where: `jobs.account_id = @accountId AND ${ended}` },
  all: {
    from: 'jobs INDEXED BY jobs_by_end',
    where: `jobs.finished_at_ms IS NOT NULL AND ${ended}`,
  },
} as const;
type Whose = keyof typeof tables;

/** Three digits, rounded down, so that a sum has hundreds of rows however many jobs there were. */
const threeDigits = (value: string) => `
  CASE WHEN ${value} < 1000 THEN ${value}
    WHEN ${value} < 10000 THEN ${value} / 10 * 10
    WHEN ${value} < 100000 THEN ${value} / 100 * 100
    WHEN ${value} < 1000000 THEN ${value} / 1000 * 1000
    WHEN ${value} < 10000000 THEN ${value} / 10000 * 10000
    WHEN ${value} < 100000000 THEN ${value} / 100000 * 100000
    ELSE ${value} / 1000000 * 1000000 END`;

const statementsOf = (whose: Whose) => {
  const { from, where } = tables[whose];
  const span = 'jobs.finished_at_ms / CAST(@spanMs AS BIGINT) AS span';
  const executions = 'executions ON executions.execution_id = jobs.execution_id';
  const timesOf = (value: string, isKnown: string) => `
    SELECT ${span}, ${threeDigits(value)} AS ms, count(*) AS jobs
    FROM ${from} JOIN ${executions} WHERE ${where} AND ${isKnown} GROUP BY 1, 2`;
  return {
    /** From the index alone. */
    next: `
      SELECT jobs.finished_at_ms AS finished_at_ms FROM ${from} WHERE ${where}
      ORDER BY jobs.finished_at_ms LIMIT 1 OFFSET @jobsMax`,
    sums: `
      SELECT ${span}, jobs.state AS state,
        CASE WHEN agents.agent_id IS NULL THEN NULL
          ELSE coalesce(agents.provider_id, '${builtInProvider}') END AS provider_id,
        count(*) AS jobs, count(executions.run_ms) AS timed_runs,
        CAST(coalesce(sum(executions.run_ms), 0) AS BIGINT) AS run_ms
      FROM ${from} LEFT JOIN ${executions}
        LEFT JOIN agents ON agents.agent_id = executions.agent_id
      WHERE ${where} GROUP BY 1, 2, 3`,
    run: timesOf('CAST(executions.run_ms AS BIGINT)', 'executions.run_ms IS NOT NULL'),
    queue: timesOf(
      '(executions.leased_at_ms - jobs.queued_at_ms)',
      'jobs.queued_at_ms <= executions.leased_at_ms',
    ),
  };
};
const statements = { own: statementsOf('own'), all: statementsOf('all') };

/** Jobs that ended in a time, by spans of it. */
export function createEndedStore(database: Database): Pick<UsageStore, 'endedSums' | 'endedTimes'> {
  return {
    endedSums(search) {
      return database.read(function* (tx) {
        const { sql, values, nextMs } = yield* sliceIn(tx, search);
        return { sums: (yield* tx.all<EndedRecord>(sql.sums, values)).map(toEnded), nextMs };
      });
    },
    endedTimes(search) {
      return database.read(function* (tx) {
        const { sql, values, nextMs } = yield* sliceIn(tx, search);
        const run = (yield* tx.all<TimeRecord>(sql.run, values)).map(toTime('run'));
        const queue = (yield* tx.all<TimeRecord>(sql.queue, values)).map(toTime('queue'));
        return { times: [...run, ...queue], nextMs };
      });
    },
  };
}

/** The first so many jobs of a search. */
function* sliceIn(
  tx: Tx,
  { accountId, beforeMs, fromMs, jobsMax, spanMs }: EndedSearch,
): Work<{
  sql: (typeof statements)[Whose];
  values: object;
  nextMs: number | null;
}> {
  const sql = statements[accountId === null ? 'all' : 'own'];
  const bounds = { fromMs, ...(accountId === null ? {} : { accountId }) };
  const next = yield* tx.get<{ finished_at_ms: bigint }>(sql.next, {
    ...bounds,
    beforeMs,
    jobsMax,
  });
  // Jobs that ended in the millisecond of the next one belong to this slice, or it could be empty.
  const nextMs = next === undefined ? null : Number(next.finished_at_ms) + 1;
  const endMs = nextMs === null ? beforeMs : Math.min(nextMs, beforeMs);
  return { sql, values: { ...bounds, beforeMs: endMs, spanMs }, nextMs };
}

const toTime =
  (of: EndedTime['of']) =>
  ({ span, ms, jobs }: TimeRecord): EndedTime => ({
    span: Number(span),
    of,
    ms: Number(ms),
    jobs: Number(jobs),
  });

function toEnded(record: EndedRecord): EndedSum {
  return {
    span: Number(record.span),
    state: record.state,
    providerId: record.provider_id,
    jobs: Number(record.jobs),
    timedRuns: Number(record.timed_runs),
    runMs: Number(record.run_ms),
  };
}
