import type { DepositRoute, SuspenseReason } from '@node3/shared/deposit-state';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { PayoutState } from '@node3/shared/settlement-state';
import type { DepositRow } from '../deposit-store.ts';
import { toNumberOrNull } from './codec.ts';
import type { Tx, Work } from './work.ts';

interface DepositRecord {
  entry: bigint;
  signature: string;
  asset: string;
  amount: bigint;
  state: string;
  route: string | null;
  suspense_reason: string | null;
  account_id: string | null;
  intent_id: string | null;
  source_owner: string | null;
  payout_id: string | null;
  refund_state: string | null;
  seen_at_ms: bigint;
  credited_at_ms: bigint | null;
}

export type NewDeposit = Omit<DepositRow, 'entry' | 'refundState'>;

const selectAll = `
  SELECT *, (SELECT payouts.state FROM payouts WHERE payouts.payout_id = deposits.payout_id)
    AS refund_state FROM deposits`;

/** `where` is one of this package's own literals; values travel as parameters. */
export function* selectDeposits(
  tx: Tx,
  where: string,
  values: readonly (string | number | null)[],
): Work<DepositRow[]> {
  return (yield* tx.all<DepositRecord>(`${selectAll} ${where}`, ...values)).map(toDeposit);
}

export function* insertDepositIn(tx: Tx, deposit: NewDeposit): Work<void> {
  yield* tx.post(
    `INSERT INTO deposits (signature, asset, amount, state, route, suspense_reason, account_id,
       intent_id, source_owner, payout_id, seen_at_ms, credited_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    deposit.signature,
    deposit.asset,
    deposit.amount,
    deposit.state,
    deposit.route,
    deposit.suspenseReason,
    deposit.accountId,
    deposit.intentId,
    deposit.sourceOwner,
    deposit.payoutId,
    deposit.seenAtMs,
    deposit.creditedAtMs,
  );
}

/** Takes one deposit out of suspense. */
export function* setCreditedIn(
  tx: Tx,
  entry: number,
  credit: { accountId: string | null; route: DepositRoute },
  nowMs: number,
): Work<void> {
  yield* tx.post(
    `UPDATE deposits SET state = 'credited', account_id = ?, route = ?, credited_at_ms = ?
     WHERE entry = ? AND state = 'suspense'`,
    credit.accountId,
    credit.route,
    nowMs,
    entry,
  );
}

function toDeposit(record: DepositRecord): DepositRow {
  return {
    entry: Number(record.entry),
    signature: record.signature,
    asset: record.asset as Asset,
    amount: record.amount as BaseUnits,
    state: record.state as DepositRow['state'],
    route: record.route as DepositRoute | null,
    suspenseReason: record.suspense_reason as SuspenseReason | null,
    accountId: record.account_id,
    intentId: record.intent_id,
    sourceOwner: record.source_owner,
    payoutId: record.payout_id,
    refundState: record.refund_state as PayoutState | null,
    seenAtMs: Number(record.seen_at_ms),
    creditedAtMs: toNumberOrNull(record.credited_at_ms),
  };
}
