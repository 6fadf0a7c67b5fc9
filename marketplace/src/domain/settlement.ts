import { assertNever } from '@node3/shared/assert';
import { type Reason, reasons } from '@node3/shared/job-state';
import { type Meter, meteredCost } from '@node3/shared/metering';
import { add, type BaseUnits, share, subtract, zero } from '@node3/shared/money';
import type { SettlementState } from '@node3/shared/settlement-state';
import type { SettlementRow } from '@node3/shared/settlement-table';

/** What a job costs while nothing goes wrong. */
export type PriceTerms =
  | { kind: 'fixed'; reward: BaseUnits; runLimitMs: number }
  | ({ kind: 'metered' } & Meter);

export interface SettlementInput {
  terms: PriceTerms;
  /** Held in escrow: the reward or the cap, and the fee on it. */
  held: BaseUnits;
  feeBasisPoints: number;
  reason: Reason;
  /** Run time only: queueing, preparing and collecting are never billed. */
  runMs: number;
  /** What the marketplace can give of the fees it earned, where the fault is its own. */
  feePool: BaseUnits;
}

/**
 * What one ended job cost. `charged` + `refund` is always what was held, and `providerShare` + `fee`
 * is always `charged` + `fromFeePool`.
 */
export interface Settlement {
  row: SettlementRow;
  state: Extract<SettlementState, 'captured' | 'released' | 'split'>;
  charged: BaseUnits;
  providerShare: BaseUnits;
  fee: BaseUnits;
  refund: BaseUnits;
  /** What the marketplace pays the provider for a run that it failed itself. */
  fromFeePool: BaseUnits;
  /** What it should have paid for that run, had it earned enough. */
  shortfall: BaseUnits;
}

const basisPoints = 10_000n;

/** The marketplace's fee on an amount, rounded down: the provider keeps the remainder. */
export function feeOn(amount: BaseUnits, feeBasisPoints: number): BaseUnits {
  return share(amount, BigInt(feeBasisPoints), basisPoints);
}

/** These cost nothing where nothing has run. */
const freeUnstarted: readonly Reason[] = ['cancelled_by_requester', 'command_not_found'];

/**
 * The row of the published table. A command that can't be run and a program that ends with the same code
 * after its work look alike, so what ran is paid.
 */
export function settlementRowOf(reason: Reason, runMs: number): SettlementRow {
  const isFree = runMs === 0 && freeUnstarted.includes(reason);
  return isFree ? 'requester_free' : reasons[reason].settles;
}

/** The published table of who pays (`settlementTable`), in numbers. Pure; nobody else divides money. */
export function settle(input: SettlementInput): Settlement {
  const { reason, runMs } = input;
  const row = settlementRowOf(reason, runMs);
  switch (row) {
    case 'success':
      return charge(input, row, priceOf(input.terms, runMs));
    case 'requester_run':
      return charge(input, row, runTimeShare(input.terms, runMs));
    case 'requester_free':
    case 'nobody':
    case 'provider':
      return charge(input, row, zero);
    case 'platform': {
      const earned = runTimeShare(input.terms, runMs);
      const fromFeePool = earned < input.feePool ? earned : input.feePool;
      const released = charge(input, row, zero);
      const shortfall = subtract(earned, fromFeePool);
      return { ...released, providerShare: fromFeePool, fromFeePool, shortfall };
    }
    default:
      return assertNever(row);
  }
}

function charge(input: SettlementInput, row: SettlementRow, providerShare: BaseUnits): Settlement {
  const { terms, held, feeBasisPoints } = input;
  // Never more than was held for it, whatever the rate is.
  const feeMax = subtract(held, mostOf(terms));
  const feeExact = feeOn(providerShare, feeBasisPoints);
  const fee = feeExact < feeMax ? feeExact : feeMax;
  const charged = add(providerShare, fee);
  const refund = subtract(held, charged);
  const state = refund === zero ? 'captured' : charged === zero ? 'released' : 'split';
  return { row, state, charged, providerShare, fee, refund, fromFeePool: zero, shortfall: zero };
}

/** The most the provider can get. */
function mostOf(terms: PriceTerms): BaseUnits {
  return terms.kind === 'fixed' ? terms.reward : terms.cap;
}

function priceOf(terms: PriceTerms, runMs: number): BaseUnits {
  return terms.kind === 'fixed' ? terms.reward : meteredCost(terms, runMs);
}

function runTimeShare(terms: PriceTerms, runMs: number): BaseUnits {
  if (terms.kind === 'metered') return meteredCost(terms, runMs);
  const billedMs = Math.max(0, Math.min(Math.floor(runMs), terms.runLimitMs));
  return share(terms.reward, BigInt(billedMs), BigInt(terms.runLimitMs));
}
