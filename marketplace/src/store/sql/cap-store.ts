import { MarketError } from '@node3/shared/error';
import { type Asset, assets, type BaseUnits, formatAmount, zero } from '@node3/shared/money';
import { toTimestamp } from '@node3/shared/schema';
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
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

interface CapsRecord {
  per_job: BaseUnits | null;
  open: BaseUnits | null;
  per_day: BaseUnits | null;
}

const selectCaps = 'SELECT per_job, open, per_day FROM spending_caps WHERE owner = ? AND asset = ?';
const selectCapsOfKeys = `
  SELECT owner, asset, per_job, open, per_day
  FROM api_keys JOIN spending_caps ON owner = key_id
  WHERE account_id = ? AND kind = 'key' AND revoked_at_ms IS NULL`;
const putCaps = `
  INSERT INTO spending_caps (owner, asset, per_job, open, per_day) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (owner, asset) DO UPDATE
  SET per_job = excluded.per_job, open = excluded.open, per_day = excluded.per_day`;
const insertCapsOf = `
  INSERT INTO spending_caps (owner, asset, per_job, open, per_day)
  SELECT ?, asset, per_job, open, per_day FROM spending_caps WHERE owner = ?`;
const insertSpendingOf = `
  INSERT INTO spending (owner, asset, day, amount)
  SELECT ?, asset, day, amount FROM spending WHERE owner = ?`;
const selectSpent = 'SELECT amount FROM spending WHERE owner = ? AND asset = ? AND day = ?';
const selectHeld = 'SELECT held FROM account_jobs WHERE account_id = ? AND asset = ?';

export function createCapStore(database: Database): CapStore {
  return {
    caps(owner) {
      return database.read((tx) => bothCapsIn(tx, owner));
    },
    capsOfKeys(accountId) {
      return database.read((tx) => capsOfKeysIn(tx, accountId));
    },
    changeCaps(owner, decide) {
      return database.write(function* (tx) {
        const { caps, events } = decide(yield* bothCapsIn(tx, owner));
        yield* putCapsIn(tx, owner, caps);
        yield* appendEventsIn(tx, events);
        return caps;
      });
    },
    spentOn(owner, day) {
      return database.read(function* (tx) {
        const SOL = yield* spentIn(tx, owner, 'SOL', day);
        const USDC = yield* spentIn(tx, owner, 'USDC', day);
        return { SOL, USDC };
      });
    },
  };
}

export function* putCapsIn(tx: Tx, owner: string, caps: Record<Asset, Caps>): Work<void> {
  for (const asset of assets) {
    const { perJob, open, perDay } = caps[asset];
    yield* tx.post(putCaps, owner, asset, perJob, open, perDay);
  }
}

/** Gives a new owner the caps of another, and what that one has spent on them. */
export function* copyCapsIn(tx: Tx, from: string, to: string): Work<void> {
  yield* tx.post(insertCapsOf, to, from);
  yield* tx.post(insertSpendingOf, to, from);
}

/** Throws CAP_EXCEEDED when the job would break a cap that holds now, in the posting's own write. */
export function* checkCapsIn(tx: Tx, job: JobRow, posting: PostingCaps): Work<void> {
  const { accountId, apiKeyId, asset, price, createdAtMs } = job;
  const day = dayOf(createdAtMs);
  const held = yield* tx.get<{ held: BaseUnits }>(selectHeld, accountId, asset);
  const today = yield* spentIn(tx, accountId, asset, day);
  const used = { open: held?.held ?? zero, today };
  const checks: CapCheck[] = [
    { scope: 'operator', caps: posting.operator[asset], used },
    { scope: 'account', caps: yield* capsIn(tx, accountId, asset), used },
  ];
  if (apiKeyId !== null) {
    const usedByKey = { open: zero, today: yield* spentIn(tx, apiKeyId, asset, day) };
    checks.push({ scope: 'key', caps: yield* capsIn(tx, apiKeyId, asset), used: usedByKey });
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

function* bothCapsIn(tx: Tx, owner: string): Work<Record<Asset, Caps>> {
  return { SOL: yield* capsIn(tx, owner, 'SOL'), USDC: yield* capsIn(tx, owner, 'USDC') };
}

function* capsOfKeysIn(tx: Tx, accountId: string): Work<ReadonlyMap<string, Record<Asset, Caps>>> {
  const found = yield* tx.all<CapsRecord & { owner: string; asset: Asset }>(
    selectCapsOfKeys,
    accountId,
  );
  const byKey = new Map<string, Record<Asset, Caps>>();
  for (const record of found) {
    const known = byKey.get(record.owner) ?? { SOL: noCaps, USDC: noCaps };
    byKey.set(record.owner, { ...known, [record.asset]: toCaps(record) });
  }
  return byKey;
}

function* capsIn(tx: Tx, owner: string, asset: Asset): Work<Caps> {
  const found = yield* tx.get<CapsRecord>(selectCaps, owner, asset);
  return found === undefined ? noCaps : toCaps(found);
}

function toCaps({ per_job, open, per_day }: CapsRecord): Caps {
  return { perJob: per_job, open, perDay: per_day };
}

function* spentIn(tx: Tx, owner: string, asset: Asset, day: number): Work<BaseUnits> {
  const found = yield* tx.get<{ amount: BaseUnits }>(selectSpent, owner, asset, day);
  return found?.amount ?? zero;
}
