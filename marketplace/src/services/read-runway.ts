import type { Clock } from '@node3/shared/clock';
import { baseUnits, toMoney } from '@node3/shared/money';
import { operatorLimits } from '@node3/shared/operator-limits';
import type { AdminOverview } from '@node3/shared/routes/admin-overview';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Pick<Store, 'ledgerTotals' | 'paymentCosts'>;
  clock: Clock;
}

const dayMs = 86_400_000;

/** How long what is the operator's own lasts at the cost of the last days, before rent comes back. */
export async function readRunway({ store, clock }: Deps): Promise<AdminOverview['runway']> {
  const nowMs = clock.nowMs();
  const sinceMs = nowMs - operatorLimits.paymentCostDays * dayMs;
  const [totals, costs] = await Promise.all([
    store.ledgerTotals(),
    store.paymentCosts(sinceMs, operatorLimits.paymentsLookedMax),
  ]);
  // What was put in is spent on fees and rent: what is left is what nobody is owed.
  const left = totals.treasury.SOL - totals.liabilities.SOL;
  const capital = baseUnits(left > 0n ? left : 0n);
  const { payments, lamports, oldestAtMs, firstAtMs } = costs;
  // Where more are paid than are looked at, by the time of those that are.
  const looked = Math.max(1, nowMs - (oldestAtMs ?? nowMs));
  // A marketplace that is younger has no more time than since its first one; less than a day says little.
  const age = Math.max(dayMs, nowMs - (firstAtMs ?? nowMs));
  const isWhole = payments < operatorLimits.paymentsLookedMax;
  const spanMs = isWhole ? Math.min(operatorLimits.paymentCostDays * dayMs, age) : looked;
  const perDay = (lamports * BigInt(dayMs)) / BigInt(spanMs);
  return {
    capital: toMoney(capital, 'SOL'),
    perDay: payments === 0 ? null : toMoney(baseUnits(perDay), 'SOL'),
    days: payments === 0 || perDay === 0n ? null : Number((capital * 10n) / perDay) / 10,
    payments,
  };
}
