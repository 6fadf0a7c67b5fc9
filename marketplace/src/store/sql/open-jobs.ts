import { assert } from '@node3/shared/assert';
import { hourlyOffer } from '@node3/shared/metering';
import { type Asset, type BaseUnits, baseUnits, fromMoney } from '@node3/shared/money';
import { type JobNeeds, jobNeedsOf } from '../../domain/job-needs.ts';
import { needsOf } from '../../domain/matching.ts';
import type { JobStore, OpenJobRow } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import { fromJson, inNumbers, toList } from './codec.ts';
import type { Database } from './database.ts';
import type { Tx, Work } from './work.ts';

const insertNeeds = 'INSERT INTO job_needs (needs) VALUES (?) ON CONFLICT DO NOTHING';
const selectNeedsId = 'SELECT needs_id FROM job_needs WHERE needs = ?';
const selectNeeds = `
  SELECT needs_id, needs FROM job_needs WHERE needs_id ${inNumbers}`;
/** Amounts too large for a double come as text beside it: all integers are read as plain numbers. */
const exact = (column: string) =>
  `${column}, CASE WHEN abs(${column}) > 9007199254740991 THEN CAST(${column} AS TEXT) END`;
const selectOpen = `
  SELECT job_id, account_id, priority, asset, not_before_ms, queued_at_ms, created_at_ms, agent_id,
    failures, fair_ms, needs_id, ${exact('hourly_offer')}, ${exact('reward')}
  FROM jobs WHERE state = 'queued' AND dependencies_open = 0 AND job_id > +?
  ORDER BY job_id LIMIT +?`;

type OpenRecord = [
  jobId: string,
  accountId: string,
  priority: string,
  asset: string,
  notBeforeMs: number | null,
  queuedAtMs: number | null,
  createdAtMs: number,
  agentId: string | null,
  failures: string | null,
  fairMs: number,
  needsId: number,
  hourlyOffer: number,
  hourlyOfferExact: string | null,
  reward: number | null,
  rewardExact: string | null,
];

export function createOpenJobs(database: Database): Pick<JobStore, 'openJobs' | 'jobNeeds'> {
  return {
    openJobs(afterJobId, limit) {
      return database.read(function* (tx) {
        return (yield* tx.table<OpenRecord>(selectOpen, afterJobId ?? '', limit)).map(toOpenJob);
      });
    },
    async jobNeeds(needsIds) {
      const rows = await database.read((tx) =>
        tx.all<{ needs_id: bigint; needs: string }>(selectNeeds, toList(needsIds)),
      );
      return new Map(rows.map((row) => [Number(row.needs_id), fromJson(row.needs) as JobNeeds]));
    },
  };
}

/** The columns that only the index reads. */
export function matchingColumnsOf({ spec }: JobRow) {
  const needs = needsOf(spec, null);
  return {
    needs: JSON.stringify(jobNeedsOf(needs)),
    hourlyOffer: hourlyOffer(needs),
    reward: spec.price.kind === 'fixed' ? fromMoney(spec.price.reward) : null,
  };
}

/** The number that stands for these needs. */
export function* needsIdIn(tx: Tx, text: string): Work<bigint> {
  const known = yield* tx.get<{ needs_id: bigint }>(selectNeedsId, text);
  if (known !== undefined) return known.needs_id;
  yield* tx.post(insertNeeds, text);
  const made = yield* tx.get<{ needs_id: bigint }>(selectNeedsId, text);
  assert(made !== undefined, 'needs are stored once they are inserted');
  return made.needs_id;
}

function toOpenJob(record: OpenRecord): OpenJobRow {
  return {
    jobId: record[0],
    accountId: record[1],
    priority: record[2] as OpenJobRow['priority'],
    asset: record[3] as Asset,
    notBeforeMs: record[4],
    queuedAtMs: record[5],
    createdAtMs: record[6],
    agentId: record[7],
    failures: record[8] === null ? noFailures : (fromJson(record[8]) as OpenJobRow['failures']),
    fairMs: record[9],
    needsId: record[10],
    hourlyOffer: toAmount(record[12] ?? record[11]),
    reward: record[13] === null ? null : toAmount(record[14] ?? record[13]),
  };
}

const noFailures: OpenJobRow['failures'] = [];

function toAmount(value: number | string): BaseUnits {
  return baseUnits(BigInt(value));
}
