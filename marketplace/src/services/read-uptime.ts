import type { Clock } from '@node3/shared/clock';
import type { AgentUptime } from '@node3/shared/routes/marketplace';
import { toTimestamp } from '@node3/shared/schema';
import { firstUptimeDayMs, uptimeOf } from '../domain/uptime.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { Presence } from './presence.ts';

export interface UptimeDeps {
  store: Pick<AgentStore, 'agentPresence'>;
  clock: Clock;
  presence: Presence;
}

/** How much of the last days an agent was there, as the marketplace heard it. */
export async function readUptime(
  { store, clock, presence }: UptimeDeps,
  agentId: string,
): Promise<AgentUptime> {
  const nowMs = clock.nowMs();
  const record = await store.agentPresence(agentId, firstUptimeDayMs(nowMs));
  const uncountedMs = record === null ? 0 : presence.uncountedMs(agentId, record.countedToMs);
  return {
    since: record === null ? null : toTimestamp(record.knownFromMs),
    periods: uptimeOf(record, { nowMs, uncountedMs }),
  };
}
