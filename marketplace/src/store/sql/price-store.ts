import type { Device } from '@node3/shared/device';
import type { JobSpec } from '@node3/shared/job-spec';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { PriceStore } from '../price-store.ts';
import { fromJson } from './codec.ts';
import type { Database } from './database.ts';

interface PricedRecord {
  execution_id: string;
  finished_at_ms: bigint;
  devices: string;
  rate: bigint | null;
  asset: Asset;
  charged: bigint | null;
  spec: string | null;
}

/** By `executions_priced`, which says all that is asked: so the limit is one of what is looked at, too. */
const selectPriced = `
  SELECT executions.execution_id AS execution_id, executions.finished_at_ms AS finished_at_ms,
    executions.devices AS devices, jobs.asset AS asset, jobs.charged AS charged,
    CASE WHEN jobs.charged > 0 THEN executions.rate END AS rate,
    CASE WHEN jobs.charged > 0 AND executions.rate IS NULL THEN job_specs.spec END AS spec
  FROM executions JOIN jobs ON jobs.job_id = executions.job_id
    JOIN job_specs ON job_specs.job_id = executions.job_id
  WHERE executions.state = 'succeeded' AND executions.devices <> '[]'
    AND (executions.finished_at_ms, executions.execution_id) > (?, ?)
    AND executions.finished_at_ms < ?
  ORDER BY executions.finished_at_ms, executions.execution_id LIMIT +?`;

export function createPriceStore(database: Database): PriceStore {
  return {
    async pricedRuns({ after, beforeMs, limit }) {
      const { finishedAtMs, executionId } = after;
      const found = await database.read((tx) =>
        tx.all<PricedRecord>(selectPriced, finishedAtMs, executionId, beforeMs, limit),
      );
      return found.map((record) => ({
        executionId: record.execution_id,
        finishedAtMs: Number(record.finished_at_ms),
        devices: fromJson(record.devices) as Device[],
        asset: record.asset,
        charged: (record.charged ?? 0n) > 0n,
        rate: record.rate as BaseUnits | null,
        spec: record.spec === null ? null : (fromJson(record.spec) as JobSpec),
      }));
    },
  };
}
