import { type Asset, type BaseUnits, baseUnits } from '@node3/shared/money';
import bs58 from 'bs58';
import type {
  FateRequest,
  GoneRequest,
  LandedPayment,
  Observation,
  ObserveRequest,
  PaymentRail,
  PaymentReading,
  PaymentRequest,
  PayoutPlan,
  PlanRequest,
  ReceiptState,
  SignRequest,
  SignResult,
  TransactionFailure,
  TransactionFate,
  TreasuryHistory,
} from '../payment-rail.ts';

/** What becomes of the next transaction that is sent. */
export type SendFault = 'drop' | 'lose-answer';

interface FakeTransaction {
  signature: string;
  request: SignRequest;
  lastValidBlockHeight: number;
  fate: TransactionFate | null;
}

const feeLamports = baseUnits(5_000n);
const receiptRent = baseUnits(650_240n);
const blocksValid = 150;

/**
 * A chain in memory with the same promise as the real one. Wallets have to be opened before they
 * are paid, and balances set: what wasn't programmed throws. Transactions land when they are sent
 * and become final with `settle`.
 */
export class FakePaymentRail implements PaymentRail {
  readonly treasury = 'FakeTreasury1111111111111111111111111111111';
  readonly #wallets = new Map<string, Record<Asset, bigint>>();
  readonly #poison = new Map<string, string>();
  readonly #receipts = new Map<string, ReceiptState>();
  readonly #finalReceipts = new Map<string, ReceiptState>();
  readonly #signed = new Map<string, FakeTransaction>();
  readonly #landed: FakeTransaction[] = [];
  readonly #faults: SendFault[] = [];
  #finalCount = 0;
  #blockHeight = 1;

  openWallet(wallet: string): void {
    this.#wallets.set(wallet, { SOL: 0n, USDC: 0n });
  }

  /** Transactions that pay this wallet fail on chain from now on; null ends it. */
  poison(wallet: string, reason: string | null): void {
    if (reason === null) this.#poison.delete(wallet);
    else this.#poison.set(wallet, reason);
  }

  /** The next sends meet these, in order. */
  failSends(...faults: SendFault[]): void {
    this.#faults.push(...faults);
  }

  received(wallet: string, asset: Asset): bigint {
    return this.#balances(wallet)[asset];
  }

  settle(): void {
    this.#finalCount = this.#landed.length;
    for (const [address, state] of this.#receipts) this.#finalReceipts.set(address, state);
    for (const address of this.#finalReceipts.keys()) {
      if (!this.#receipts.has(address)) this.#finalReceipts.delete(address);
    }
    this.#blockHeight += 1;
  }

  advanceBlocks(count: number): void {
    this.#blockHeight += count;
  }

  receiptAddress(seed: string): string {
    return `receipt-${seed}`;
  }

  /** This key has no caps. */
  recallSigned(): void {}

  async plan({ due }: PlanRequest): Promise<PayoutPlan> {
    for (const payout of due) this.#balances(payout.wallet);
    const costLamports = baseUnits(receiptRent * 2n + feeLamports * 4n);
    return { take: [...due], hold: [], wait: [], costLamports, capped: null, shortfall: null };
  }

  async sign(request: SignRequest): Promise<SignResult> {
    const signature = signatureOf(this.#signed.size + 1);
    const lastValidBlockHeight = this.#blockHeight + blocksValid;
    this.#signed.set(signature, { signature, request, lastValidBlockHeight, fate: null });
    const rent = request.kind === 'reclaim' ? baseUnits(0n) : receiptRent;
    const raw = Buffer.from(signature);
    return { signed: { signature, raw, lastValidBlockHeight, receiptRent: rent } };
  }

  async send(raw: Uint8Array): Promise<void> {
    const transaction = this.#signed.get(Buffer.from(raw).toString());
    if (transaction === undefined)
      throw new Error('FakePaymentRail was sent bytes it never signed');
    if (this.#faults.shift() === 'drop') return;
    if (transaction.fate !== null || this.#blockHeight > transaction.lastValidBlockHeight) return;
    transaction.fate = this.#execute(transaction.request);
    this.#landed.push(transaction);
  }

  async observe({ receiptAddresses, signatures }: ObserveRequest): Promise<Observation> {
    const progress: Observation['progress'] = new Map();
    for (const [index, { signature, fate }] of this.#landed.entries()) {
      if (!signatures.includes(signature)) continue;
      const commitment = index < this.#finalCount ? 'finalized' : 'confirmed';
      progress.set(signature, { commitment, failed: fate?.outcome === 'failed' });
    }
    const receipts = new Map(
      receiptAddresses.map((address) => [address, this.#finalReceipts.get(address) ?? 'open']),
    );
    const blockHeight = this.#blockHeight;
    return { receipts, progress, blockHeight, blockHeightMin: blockHeight };
  }

  async fate({ signature }: FateRequest): Promise<TransactionFate | null> {
    const index = this.#landed.findIndex((transaction) => transaction.signature === signature);
    return index < 0 || index >= this.#finalCount ? null : (this.#landed[index]?.fate ?? null);
  }

  async isGone({ signature, landedSignature }: GoneRequest): Promise<boolean> {
    const final = this.#landed.slice(0, this.#finalCount).map((landed) => landed.signature);
    return final.includes(landedSignature) && !final.includes(signature);
  }

  async treasuryHistory(afterSignature: string | null): Promise<TreasuryHistory> {
    const all = this.#landed.map((transaction) => transaction.signature);
    const start = afterSignature === null ? 0 : all.indexOf(afterSignature) + 1;
    const newestFinal = all.slice(start, this.#finalCount).at(-1) ?? null;
    const signatures = all.slice(start).toReversed();
    return { signatures, newestFinal, headFinal: newestFinal, complete: true };
  }

  async isSignedByTreasury(signature: string): Promise<boolean | null> {
    return this.#signed.has(signature) ? true : null;
  }

  async readPayment({ signature }: PaymentRequest): Promise<PaymentReading> {
    const { request } = this.#signed.get(signature) ?? {};
    const fate = await this.fate({ signature, raw: Buffer.from(signature), wallets: [] });
    if (fate === null || request === undefined) return { problem: 'pending', detail: 'Not final.' };
    const [first] = request.kind === 'pay' ? request.payouts : [];
    if (request.kind !== 'pay' || first === undefined) {
      return { problem: 'foreign', detail: 'It pays nobody.' };
    }
    if (fate.outcome === 'failed') return { problem: 'failed', detail: 'It failed.' };
    const { batchId, attempt, receiptSeed, payouts } = request;
    const receiptAddress = this.receiptAddress(receiptSeed);
    const payment: LandedPayment = {
      raw: Buffer.from(signature),
      batchId,
      attempt,
      asset: first.asset,
      receiptSeed,
      receiptAddress,
      receiptRent,
      isReceiptGone: !this.#receipts.has(receiptAddress),
      transfers: payouts.map(({ wallet, amount }) => ({ wallet, amount })),
      fate,
      landedAtMs: null,
    };
    return { payment };
  }

  #balances(wallet: string): Record<Asset, bigint> {
    const balances = this.#wallets.get(wallet);
    if (balances === undefined) throw new Error(`FakePaymentRail has no wallet ${wallet}`);
    return balances;
  }

  #execute(request: SignRequest): TransactionFate {
    if (request.kind === 'reclaim') {
      let returned = 0n;
      for (const receipt of request.receipts) {
        this.#receipts.delete(this.receiptAddress(receipt.receiptSeed));
        returned += receipt.receiptRent;
      }
      return landed(feeLamports - returned);
    }
    const address = this.receiptAddress(request.receiptSeed);
    if (this.#receipts.has(address)) {
      return failed({ scope: 'receipt', wallets: [], reason: 'receipt_exists' });
    }
    if (request.kind === 'void') {
      this.#receipts.set(address, 'void');
      return landed(feeLamports + receiptRent);
    }
    for (const { wallet } of request.payouts) {
      const reason = this.#poison.get(wallet);
      if (reason !== undefined) return failed({ scope: 'recipient', wallets: [wallet], reason });
    }
    this.#receipts.set(address, 'paid');
    let sol = 0n;
    for (const { wallet, asset, amount } of request.payouts) {
      this.#balances(wallet)[asset] += amount;
      if (asset === 'SOL') sol += amount;
    }
    return landed(feeLamports + receiptRent + sol);
  }
}

/** Written as those of the real chain are. */
function signatureOf(number: number): string {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32BE(number, 60);
  return bs58.encode(bytes);
}

function landed(treasurySpentLamports: bigint): TransactionFate {
  return { outcome: 'landed', feeLamports, treasurySpentLamports, failure: null };
}

function failed(failure: TransactionFailure): TransactionFate {
  const treasurySpentLamports: BaseUnits = feeLamports;
  return { outcome: 'failed', feeLamports, treasurySpentLamports, failure };
}
