import type { Clock } from '@node3/shared/clock';
import { baseUnits, toMoney } from '@node3/shared/money';
import { operatorLimits } from '@node3/shared/operator-limits';
import type { AdminOverview } from '@node3/shared/routes/admin-overview';
import { toTimestamp } from '@node3/shared/schema';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { Store } from '../store/store.ts';
import { countAgents } from './count-agents.ts';
import type { Intake } from './intake.ts';
import type { Presence } from './presence.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import { readLastDay } from './read-job-metrics.ts';

interface Deps {
  store: Store;
  clock: Clock;
  presence: Presence;
  providers: ProviderRegistry;
  intake: Intake;
  matchmaker: Pick<Matchmaker, 'isPaused'>;
}

const dayMs = 86_400_000;

/** How the marketplace does: counts of what is in memory, and reads that stop at a limit. */
export async function readAdminOverview(deps: Deps): Promise<AdminOverview> {
  const [agents, lastDay, runway, webhooks, alerts] = await Promise.all([
    countAgents(deps),
    readLastDay(deps),
    readRunway(deps),
    countWebhooks(deps),
    deps.store.openAlerts(),
  ]);
  return {
    at: toTimestamp(deps.clock.nowMs()),
    agents,
    lastDay,
    runway,
    webhooks,
    alerts: {
      open: alerts.length,
      critical: alerts.filter(({ severity }) => severity === 'critical').length,
      unacknowledged: alerts.filter(({ acknowledgedAtMs }) => acknowledgedAtMs === null).length,
    },
    readOnly: deps.intake.switchOf('read-only') !== null,
    matching: deps.matchmaker.isPaused ? 'paused' : 'running',
  };
}

/** At the cost of the last days: what was reserved for fees and rent, before rent comes back. */
async function readRunway({ store, clock }: Deps): Promise<AdminOverview['runway']> {
  const nowMs = clock.nowMs();
  const sinceMs = nowMs - operatorLimits.paymentCostDays * dayMs;
  const [totals, costs] = await Promise.all([
    store.ledgerTotals(),
    store.paymentCosts(sinceMs, operatorLimits.paymentsLookedMax),
  ]);
  const capital = totals.operatorCapital.SOL;
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

async function countWebhooks({ store }: Deps): Promise<AdminOverview['webhooks']> {
  const [enabled, pending, failed] = await Promise.all([
    store.enabledWebhooks(),
    store.pendingDeliveries(),
    store.countFailedDeliveries(operatorLimits.failuresCountedMax),
  ]);
  return {
    enabled: enabled.length,
    failing: enabled.filter(({ failingSinceMs }) => failingSinceMs !== null).length,
    pending: pending.reduce((sum, one) => sum + one.pending, 0),
    failed,
  };
}
