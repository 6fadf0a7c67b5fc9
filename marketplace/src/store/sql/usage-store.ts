import type { Device } from '@node3/shared/device';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { UsageStore, UsageSum } from '../usage-store.ts';
import { fromJson } from './codec.ts';
import type { Database } from './database.ts';

interface UsageRecord {
  day: bigint;
  api_key_id: string | null;
  asset: Asset;
  devices: string | null;
  jobs: bigint;
  run_ms: bigint;
  charged: bigint;
}

/** From the index alone. */
const selectNext = `
  SELECT finished_at_ms FROM jobs
  WHERE account_id = @accountId AND finished_at_ms >= @fromMs AND finished_at_ms < @beforeMs
  ORDER BY finished_at_ms LIMIT 1 OFFSET @jobsMax`;

/** Runs that nobody paid for count for nothing: their time was the provider's loss. */
const selectSums = `
  SELECT jobs.finished_at_ms / 86400000 AS day, jobs.api_key_id AS api_key_id, jobs.asset AS asset,
    executions.devices AS devices, count(*) AS jobs,
    CAST(sum(CASE WHEN jobs.charged > 0 THEN coalesce(executions.run_ms, 0) ELSE 0 END) AS BIGINT)
      AS run_ms,
    CAST(sum(coalesce(jobs.charged, 0)) AS BIGINT) AS charged
  FROM jobs LEFT JOIN executions ON executions.execution_id = jobs.execution_id
  WHERE jobs.account_id = @accountId AND jobs.finished_at_ms >= @fromMs
    AND jobs.finished_at_ms < @beforeMs
  GROUP BY 1, 2, 3, 4`;

export function createUsageStore(database: Database): UsageStore {
  return {
    usageSums({ accountId, beforeMs, fromMs, jobsMax }) {
      return database.read(function* (tx) {
        const bounds = { accountId, fromMs };
        const next = yield* tx.get<{ finished_at_ms: bigint }>(selectNext, {
          ...bounds,
          beforeMs,
          jobsMax,
        });
        // Jobs that ended in the millisecond of the next one belong to this slice, or it could be empty.
        const nextMs = next === undefined ? null : Number(next.finished_at_ms) + 1;
        const records = yield* tx.all<UsageRecord>(selectSums, {
          ...bounds,
          beforeMs: nextMs === null ? beforeMs : Math.min(nextMs, beforeMs),
        });
        return { sums: records.map(toSum), nextMs };
      });
    },
  };
}

function toSum(record: UsageRecord): UsageSum {
  const devices = record.devices === null ? [] : (fromJson(record.devices) as Device[]);
  return {
    day: Number(record.day),
    apiKeyId: record.api_key_id,
    asset: record.asset,
    gpus: devices.map(({ modelId }) => modelId),
    jobs: Number(record.jobs),
    runMs: Number(record.run_ms),
    charged: record.charged as BaseUnits,
  };
}
