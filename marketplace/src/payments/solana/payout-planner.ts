import type { BaseUnits } from '@node3/shared/money';
import type { PayoutHold, PayoutRow } from '../../store/payout-store.ts';
import type { SolDestination, UsdcDestination } from './destinations.ts';

export interface PlannerInput {
  /** Of one asset, oldest first. */
  due: readonly PayoutRow[];
  /** By wallet. A payout whose wallet is not in here has to wait. */
  solDestinations: ReadonlyMap<string, SolDestination>;
  usdcDestinations: ReadonlyMap<string, UsdcDestination>;
  /** Rent minimum of an empty account, lamports. */
  rentEmpty: bigint;
  /** What a wallet must be owed before its USDC account is opened at our cost, micro-USDC. */
  usdcAccountCreateMin: BaseUnits;
  /** Whether these payouts fit one transaction. */
  fits(payouts: readonly PayoutRow[], accountsToCreate: ReadonlySet<string>): boolean;
}

export interface Plan {
  take: PayoutRow[];
  hold: PayoutHold[];
  wait: PayoutHold[];
  /** Wallets whose USDC account the transaction has to create. */
  accountsToCreate: Set<string>;
}

/** More would not fit the smallest transaction format anyway. */
const payoutsPerBatchMax = 20;

/**
 * Chooses what one transaction pays. Payouts of one wallet that only together reach its minimum
 * are taken together or not at all.
 */
export function planPayouts(input: PlannerInput): Plan {
  const plan: Plan = { take: [], hold: [], wait: [], accountsToCreate: new Set() };
  for (const group of groupByWallet(input.due)) {
    const [first] = group;
    if (first === undefined) continue;
    const verdict = first.asset === 'SOL' ? judgeSol(input, group) : judgeUsdc(input, group);
    if (verdict.verdict === 'hold' || verdict.verdict === 'wait') {
      const { reason } = verdict;
      plan[verdict.verdict].push(...group.map(({ payoutId }) => ({ payoutId, reason })));
      continue;
    }
    takeWhatFits(input, plan, group, verdict);
  }
  return plan;
}

type Verdict =
  | { verdict: 'hold' | 'wait'; reason: string }
  /** `minimum`: what the first transfers to this wallet must add up to in one transaction. */
  | { verdict: 'take'; minimum: bigint; create: 'no' | 'token-account' };

function judgeSol(input: PlannerInput, group: readonly PayoutRow[]): Verdict {
  const destination = input.solDestinations.get(walletOf(group));
  if (destination === undefined) return { verdict: 'wait', reason: 'destination_unknown' };
  if (destination.state === 'unusable') return { verdict: 'hold', reason: destination.reason };
  const minimum = input.rentEmpty - destination.lamports;
  if (total(group) < minimum) return { verdict: 'wait', reason: 'below_rent' };
  return { verdict: 'take', minimum, create: 'no' };
}

function judgeUsdc(input: PlannerInput, group: readonly PayoutRow[]): Verdict {
  const destination = input.usdcDestinations.get(walletOf(group));
  if (destination === undefined) return { verdict: 'wait', reason: 'destination_unknown' };
  switch (destination.state) {
    case 'unusable':
      return { verdict: 'hold', reason: destination.reason };
    case 'usable':
      return { verdict: 'take', minimum: 0n, create: 'no' };
    case 'missing':
      if (total(group) < input.usdcAccountCreateMin) {
        return { verdict: 'wait', reason: 'below_account_minimum' };
      }
      return { verdict: 'take', minimum: 0n, create: 'token-account' };
  }
}

function takeWhatFits(
  input: PlannerInput,
  plan: Plan,
  group: readonly PayoutRow[],
  verdict: Extract<Verdict, { verdict: 'take' }>,
): void {
  const accounts = new Set(plan.accountsToCreate);
  if (verdict.create === 'token-account') accounts.add(walletOf(group));
  let taken = 0;
  let takenAmount = 0n;
  // The largest part of the group that fits: payouts beyond it go with a later transaction.
  for (let count = group.length; count > 0; count -= 1) {
    const candidate = [...plan.take, ...group.slice(0, count)];
    if (candidate.length > payoutsPerBatchMax || !input.fits(candidate, accounts)) continue;
    taken = count;
    takenAmount = total(group.slice(0, count));
    break;
  }
  if (taken === 0 || takenAmount < verdict.minimum) {
    const reason = plan.take.length > 0 ? 'next_batch' : 'too_many_small_payouts';
    plan.wait.push(...group.map(({ payoutId }) => ({ payoutId, reason })));
    return;
  }
  plan.take.push(...group.slice(0, taken));
  plan.accountsToCreate = accounts;
  const rest = group.slice(taken);
  plan.wait.push(...rest.map(({ payoutId }) => ({ payoutId, reason: 'next_batch' })));
}

/** Groups in the order of their oldest payout. */
function groupByWallet(due: readonly PayoutRow[]): PayoutRow[][] {
  const groups = new Map<string, PayoutRow[]>();
  for (const payout of due) {
    const group = groups.get(payout.wallet);
    if (group === undefined) groups.set(payout.wallet, [payout]);
    else group.push(payout);
  }
  return [...groups.values()];
}

function walletOf(group: readonly PayoutRow[]): string {
  return group[0]?.wallet ?? '';
}

function total(group: readonly PayoutRow[]): bigint {
  return group.reduce((sum, payout) => sum + payout.amount, 0n);
}
