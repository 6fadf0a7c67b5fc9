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
  GROUP BY 1, 2, 3, 4
  LIMIT @sumsMax`;

export function createUsageStore(database: Database): UsageStore {
  return {
    usageSums(search) {
      return database.read(function* (tx) {
        const records = yield* tx.all<UsageRecord>(selectSums, search);
        return records.map(toSum);
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
