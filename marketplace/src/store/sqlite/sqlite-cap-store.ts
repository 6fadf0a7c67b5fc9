import { MarketError } from '@node3/shared/error';
import { type Asset, assets, type BaseUnits, formatAmount, zero } from '@node3/shared/money';
import { toTimestamp } from '@node3/shared/schema';
import type Database from 'better-sqlite3';
import {
  type CapCheck,
  type Caps,
  dayEndsAtMs,
  dayOf,
  type ExceededCap,
  findExceededCap,
  noCaps,
} from '../../domain/spending-caps.ts';
import type { CapStore } from '../cap-store.ts';
import type { PostingCaps } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { appendEventsIn } from './sqlite-events.ts';
import { statement } from './statement.ts';

interface CapsRecord {
  per_job: BaseUnits | null;
  open: BaseUnits | null;
  per_day: BaseUnits | null;
}

const selectCaps = 'SELECT per_job, open, per_day FROM spending_caps WHERE owner = ? AND asset = ?';
const putCaps = `
  INSERT INTO spending_caps (owner, asset, per_job, open, per_day) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (owner, asset) DO UPDATE
  SET per_job = excluded.per_job, open = excluded.open, per_day = excluded.per_day`;
const copyCaps = `
  INSERT INTO spending_caps (owner, asset, per_job, open, per_day)
  SELECT @to, asset, per_job, open, per_day FROM spending_caps WHERE owner = @from`;
const copySpending = `
  INSERT INTO spending (owner, asset, day, amount)
  SELECT @to, asset, day, amount FROM spending WHERE owner = @from`;
const selectSpent = 'SELECT amount FROM spending WHERE owner = ? AND asset = ? AND day = ?';
const selectHeld = 'SELECT held FROM account_jobs WHERE account_id = ? AND asset = ?';

export function createSqliteCapStore(sqlite: SqliteDatabase): CapStore {
  return {
    async caps(owner) {
      return sqlite.read((db) => bothCapsIn(db, owner));
    },
    changeCaps(owner, decide) {
      return sqlite.write((db) => {
        const { caps, events } = decide(bothCapsIn(db, owner));
        putCapsIn(db, owner, caps);
        appendEventsIn(sqlite, db, events);
        return caps;
      });
    },
    async spentOn(owner, day) {
      return sqlite.read((db) => ({
        SOL: spentIn(db, owner, 'SOL', day),
        USDC: spentIn(db, owner, 'USDC', day),
      }));
    },
  };
}

export function putCapsIn(db: Database.Database, owner: string, caps: Record<Asset, Caps>): void {
  for (const asset of assets) {
    const { perJob, open, perDay } = caps[asset];
    statement(db, putCaps).run(owner, asset, perJob, open, perDay);
  }
}

/** Gives a new owner the caps of another, and what that one has spent on them. */
export function copyCapsIn(db: Database.Database, from: string, to: string): void {
  statement(db, copyCaps).run({ from, to });
  statement(db, copySpending).run({ from, to });
}

/** Throws CAP_EXCEEDED when the job would break a cap that holds now, in the posting's own write. */
export function checkCapsIn(db: Database.Database, job: JobRow, posting: PostingCaps): void {
  const { accountId, apiKeyId, asset, price, createdAtMs } = job;
  const day = dayOf(createdAtMs);
  const held = statement<{ held: BaseUnits }>(db, selectHeld).get(accountId, asset)?.held ?? zero;
  const used = { open: held, today: spentIn(db, accountId, asset, day) };
  const checks: CapCheck[] = [
    { scope: 'operator', caps: posting.operator[asset], used },
    { scope: 'account', caps: capsIn(db, accountId, asset), used },
  ];
  if (apiKeyId !== null) {
    const usedByKey = { open: zero, today: spentIn(db, apiKeyId, asset, day) };
    checks.push({ scope: 'key', caps: capsIn(db, apiKeyId, asset), used: usedByKey });
  }
  const exceeded = findExceededCap(price, checks);
  if (exceeded !== null) throw capExceeded(exceeded, job);
}

const owners = { operator: 'this marketplace', account: 'your account', key: 'this API key' };
const kinds = { perJob: 'for one job', open: 'for all open jobs', perDay: 'for one day (UTC)' };

function capExceeded({ scope, kind, limit, used }: ExceededCap, job: JobRow): MarketError {
  const { asset, price, createdAtMs } = job;
  const money = (amount: bigint) => `${formatAmount(amount, asset)} ${asset}`;
  const freesAt = kind === 'perDay' ? toTimestamp(dayEndsAtMs(createdAtMs)) : null;
  const when = { perJob: '', open: ' It frees as jobs end.', perDay: ` It frees at ${freesAt}.` };
  const detail = `The cap of ${owners[scope]} ${kinds[kind]} is ${money(limit)}; ${money(used)} are used and this needs ${money(price)}.${when[kind]}`;
  return new MarketError('CAP_EXCEEDED', {
    detail,
    cap: `${scope}.${kind}`,
    asset,
    limit: formatAmount(limit, asset),
    used: formatAmount(used, asset),
    needed: formatAmount(price, asset),
    freesAt,
  });
}

function bothCapsIn(db: Database.Database, owner: string): Record<Asset, Caps> {
  return { SOL: capsIn(db, owner, 'SOL'), USDC: capsIn(db, owner, 'USDC') };
}

function capsIn(db: Database.Database, owner: string, asset: Asset): Caps {
  const found = statement<CapsRecord>(db, selectCaps).get(owner, asset);
  if (found === undefined) return noCaps;
  return { perJob: found.per_job, open: found.open, perDay: found.per_day };
}

function spentIn(db: Database.Database, owner: string, asset: Asset, day: number): BaseUnits {
  const found = statement<{ amount: BaseUnits }>(db, selectSpent).get(owner, asset, day);
  return found?.amount ?? zero;
}
