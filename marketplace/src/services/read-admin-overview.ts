import type { Clock } from '@node3/shared/clock';
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
import { readRunway } from './read-runway.ts';

interface Deps {
  store: Store;
  clock: Clock;
  presence: Presence;
  providers: ProviderRegistry;
  intake: Intake;
  matchmaker: Pick<Matchmaker, 'isPaused'>;
}

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
