import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { type Asset, type BaseUnits, parseAmount, toMoney } from '@node3/shared/money';
import { depositMinimum } from '@node3/shared/money-minimums';
import type { DepositIntent } from '@node3/shared/routes/deposits';
import { toTimestamp } from '@node3/shared/schema';
import bs58 from 'bs58';
import { depositMemo, depositTag, depositTagLength } from '../domain/deposit-tag.ts';
import type { Treasury } from '../payments/treasury-port.ts';
import type { DepositIntentRow, DepositStore } from '../store/deposit-store.ts';
import { viewDeposit } from './deposit-views.ts';
import { solanaPayUrl } from './solana-pay-url.ts';

interface Deps {
  store: DepositStore;
  clock: Clock;
  ids: Ids;
  treasury: Pick<Treasury, 'wallet' | 'usdcMint'>;
  explorerUrl: (signature: string) => string | null;
}

/**
 * A payment link: its one-time reference, which wallets add to the payment, tells whose it is. The
 * reference keeps working after the link has expired or was paid.
 */
export async function createDepositIntent(
  deps: Deps,
  accountId: string,
  wanted: { asset: Asset; amount?: string },
): Promise<DepositIntent> {
  const { store, clock, ids } = deps;
  const { asset } = wanted;
  const amount = wanted.amount === undefined ? null : parseAmount(wanted.amount, asset);
  if (amount !== null) assertCredited(amount, asset);
  const nowMs = clock.nowMs();
  const intent: DepositIntentRow = {
    intentId: ids.next('intent'),
    accountId,
    reference: bs58.encode(randomBytes(ids, 32)),
    asset,
    amount,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + limits.depositIntentMs,
  };
  if (!(await store.addDepositIntent(intent, limits.depositIntentsOpenMax))) {
    const detail = `At most ${limits.depositIntentsOpenMax} payment links are open at a time; use one of them.`;
    throw new MarketError('RATE_LIMITED', { detail });
  }
  return viewIntent(deps, intent);
}

/** Throws AMOUNT_INVALID for what would not be credited by itself. */
export function assertCredited(amount: BaseUnits, asset: Asset): void {
  if (amount >= depositMinimum[asset]) return;
  const { amount: least } = toMoney(depositMinimum[asset], asset);
  throw new MarketError('AMOUNT_INVALID', { detail: `Deposit at least ${least} ${asset}.` });
}

export async function readDepositIntent(deps: Deps, accountId: string, intentId: string) {
  return viewIntent(deps, await findDepositIntent(deps, accountId, intentId));
}

/** Rejects with DEPOSIT_INTENT_NOT_FOUND, also for what is somebody else's. */
export async function findDepositIntent(
  { store }: Pick<Deps, 'store'>,
  accountId: string,
  intentId: string,
): Promise<DepositIntentRow> {
  const intent = await store.depositIntent(intentId);
  if (intent?.accountId === accountId) return intent;
  throw new MarketError('DEPOSIT_INTENT_NOT_FOUND', { intentId });
}

async function viewIntent(deps: Deps, intent: DepositIntentRow): Promise<DepositIntent> {
  const { store, clock, treasury } = deps;
  const { intentId, reference, asset, expiresAtMs } = intent;
  const [memo, deposits] = await Promise.all([
    memoOf(deps, intent.accountId),
    store.depositsOfIntent(intentId),
  ]);
  const amount = intent.amount === null ? null : toMoney(intent.amount, asset);
  const credited = deposits.some((deposit) => deposit.state === 'credited');
  return {
    intentId,
    url: solanaPayUrl({
      recipient: treasury.wallet,
      mint: asset === 'USDC' ? treasury.usdcMint : null,
      amount: amount?.amount ?? null,
      reference,
      memo,
    }),
    treasury: treasury.wallet,
    reference,
    memo,
    asset,
    amount,
    state: credited ? 'credited' : expiresAtMs <= clock.nowMs() ? 'expired' : 'pending',
    deposits: deposits.map((deposit) => viewDeposit(deps, deposit)),
    createdAt: toTimestamp(intent.createdAtMs),
    expiresAt: toTimestamp(expiresAtMs),
  };
}

/** The account's own memo tag, made when it is first asked for. */
export async function memoOf(
  { store, ids }: Pick<Deps, 'store' | 'ids'>,
  accountId: string,
): Promise<string> {
  let tag: string | null = null;
  while (tag === null) {
    tag = await store.depositTag(accountId, depositTag(randomBytes(ids, depositTagLength)));
  }
  return depositMemo(tag);
}

function randomBytes(ids: Ids, count: number): Uint8Array {
  return Buffer.from(ids.secret(count), 'base64url').subarray(0, count);
}
