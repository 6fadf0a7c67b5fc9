import type { Device } from '@node3/shared/device';
import type { JobSpec } from '@node3/shared/job-spec';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { ProgramRun } from '../../domain/size-job.ts';
import type { UsageSearch, UsageStore, UsageSum } from '../usage-store.ts';
import { fromJson, inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';
import { createEndedStore } from './ended-store.ts';
import type { Tx, Work } from './work.ts';

interface UsageRecord {
  account_id: string;
  day: bigint;
  api_key_id: string | null;
  asset: Asset;
  devices: string | null;
  label_value: string | null;
  jobs: bigint;
  run_ms: bigint;
  charged: bigint;
}

type Owner = 'own' | 'all';
const whose: Record<Owner, string> = { own: 'jobs.account_id = @accountId AND', all: '' };

/** From an index alone. */
const selectNext = (owner: Owner) => `
  SELECT finished_at_ms FROM jobs
  WHERE ${whose[owner]} finished_at_ms >= @fromMs AND finished_at_ms < @beforeMs
  ORDER BY finished_at_ms LIMIT 1 OFFSET @jobsMax`;

/** Runs that nobody paid for count for nothing: their time was the provider's loss. */
const selectSums = (owner: Owner) => `
  SELECT jobs.account_id AS account_id, jobs.finished_at_ms / 86400000 AS day,
    jobs.api_key_id AS api_key_id, jobs.asset AS asset, executions.devices AS devices,
    job_labels.value AS label_value, count(*) AS jobs,
    CAST(sum(CASE WHEN jobs.charged > 0 THEN coalesce(executions.run_ms, 0) ELSE 0 END) AS BIGINT)
      AS run_ms,
    CAST(sum(coalesce(jobs.charged, 0)) AS BIGINT) AS charged
  FROM jobs LEFT JOIN executions ON executions.execution_id = jobs.execution_id
    LEFT JOIN job_labels ON job_labels.job_id = jobs.job_id AND job_labels.name = @label
  WHERE ${whose[owner]} jobs.finished_at_ms >= @fromMs AND jobs.finished_at_ms < @beforeMs
  GROUP BY 1, 2, 3, 4, 5, 6`;

/** No label has this name. */
const noLabel = '';

interface RunRecord {
  spec: string;
  state: string;
  run_ms: number | null;
  peak_memory_bytes: number | null;
}

/** By `jobs_by_finish`, and no more of the history than those. */
const selectNewest = `
  SELECT execution_id FROM jobs WHERE account_id = ? AND finished_at_ms IS NOT NULL
  ORDER BY finished_at_ms DESC LIMIT ?`;
const selectRuns = `
  SELECT job_specs.spec AS spec, executions.state AS state, executions.run_ms AS run_ms,
    executions.peak_memory_bytes AS peak_memory_bytes
  FROM executions JOIN job_specs ON job_specs.job_id = executions.job_id
  WHERE executions.execution_id ${inTexts}
    AND (executions.state = 'succeeded' OR executions.reason = 'out_of_memory')
    AND instr(job_specs.spec, ?) > 0`;

export function createUsageStore(database: Database): UsageStore {
  return {
    ...createEndedStore(database),
    usageSums(search) {
      return database.read(function* (tx) {
        const { nextMs, ...bounds } = yield* sliceIn(tx, search);
        const values = { ...bounds, label: search.label ?? noLabel };
        const records = yield* tx.all<UsageRecord>(selectSums(ownerOf(search)), values);
        return { sums: records.map(toSum), nextMs };
      });
    },
    recentRuns({ accountId, jobsMax, mark }) {
      return database.read(function* (tx) {
        const newest = yield* tx.all<{ execution_id: string | null }>(
          selectNewest,
          accountId,
          jobsMax,
        );
        const ids = newest.map((job) => job.execution_id).filter((id) => id !== null);
        return (yield* tx.all<RunRecord>(selectRuns, toList(ids), mark)).map(toRun);
      });
    },
  };
}

function ownerOf({ accountId }: UsageSearch): Owner {
  return accountId === null ? 'all' : 'own';
}

/** The first so many jobs of a search. */
function* sliceIn(
  tx: Tx,
  search: UsageSearch,
): Work<{ accountId?: string; fromMs: number; beforeMs: number; nextMs: number | null }> {
  const { accountId, beforeMs, fromMs, jobsMax } = search;
  // A value that the statement does not name is refused.
  const bounds = { fromMs, beforeMs, ...(accountId === null ? {} : { accountId }) };
  const select = selectNext(ownerOf(search));
  const next = yield* tx.get<{ finished_at_ms: bigint }>(select, { ...bounds, jobsMax });
  // Jobs that ended in the millisecond of the next one belong to this slice, or it could be empty.
  const nextMs = next === undefined ? null : Number(next.finished_at_ms) + 1;
  return { ...bounds, beforeMs: nextMs === null ? beforeMs : Math.min(nextMs, beforeMs), nextMs };
}

function toSum(record: UsageRecord): UsageSum {
  const devices = record.devices === null ? [] : (fromJson(record.devices) as Device[]);
  return {
    accountId: record.account_id,
    day: Number(record.day),
    apiKeyId: record.api_key_id,
    asset: record.asset,
    gpus: devices.map(({ modelId }) => modelId),
    labelValue: record.label_value,
    jobs: Number(record.jobs),
    runMs: Number(record.run_ms),
    charged: record.charged as BaseUnits,
  };
}

function toRun(record: RunRecord): ProgramRun {
  return {
    spec: fromJson(record.spec) as JobSpec,
    end: record.state === 'succeeded' ? 'succeeded' : 'out_of_memory',
    runMs: record.run_ms,
    peakMemoryBytes: record.peak_memory_bytes,
  };
}
