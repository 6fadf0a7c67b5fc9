import type { DepositRoute } from '@node3/shared/deposit-state';
import type { Actor } from '@node3/shared/events';
import { arrivalTransfer, claimTransfer, depositEvent } from '../../domain/deposit-postings.ts';
import type {
  DepositQuery,
  DepositRecording,
  DepositRow,
  DepositStore,
  ReceivedMoney,
} from '../deposit-store.ts';
import type { Database } from './database.ts';
import { createDepositIntents } from './deposit-intents.ts';
import { insertDepositIn, type NewDeposit, selectDeposits, setCreditedIn } from './deposit-rows.ts';
import { createDepositScan } from './deposit-scan.ts';
import { appendEventsIn } from './events.ts';
import { postTransfersIn } from './ledger.ts';
import type { Tx, Work } from './work.ts';

/** So many small deposits are credited at a time, the largest; more wait for the next one. */
const dustRowsMax = 500;

const ofSignature = 'WHERE signature = ? ORDER BY entry';
const suspendedOfSignature = `WHERE signature = ? AND state = 'suspense' ORDER BY entry`;
const dustOfAccount = `WHERE account_id = ? AND asset = ? AND state = 'suspense'
  AND suspense_reason = 'dust' ORDER BY amount DESC LIMIT ?`;

export function createDepositStore(database: Database): DepositStore {
  const select = (where: string, ...values: (string | number)[]) =>
    database.read((tx) => selectDeposits(tx, where, values));
  return {
    ...createDepositIntents(database),
    ...createDepositScan(database),

    recordDeposit(recording) {
      return database.write(function* (tx) {
        const { signature } = recording;
        const stored = (yield* selectDeposits(tx, ofSignature, [signature])).map(
          ({ asset }) => asset,
        );
        for (const money of recording.received) {
          if (!stored.includes(money.asset)) yield* recordIn(tx, recording, money);
        }
        return yield* selectDeposits(tx, ofSignature, [signature]);
      });
    },

    claimDeposit({ signature, accountId, wallet, nowMs }) {
      return database.write(function* (tx) {
        const claimable = (yield* selectDeposits(tx, suspendedOfSignature, [signature])).filter(
          (row) =>
            row.accountId === null ? row.sourceOwner === wallet : row.accountId === accountId,
        );
        yield* creditIn(tx, claimable, { accountId, route: 'claim', actor: 'requester', nowMs });
        return yield* selectDeposits(tx, ofSignature, [signature]);
      });
    },

    assignDeposit({ signature, accountId, nowMs }) {
      return database.write(function* (tx) {
        const rows = yield* selectDeposits(tx, suspendedOfSignature, [signature]);
        yield* creditIn(tx, rows, { accountId, route: 'operator', actor: 'operator', nowMs });
        return rows.length > 0;
      });
    },

    depositsOfSignature(signature) {
      return select(ofSignature, signature);
    },
    depositsOfIntent(intentId) {
      return select('WHERE intent_id = ? ORDER BY entry LIMIT 100', intentId);
    },
    listDeposits(query) {
      return database.read((tx) => listDepositsIn(tx, query));
    },
  };
}

function* listDepositsIn(tx: Tx, query: DepositQuery): Work<DepositRow[]> {
  const { accountId, state, limit } = query;
  const before = query.beforeEntry ?? Number.MAX_SAFE_INTEGER;
  const page = 'entry < ? ORDER BY entry DESC LIMIT ?';
  if (accountId !== null && state !== null) {
    const where = `WHERE account_id = ? AND +state = ? AND ${page}`;
    return yield* selectDeposits(tx, where, [accountId, state, before, limit]);
  }
  if (accountId !== null) {
    return yield* selectDeposits(tx, `WHERE account_id = ? AND ${page}`, [
      accountId,
      before,
      limit,
    ]);
  }
  if (state !== null) {
    return yield* selectDeposits(tx, `WHERE state = ? AND ${page}`, [state, before, limit]);
  }
  return yield* selectDeposits(tx, `WHERE ${page}`, [before, limit]);
}

function* recordIn(
  tx: Tx,
  { signature, target, minimum, nowMs }: DepositRecording,
  money: ReceivedMoney,
): Work<void> {
  const { asset, amount } = money;
  const accountId = target.to === 'account' ? target.accountId : null;
  const dust =
    accountId === null
      ? []
      : yield* selectDeposits(tx, dustOfAccount, [accountId, asset, dustRowsMax]);
  const sum = dust.reduce((total, row) => total + row.amount, BigInt(amount));
  const isDust = accountId !== null && sum < minimum[asset];
  const credited = target.to !== 'suspense' && !isDust;
  const row: NewDeposit = {
    ...money,
    signature,
    accountId,
    state: credited ? 'credited' : 'suspense',
    route: target.to === 'suspense' ? null : target.route,
    suspenseReason: target.to === 'suspense' ? target.reason : isDust ? 'dust' : null,
    intentId: target.to === 'account' ? target.intentId : null,
    payoutId: null,
    seenAtMs: nowMs,
    creditedAtMs: credited ? nowMs : null,
  };
  yield* insertDepositIn(tx, row);
  yield* postTransfersIn(tx, [arrivalTransfer(row)], nowMs);
  if (!credited) return;
  const actor = 'marketplace' as const;
  yield* appendEventsIn(tx, [depositEvent(row, actor, nowMs)]);
  yield* creditIn(tx, dust, { accountId, route: null, actor, nowMs });
}

interface Credit {
  accountId: string | null;
  /** null keeps the one that was found when it came. */
  route: DepositRoute | null;
  actor: Actor;
  nowMs: number;
}

function* creditIn(
  tx: Tx,
  rows: readonly DepositRow[],
  { accountId, route, actor, nowMs }: Credit,
): Work<void> {
  for (const row of rows) {
    const credited = { ...row, accountId, route: route ?? row.route ?? 'claim' };
    yield* setCreditedIn(tx, row.entry, credited, nowMs);
    yield* postTransfersIn(tx, [claimTransfer(credited)], nowMs);
    yield* appendEventsIn(tx, [depositEvent(credited, actor, nowMs)]);
  }
}
