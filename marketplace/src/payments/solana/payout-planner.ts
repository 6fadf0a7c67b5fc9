import { type BaseUnits, baseUnits } from '@node3/shared/money';
import type { PayoutReason } from '@node3/shared/payout-reasons';
import type { PayoutHold, PayoutRow } from '../../store/payout-store.ts';
import type { SolDestination, UsdcDestination } from './destinations.ts';
import type { Payment } from './transaction-builder.ts';

/** When a wallet's USDC account is opened at our cost. Its rent is the wallet's to keep. */
export interface UsdcAccountPolicy {
  /**
   * `earners`: only what was earned counts, of which the marketplace had its fee. Money that was
   * deposited and is taken out again would buy any number of accounts, one for each fresh wallet.
   */
  countedFor: 'everybody' | 'earners';
  /** What the wallet must be owed, micro-USDC. */
  owedMin: BaseUnits;
}

export interface PlannerInput {
  /** Of one asset, oldest first. */
  due: readonly PayoutRow[];
  /** By wallet. A payout whose wallet is not in here has to wait. */
  solDestinations: ReadonlyMap<string, SolDestination>;
  usdcDestinations: ReadonlyMap<string, UsdcDestination>;
  /** Rent minimum of an empty account, lamports. */
  rentEmpty: bigint;
  usdcAccountPolicy: UsdcAccountPolicy;
  /** The most that one transfer may move: the signer refuses more. */
  payoutMax: BaseUnits;
  /** What the signer's caps leave for all of them together, now. */
  capLeft: bigint;
  /** Whether these payouts fit one transaction. */
  fits(payouts: readonly PayoutRow[], accountsToCreate: ReadonlySet<string>): boolean;
}

export interface Plan {
  take: PayoutRow[];
  hold: PayoutHold[];
  wait: PayoutHold[];
  /** Wallets whose USDC account the transaction has to create. */
  accountsToCreate: Set<string>;
  /** What the first wallet is owed that the caps leave no room for; null when there is room for all. */
  overCap: bigint | null;
}

/** What has once not fitted any more: more of the same kind will not fit either. */
type Full = Set<'nothing' | 'token-account'>;

/** Payouts of one transaction; transfers are fewer, since one wallet's payouts are one transfer. */
const payoutsPerBatchMax = 128;

/**
 * Chooses what one transaction pays. All payouts of a wallet become one transfer, so that small
 * ones add up to what the chain accepts and a wallet is never paid in part below its minimum.
 */
export function planPayouts(input: PlannerInput): Plan {
  const plan: Plan = { take: [], hold: [], wait: [], accountsToCreate: new Set(), overCap: null };
  const full: Full = new Set();
  for (const whole of groupByWallet(input.due)) {
    const [allowed, above] = split(whole, (payout) => payout.amount <= input.payoutMax);
    plan.hold.push(...withReason(above, 'above_payout_cap'));
    const group = upToCap(allowed, input.payoutMax);
    const later = allowed.slice(group.length);
    plan.wait.push(...withReason(later, 'next_batch'));
    const [first] = group;
    if (first === undefined) continue;
    const verdict = first.asset === 'SOL' ? judgeSol(input, group) : judgeUsdc(input, allowed);
    if (verdict.verdict === 'take') {
      if (!takeIfItFits(input, plan, group, verdict.create, full)) full.add(verdict.create);
    } else plan[verdict.verdict].push(...withReason(group, verdict.reason));
  }
  return plan;
}

/** One transfer per wallet, in the order of its first payout. */
export function paymentsOf(payouts: readonly PayoutRow[]): Payment[] {
  return groupByWallet(payouts).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ wallet: first.wallet, asset: first.asset, amount: baseUnits(total(group)) }];
  });
}

type Verdict =
  | { verdict: 'hold' | 'wait'; reason: PayoutReason }
  | { verdict: 'take'; create: 'nothing' | 'token-account' };

function judgeSol(input: PlannerInput, group: readonly PayoutRow[]): Verdict {
  const destination = input.solDestinations.get(walletOf(group));
  if (destination === undefined) return { verdict: 'wait', reason: 'destination_unknown' };
  if (destination.state === 'unusable') return { verdict: 'hold', reason: destination.reason };
  if (destination.lamports + total(group) < input.rentEmpty)
    return { verdict: 'wait', reason: 'below_rent' };
  return { verdict: 'take', create: 'nothing' };
}

function judgeUsdc(input: PlannerInput, group: readonly PayoutRow[]): Verdict {
  const destination = input.usdcDestinations.get(walletOf(group));
  if (destination === undefined) return { verdict: 'wait', reason: 'destination_unknown' };
  if (destination.state === 'unusable') return { verdict: 'hold', reason: destination.reason };
  if (destination.state === 'usable') return { verdict: 'take', create: 'nothing' };
  const { countedFor, owedMin } = input.usdcAccountPolicy;
  const counted =
    countedFor === 'everybody' ? group : group.filter(({ kind }) => kind === 'earning');
  if (counted.length === 0) return { verdict: 'wait', reason: 'usdc_account_missing' };
  return total(counted) < owedMin
    ? { verdict: 'wait', reason: 'below_account_minimum' }
    : { verdict: 'take', create: 'token-account' };
}

function takeIfItFits(
  input: PlannerInput,
  plan: Plan,
  group: readonly PayoutRow[],
  create: 'nothing' | 'token-account',
  full: Full,
): boolean {
  // In order of age: what does not fit under the cap now is not overtaken by smaller ones for ever.
  if (plan.overCap !== null || total(plan.take) + total(group) > input.capLeft) {
    plan.overCap ??= total(group);
    plan.wait.push(...withReason(group, 'next_batch'));
    return true;
  }
  const accounts = new Set(plan.accountsToCreate);
  if (create === 'token-account') accounts.add(walletOf(group));
  const candidate = [...plan.take, ...group];
  const tooMany = full.has(create) || candidate.length > payoutsPerBatchMax;
  if (tooMany || !input.fits(candidate, accounts)) {
    plan.wait.push(...withReason(group, 'next_batch'));
    return false;
  }
  plan.take = candidate;
  plan.accountsToCreate = accounts;
  return true;
}

function withReason(payouts: readonly PayoutRow[], reason: PayoutReason): PayoutHold[] {
  return payouts.map(({ payoutId }) => ({ payoutId, reason }));
}

function split<T>(items: readonly T[], accepts: (item: T) => boolean): [T[], T[]] {
  return [items.filter(accepts), items.filter((item) => !accepts(item))];
}

/** The oldest payouts that stay under what one transfer may move. */
function upToCap(group: readonly PayoutRow[], cap: bigint): PayoutRow[] {
  let sum = 0n;
  const end = group.findIndex((payout, index) => {
    sum += payout.amount;
    return sum > cap || index >= payoutsPerBatchMax;
  });
  return end < 0 ? [...group] : group.slice(0, end);
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
