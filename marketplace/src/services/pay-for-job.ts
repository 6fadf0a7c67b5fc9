import { canonicalJson } from '@node3/shared/canonical-json';
import { isMarketError, MarketError } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { priceMax } from '@node3/shared/metering';
import { baseUnits, formatAmount, toMoney } from '@node3/shared/money';
import { isClaimable } from '../domain/dependencies.ts';
import type { X402, X402Charge, X402Outcome, X402Payment } from '../payments/x402-port.ts';
import { memoOf, type SentPayment } from '../payments/x402-wire.ts';
import type { Idempotency } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { X402SettlementRow } from '../store/x402-store.ts';
import { hashText } from './api-key.ts';
import { invalid } from './check-template.ts';
import { checkDepth } from './complete-spec.ts';
import { newPosting, type PostJobDeps, type PreparedJob, prepareJob } from './post-job.ts';

export interface PayForJobDeps extends PostJobDeps {
  x402: X402 | null;
}

export interface PayForJobInput {
  /** The body as it was sent: what a payment is bound to. */
  body: unknown;
  spec: JobSpecInput;
  /** null without a payment; a text says why the one that was sent can't be read. */
  sent: SentPayment | string | null;
  idempotencyKey: string | null;
}

type Settled = Pick<X402SettlementRow, 'signature' | 'payer' | 'amount'>;

export type PaidJob =
  /** `error` says why the payment that was sent does not do; null when none was. */
  | { kind: 'unpaid'; x402: X402; charge: X402Charge; chargeV1: X402Charge; error: string | null }
  | { kind: 'posted'; x402: X402; job: JobRow; settled: Settled | null; replayed: boolean }
  /** The money has arrived but the job can't be posted: it is on the payer's account. */
  | { kind: 'credited'; x402: X402; error: MarketError; settled: Settled };

/**
 * Posts a job that is paid for with the request itself. Everything that can be refused is refused
 * before money moves. The same payment always makes, and then answers, one job.
 * Rejects as posting does, and with PAYMENT_PENDING, PAYMENT_CONFLICT or PAYMENT_UNAVAILABLE.
 */
export async function payForJob(deps: PayForJobDeps, input: PayForJobInput): Promise<PaidJob> {
  const { x402, store } = deps;
  if (x402 === null) throw unavailable('The operator has switched x402 off.');
  checkDepth(input.spec);
  // A hash of the request goes on chain, where everybody could guess what is in it.
  if (input.spec.secrets !== undefined) {
    const detail = 'needs an account; post the job with its API key';
    throw invalid([{ pointer: '/secrets', detail }]);
  }
  const { sent } = input;
  const canonical = canonicalJson(input.body);
  const request: PaidRequest = {
    x402,
    canonical,
    nonce: sent === null || typeof sent === 'string' ? null : sent.nonce,
    requestHash: hashText(canonical),
    idempotencyKey: input.idempotencyKey,
    prepare: () => prepareUsdcJob(deps, input.spec),
  };
  const payment =
    sent === null || typeof sent === 'string' ? null : x402.read(sent.transaction, sent.paymentId);
  const known = payment === null ? null : await store.x402SettlementOf(payment.messageHash);
  if (payment !== null && known !== null) return resume(deps, request, payment, known);
  // Before anybody pays for it; whose payment we know has paid, and who pays may have posted before.
  if (payment === null) deps.intake.assertOpen();
  const closed = await x402.closed();
  if (closed !== null) throw unavailable(closed);
  const prepared = request.prepare();
  if (payment !== null) return payNow(deps, request, payment, chargeOf(request, prepared));
  const error = typeof sent === 'string' ? sent : sent === null ? null : 'invalid_payload';
  return ask(deps, request, prepared, error);
}

interface PaidRequest {
  x402: X402;
  canonical: string;
  /** What the payment sent back of its requirements. */
  nonce: string | null;
  requestHash: string;
  idempotencyKey: string | null;
  /** Throws when the job could not be posted. */
  prepare(): PreparedJob;
}

async function payNow(
  deps: PayForJobDeps,
  request: PaidRequest,
  payment: X402Payment,
  charge: X402Charge,
): Promise<PaidJob> {
  const { store } = deps;
  const { x402 } = request;
  const { payer, paymentId } = payment;
  const sameId = paymentId === null ? null : await store.x402SettlementById(payer, paymentId);
  if (sameId !== null) throw new MarketError('PAYMENT_CONFLICT');
  const error = await x402.verify(payment, charge);
  if (error !== null) return ask(deps, request, request.prepare(), error);
  // From here on the payer is known to have signed.
  const earlier = await postedBefore(deps, request, payer);
  if (earlier !== null) return earlier;
  deps.intake.assertOpen();
  const account = await store.accountOfWallet(payer);
  if (account !== null) deps.intake.assertForNewWork(account.accountId);
  const outcome = await x402.settle(payment, charge);
  return conclude(deps, request, outcome);
}

/** The same `Idempotency-Key` again: its job is answered, and the new payment is never sent. */
async function postedBefore(
  { store }: PayForJobDeps,
  { x402, idempotencyKey: key, requestHash }: PaidRequest,
  payer: string,
): Promise<PaidJob | null> {
  const account = key === null ? null : await store.accountOfWallet(payer);
  if (key === null || account === null) return null;
  const job = await store.postedBefore(account.accountId, { key, requestHash });
  if (job === null) return null;
  const claim = await store.x402ClaimOfJob(job.jobId);
  const settled = claim === null ? null : await store.x402Settlement(claim.signature);
  return { kind: 'posted', x402, job, settled, replayed: true };
}

/** A payment that we have signed before: it is never checked again, since it may have landed. */
async function resume(
  deps: PayForJobDeps,
  request: PaidRequest,
  payment: X402Payment,
  known: X402SettlementRow,
): Promise<PaidJob> {
  const { x402 } = request;
  // What is on chain everybody can read; the nonce and the payer's own id of the payment are not.
  if (payment.memo !== memoOf(request.canonical, request.nonce)) {
    return ask(deps, request, request.prepare(), 'invalid_exact_svm_payload_memo_mismatch');
  }
  if (known.paymentId !== null && known.paymentId !== payment.paymentId) {
    throw new MarketError('PAYMENT_CONFLICT');
  }
  const claim = await deps.store.x402Claim(known.signature);
  const job = claim === null ? null : await deps.store.job(claim.jobId);
  if (job !== null) return { kind: 'posted', x402, job, settled: known, replayed: true };
  return conclude(deps, request, await x402.resume(known));
}

async function conclude(
  deps: PayForJobDeps,
  request: PaidRequest,
  outcome: X402Outcome,
): Promise<PaidJob> {
  if (outcome.state === 'settled') return fulfil(deps, request, outcome.settlement);
  if (outcome.state === 'pending') {
    const { signature } = outcome.settlement;
    throw new MarketError('PAYMENT_PENDING', { signature, retryAfterSec });
  }
  return ask(deps, request, request.prepare(), outcome.reason);
}

const retryAfterSec = 5;

async function fulfil(
  deps: PayForJobDeps,
  request: PaidRequest,
  settled: X402SettlementRow,
): Promise<PaidJob> {
  const { store, clock, ids, matchmaker } = deps;
  const { x402 } = request;
  const { signature } = settled;
  const base = { signature, accountId: ids.next('account'), nowMs: clock.nowMs() };
  try {
    const prepared = request.prepare();
    assertCovered(prepared, settled);
    const idempotency = idempotencyOf(request);
    const post = (accountId: string) => newPosting(deps, prepared, accountId, { idempotency });
    const { job, replayed } = await store.fulfilX402({ ...base, post });
    if (job === null) throw new MarketError('INTERNAL', { detail: 'A paid job was not posted.' });
    if (!replayed && isClaimable(job)) matchmaker.addJob(job);
    return { kind: 'posted', x402, job, settled, replayed };
  } catch (error) {
    // The money has arrived, so this is not a refusal: the same payment gets its job once it can be stored.
    if (isMarketError(error, 'STORAGE_FULL') || isMarketError(error, 'STORE_UNAVAILABLE')) {
      throw new MarketError('PAYMENT_PENDING', { signature, retryAfterSec }, { cause: error });
    }
    if (!(error instanceof MarketError) || error.status >= 500) throw error;
    const { account } = await store.fulfilX402({ ...base, post: null });
    return { kind: 'credited', x402, settled, error: creditedInstead(error, settled, account) };
  }
}

function idempotencyOf({ idempotencyKey: key, requestHash }: PaidRequest): Idempotency | null {
  return key === null ? null : { key, requestHash };
}

/** The price may have changed while the payment was on its way; nobody pays more than was asked for. */
function assertCovered({ price }: PreparedJob, { amount }: Settled): void {
  if (price <= amount) return;
  const [now, paid] = [formatAmount(price, 'USDC'), formatAmount(amount, 'USDC')];
  const detail = `The job costs ${now} USDC by now, and ${paid} USDC were paid for it.`;
  throw new MarketError('FUNDS_INSUFFICIENT', { detail });
}

function creditedInstead(
  error: MarketError,
  { signature, payer, amount }: Settled,
  { accountId }: { accountId: string },
): MarketError {
  const paid = `${formatAmount(amount, 'USDC')} USDC`;
  const detail =
    `${error.message} Your payment of ${paid} has arrived and is credited to the account of ` +
    `wallet ${payer}. Open it with a signed challenge (POST /api/v1/accounts) to post other jobs ` +
    'from it or to have the money sent back.';
  const credited = { money: toMoney(amount, 'USDC'), accountId, wallet: payer, signature };
  return new MarketError(error.code, { ...error.context, detail, credited }, { cause: error });
}

const nonceBytes = 16;

/** Asks for a payment that only this answer's reader can make; the first version can't do that. */
function ask(
  { ids }: PayForJobDeps,
  request: PaidRequest,
  prepared: PreparedJob,
  error: string | null,
): PaidJob {
  const charge = chargeOf({ ...request, nonce: ids.secret(nonceBytes) }, prepared);
  const chargeV1 = chargeOf({ ...request, nonce: null }, prepared);
  return { kind: 'unpaid', x402: request.x402, charge, chargeV1, error };
}

/** Less than this does not pay for the fee that settling it takes. */
const paymentMin = baseUnits(BigInt(limits.x402MicroUsdcMin));

function chargeOf(request: PaidRequest, { price }: PreparedJob): X402Charge {
  const { canonical, nonce, requestHash } = request;
  const amount = price < paymentMin ? paymentMin : price;
  return { amount, memo: memoOf(canonical, nonce), nonce, requestHash };
}

function prepareUsdcJob(deps: PayForJobDeps, spec: JobSpecInput): PreparedJob {
  // Who pays is known once the payment is.
  const prepared = prepareJob(deps, spec, null);
  const { price } = prepared.spec;
  if (priceMax(price).asset === 'USDC') return prepared;
  const pointer = price.kind === 'fixed' ? '/price/reward/asset' : '/price/cap/asset';
  const detail = 'must be USDC here; jobs priced in SOL are posted from an account';
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
}

function unavailable(detail: string): MarketError {
  return new MarketError('PAYMENT_UNAVAILABLE', { detail });
}
