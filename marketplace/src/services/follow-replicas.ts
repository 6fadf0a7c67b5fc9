import type { Hint } from '../live/event-bus.ts';
import type { EventTail } from '../live/event-tail.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { EventRow } from '../store/rows.ts';
import type { AgentHomes } from './agent-homes.ts';
import type { Intake } from './intake.ts';
import { type AgentSyncDeps, followAgents } from './sync-agents.ts';
import type { JobSync } from './sync-jobs.ts';
import type { ProviderSync } from './sync-providers.ts';
import type { ReservationSync } from './sync-reservations.ts';

export interface FollowDeps extends AgentSyncDeps {
  feed: LiveFeed;
  homes: Pick<AgentHomes, 'read'>;
  intake: Pick<Intake, 'note'>;
  jobSync: JobSync;
  providerSync: ProviderSync;
  reservationSync: ReservationSync;
  wakePayouts(): void;
  wakeDependencies(): void;
  wakeSchedules(): void;
}

/**
 * Does in this process what the change of another one asks for. The events say what to look at; what
 * is so stands in the store, so doing it twice, or late, is right.
 */
const newTimes = ['schedule.changed', 'schedule.created', 'schedule.resumed'] as const;

export function followReplicas(deps: FollowDeps, events: readonly EventRow[]): void {
  deps.jobSync.note(events);
  deps.reservationSync.note(events);
  deps.providerSync.note(events);
  deps.intake.note(events);
  followAgents(deps, events);
  const names = new Set(events.map(({ name }) => name));
  if (names.has('payout.due') || names.has('withdrawal.requested')) deps.wakePayouts();
  if (names.has('job.ended')) deps.wakeDependencies();
  if (newTimes.some((name) => names.has(name))) deps.wakeSchedules();
}

/** What the bus brings: only where to look. */
export function followHint(
  deps: Pick<FollowDeps, 'feed' | 'homes' | 'keyHolders' | 'knownKeys'> & { tail: EventTail },
  hint: Hint,
): void {
  if (hint.kind === 'events') deps.tail.hint(hint.seq);
  else if (hint.kind === 'logs') for (const jobId of hint.jobIds) deps.feed.noteLogs(jobId);
  else if (hint.kind === 'homes') void deps.homes.read();
  else followGap(deps);
}

/** After hints may have been lost: what is not in the event log is looked at as a whole. */
function followGap(deps: Parameters<typeof followHint>[0]): void {
  const { feed, homes, keyHolders, knownKeys, tail } = deps;
  void tail.catchUp();
  void homes.read();
  feed.noteAllLogs();
  knownKeys.forget();
  void keyHolders.recheck(null);
}
