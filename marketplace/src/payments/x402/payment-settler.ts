import { isMarketError, MarketError } from '@node3/shared/error';
import { baseUnits } from '@node3/shared/money';
import bs58 from 'bs58';
import type { X402SettlementRow } from '../../store/x402-store.ts';
import { readBlockHeights } from '../solana/chain-reads.ts';
import type { X402, X402Charge, X402Outcome, X402Payment } from '../x402-port.ts';
import { FeePayerRefused } from './fee-payer.ts';
import { PayerTurns } from './payer-turns.ts';
import { feeLamportsMax } from './payment-limits.ts';
import { type PaymentMessage, readPaymentMessage } from './payment-message.ts';
import { readFates } from './payment-observation.ts';
import type { SettlementDeps, X402FaultPoint } from './settlement-context.ts';

/**
 * Blocks that a blockhash lives, twice: how old the payer's is we can't ask for, and the node that
 * tells us the height may be behind the one that knew the blockhash.
 */
const blocksKept = 300;
const dayMs = 86_400_000;

/** Takes payments from the signature of their payer to their confirmation. The store is the truth. */
export class PaymentSettler {
  readonly #deps: SettlementDeps;
  readonly #turns: PayerTurns;
  readonly #verify: X402['verify'];
  /** The last payment of each payer that has some under way. */
  readonly #lastOfPayer = new Map<string, Promise<unknown>>();
  /** Payments that requests wait for; the same one twice is one wait. */
  readonly #underway = new Map<string, Promise<X402Outcome>>();
  /** When each payment was last sent by this process. */
  readonly #sentAtMs = new Map<string, number>();
  #stopped = false;

  constructor(deps: SettlementDeps, verify: X402['verify']) {
    this.#deps = deps;
    this.#verify = verify;
    this.#turns = new PayerTurns(deps.clock);
  }

  async settle(payment: X402Payment, charge: X402Charge): Promise<X402Outcome> {
    const message = readPaymentMessage(payment.transaction);
    if (message === null) return { state: 'refused', reason: 'invalid_exact_svm_payload' };
    this.#turns.take(payment.payer);
    const earlier = this.#lastOfPayer.get(payment.payer);
    const outcome =
      earlier === undefined
        ? this.#signAndSend(payment, charge, message)
        : earlier.then(() => this.#settleAgain(payment, charge, message));
    return this.#asLastOf(payment.payer, outcome);
  }

  /** Each of several payments could be paid, but not all of them: it shows once those before are. */
  async #settleAgain(
    payment: X402Payment,
    charge: X402Charge,
    message: PaymentMessage,
  ): Promise<X402Outcome> {
    if (this.#stopped) throw new MarketError('SERVICE_STOPPING');
    const stored = await this.#deps.store.x402SettlementOf(payment.messageHash);
    if (stored !== null) return this.resume(stored);
    const problem = await this.#verify(payment, charge);
    if (problem !== null) return { state: 'refused', reason: problem };
    return this.#signAndSend(payment, charge, message);
  }

  async #asLastOf(payer: string, outcome: Promise<X402Outcome>): Promise<X402Outcome> {
    const ended = outcome.catch(() => undefined);
    this.#lastOfPayer.set(payer, ended);
    try {
      return await outcome;
    } finally {
      if (this.#lastOfPayer.get(payer) === ended) this.#lastOfPayer.delete(payer);
    }
  }

  async #signAndSend(
    payment: X402Payment,
    charge: X402Charge,
    message: PaymentMessage,
  ): Promise<X402Outcome> {
    const signature = await this.#sign(message, charge);
    if (typeof signature === 'string') return { state: 'refused', reason: signature };
    this.#fp('after-sign');
    return this.resume(await this.#persist(payment, charge, message, signature));
  }

  /** Waits for a stored payment; sends it as long as nobody has seen it. */
  resume(settlement: X402SettlementRow): Promise<X402Outcome> {
    const { messageHash } = settlement;
    const underway = this.#underway.get(messageHash);
    if (underway !== undefined) return underway;
    const outcome = this.#wait(settlement).finally(() => this.#underway.delete(messageHash));
    this.#underway.set(messageHash, outcome);
    return outcome;
  }

  isUnderway(settlement: X402SettlementRow): boolean {
    return this.#underway.has(settlement.messageHash);
  }

  /** Sends the stored bytes again when it is time to. Every error of a send means: unknown. */
  async send({ signature, raw }: X402SettlementRow): Promise<void> {
    const { rpc, clock, settings } = this.#deps;
    const lastMs = this.#sentAtMs.get(signature);
    if (lastMs !== undefined && clock.monotonicMs() - lastMs < settings.resendMs) return;
    this.#sentAtMs.set(signature, clock.monotonicMs());
    const base64 = Buffer.from(raw).toString('base64');
    const options = { encoding: 'base64', skipPreflight: true, maxRetries: 0 };
    await rpc.broadcast('sendTransaction', [base64, options]);
    this.#fp('after-send');
  }

  forget({ signature }: X402SettlementRow): void {
    this.#sentAtMs.delete(signature);
  }

  /** Requests that wait get their answer; the payments go on after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled(this.#underway.values());
  }

  #fp(point: X402FaultPoint): void {
    this.#deps.fp?.(point);
  }

  /** @returns the signature's bytes, or why we don't sign. */
  async #sign(message: PaymentMessage, charge: X402Charge): Promise<Uint8Array | string> {
    const { offer, usdcAccount, feePayer } = this.#deps;
    const { usdcMint } = offer;
    const { amount, memo } = charge;
    try {
      return await feePayer.sign(message, { usdcMint, to: usdcAccount, amount, memo });
    } catch (error) {
      if (error instanceof FeePayerRefused) return `invalid_exact_svm_payload_${error.message}`;
      throw error;
    }
  }

  async #persist(
    payment: X402Payment,
    { amount, requestHash }: X402Charge,
    message: PaymentMessage,
    signature: Uint8Array,
  ): Promise<X402SettlementRow> {
    const { store, rpc, clock, settings } = this.#deps;
    const { messageHash, payer, paymentId } = payment;
    const { transaction, signers, unitPriceMicroLamports } = message;
    transaction.signatures[0] = signature;
    const heights = await readBlockHeights(rpc, 'confirmed');
    const nowMs = clock.nowMs();
    const settlement = await store.openX402Settlement(
      {
        messageHash,
        signature: bs58.encode(signature),
        raw: transaction.serialize(),
        lastValidBlockHeight: Math.max(...heights) + blocksKept,
        payer,
        amount,
        requestHash,
        paymentId,
        feeLamportsMax: baseUnits(feeLamportsMax(signers.length, unitPriceMicroLamports)),
        nowMs,
      },
      { lamportsMax: settings.dailyFeeLamportsMax, sinceMs: nowMs - dayMs },
    );
    this.#fp('after-persist');
    return settlement;
  }

  async #wait(settlement: X402SettlementRow): Promise<X402Outcome> {
    const { clock, settings } = this.#deps;
    const known = outcomeOf(settlement);
    if (known !== null) return known;
    const deadlineMs = clock.monotonicMs() + settings.waitMs;
    while (!this.#stopped) {
      const outcome = await this.#look(settlement);
      if (outcome !== null) return outcome;
      if (clock.monotonicMs() >= deadlineMs) break;
      await new Promise((resolve) => setTimeout(resolve, settings.pollMs));
    }
    return { state: 'pending', settlement };
  }

  async #look(settlement: X402SettlementRow): Promise<X402Outcome | null> {
    try {
      const fates = await readFates(this.#deps.rpc, [settlement]);
      const fate = fates.get(settlement.signature)?.fate ?? 'unseen';
      if (fate === 'unseen') await this.send(settlement);
      if (fate === 'unseen' || fate === 'undecided') return null;
      if (fate === 'refused') return { state: 'refused', reason: 'transaction_failed' };
    } catch (error) {
      // The chain does not answer: the payment's fate is unknown, and it is tried again.
      if (isMarketError(error, 'CHAIN_UNAVAILABLE')) return null;
      throw error;
    }
    this.#fp('after-confirm');
    return { state: 'settled', settlement };
  }
}

/** null while the fate of a payment is open. */
function outcomeOf(settlement: X402SettlementRow): X402Outcome | null {
  const { state, reason } = settlement;
  if (state === 'pending') return null;
  if (state === 'confirmed' || state === 'finalized') return { state: 'settled', settlement };
  return { state: 'refused', reason: reason ?? 'transaction_failed' };
}
