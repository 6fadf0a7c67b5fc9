import type { Fault } from '@node3/shared/job-state';
import { type BaseUnits, share, subtract, zero } from '@node3/shared/money';
import type { SettlementState } from '@node3/shared/settlement-state';

/** What one ended job cost. `charged` + `refund` is always what was held. */
export interface Settlement {
  state: Extract<SettlementState, 'captured' | 'released' | 'split'>;
  charged: BaseUnits;
  providerShare: BaseUnits;
  fee: BaseUnits;
  refund: BaseUnits;
}

export interface SettlementInput {
  /** What the provider gets for a success. */
  reward: BaseUnits;
  /** Held in escrow: the reward and the fee on it. */
  held: BaseUnits;
  feeBasisPoints: number;
  outcome: 'succeeded' | 'ended_otherwise';
  fault: Fault;
  /** Run time only: queueing, pulling and collecting are never billed. */
  runMs: number;
  runLimitMs: number;
}

const basisPoints = 10_000n;

/** The marketplace's fee on an amount, rounded down. */
export function feeOn(amount: BaseUnits, feeBasisPoints: number): BaseUnits {
  return share(amount, BigInt(feeBasisPoints), basisPoints);
}

/**
 * Who pays when a job ends, as published: a success earns the whole reward; a failure that is the
 * requester's earns the share of the reward that the run time is of the run limit; everything else
 * earns nothing and costs nothing. The fee is taken on what the provider gets.
 */
export function settle(input: SettlementInput): Settlement {
  const providerShare = providerShareOf(input);
  const wholeFee = subtract(input.held, input.reward);
  const fee =
    providerShare === input.reward ? wholeFee : feeOn(providerShare, input.feeBasisPoints);
  const charged = (providerShare + fee) as BaseUnits;
  const refund = subtract(input.held, charged);
  const state = refund === zero ? 'captured' : charged === zero ? 'released' : 'split';
  return { state, charged, providerShare, fee, refund };
}

function providerShareOf(input: SettlementInput): BaseUnits {
  if (input.outcome === 'succeeded') return input.reward;
  if (input.fault !== 'requester') return zero;
  const runMs = Math.max(0, Math.min(Math.floor(input.runMs), input.runLimitMs));
  return share(input.reward, BigInt(runMs), BigInt(input.runLimitMs));
}
