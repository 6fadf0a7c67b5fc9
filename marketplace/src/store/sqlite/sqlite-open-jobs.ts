import { hourlyOffer } from '@node3/shared/metering';
import { type Asset, type BaseUnits, baseUnits, fromMoney } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import { type JobNeeds, jobNeedsOf } from '../../domain/job-needs.ts';
import { needsOf } from '../../domain/matching.ts';
import type { JobStore, OpenJobRow } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import { fromJson, toList } from './codec.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

const insertNeeds = 'INSERT INTO job_needs (needs) VALUES (?) ON CONFLICT DO NOTHING';
const selectNeedsId = 'SELECT needs_id FROM job_needs WHERE needs = ?';
const selectNeeds = `
  SELECT needs_id, needs FROM job_needs WHERE needs_id IN (SELECT value FROM json_each(?))`;
/** Amounts too large for a double come as text: everything else is read as plain numbers. */
const exact = (column: string) =>
  `iif(abs(${column}) > 9007199254740991, ${column} || '', ${column})`;
const selectOpen = `
  SELECT job_id, account_id, priority, asset, not_before_ms, queued_at_ms, created_at_ms, agent_id,
    failures, fair_ms, needs_id, ${exact('hourly_offer')}, ${exact('reward')}
  FROM jobs WHERE state = 'queued' AND dependencies_open = 0 AND job_id > +?
  ORDER BY job_id LIMIT +?`;

type Amount = number | string;
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
  hourlyOffer: Amount,
  reward: Amount | null,
];

export function createSqliteOpenJobs(
  sqlite: SqliteDatabase,
): Pick<JobStore, 'openJobs' | 'jobNeeds'> {
  return {
    async openJobs(afterJobId, limit) {
      return sqlite.read((db) =>
        rawStatement(db)
          .all(afterJobId ?? '', limit)
          .map((record) => toOpenJob(record as OpenRecord)),
      );
    },
    async jobNeeds(needsIds) {
      const rows = sqlite.read((db) =>
        statement<{ needs_id: bigint; needs: string }>(db, selectNeeds).all(
          toList(needsIds.map(String)),
        ),
      );
      return new Map(rows.map((row) => [Number(row.needs_id), fromJson(row.needs) as JobNeeds]));
    },
  };
}

/** The columns that only the index reads. */
export function matchingColumnsIn(db: Database.Database, { spec }: JobRow) {
  const needs = needsOf(spec, null);
  const text = JSON.stringify(jobNeedsOf(needs));
  return {
    needsId: needsIdIn(db, text),
    hourlyOffer: hourlyOffer(needs),
    reward: spec.price.kind === 'fixed' ? fromMoney(spec.price.reward) : null,
  };
}

function needsIdIn(db: Database.Database, text: string): bigint {
  const select = statement<{ needs_id: bigint }>(db, selectNeedsId);
  const known = select.get(text);
  if (known !== undefined) return known.needs_id;
  return BigInt(statement(db, insertNeeds).run(text).lastInsertRowid);
}

const raw = new WeakMap<Database.Database, Database.Statement>();

/** Arrays of plain numbers: objects of bigint take three times as long (2026-11-26). */
function rawStatement(db: Database.Database): Database.Statement {
  const known = raw.get(db);
  if (known !== undefined) return known;
  const made = db.prepare(selectOpen).raw().safeIntegers(false);
  raw.set(db, made);
  return made;
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
    hourlyOffer: toAmount(record[11]),
    reward: record[12] === null ? null : toAmount(record[12]),
  };
}

const noFailures: OpenJobRow['failures'] = [];

function toAmount(value: Amount): BaseUnits {
  return baseUnits(BigInt(value));
}
