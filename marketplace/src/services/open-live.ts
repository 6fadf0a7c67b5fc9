import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type { EventBus } from '../live/event-bus.ts';
import { EventTail } from '../live/event-tail.ts';
import { LiveFeed } from '../live/live-feed.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { Store } from '../store/store.ts';
import type { CancelNotices } from './cancel-notices.ts';
import { type FollowDeps, followHint, followReplicas } from './follow-replicas.ts';
import type { Reservations } from './reservations.ts';
import { StartWaits } from './start-waits.ts';
import { JobSync } from './sync-jobs.ts';
import { ReservationSync } from './sync-reservations.ts';
import { WaitingJobs } from './waiting-jobs.ts';
import type { WorkBoard } from './work-board.ts';

interface LiveParts
  extends Omit<FollowDeps, 'feed' | 'jobSync' | 'reservationSync' | 'wakeDependencies'> {
  store: Store;
  clock: Clock;
  log: Logger;
  bus: EventBus | null;
  matchmaker: Matchmaker;
  work: WorkBoard;
  cancels: CancelNotices;
  reservations: Reservations;
}

/** What follows the event log: its own commits at once, those of other replicas as they are read. */
export interface Live {
  feed: LiveFeed;
  tail: EventTail;
  startWaits: StartWaits;
  waiting: WaitingJobs;
  wakeDependencies(): void;
  /** Sets who looks after the jobs that waited for one that has just ended. */
  onDependencies(wake: () => void): void;
}

/** How many events are read at start for what they say about waiting times. */
const startsLooked = 2_000;

/** From its return on every event is seen. What others store is followed once the tail is started. */
export async function openLive(parts: LiveParts): Promise<Live> {
  const { store, bus, log } = parts;
  const lastSeq = await store.lastEventSeq();
  const feed = new LiveFeed(lastSeq, (jobId) => bus?.tell({ kind: 'logs', jobIds: [jobId] }));
  const startWaits = new StartWaits();
  const waiting = new WaitingJobs();
  const jobSync = new JobSync(parts);
  const reservationSync = new ReservationSync(parts);
  let wake = () => {};
  const wakeDependencies = () => wake();
  const deps: FollowDeps = { ...parts, feed, jobSync, reservationSync, wakeDependencies };
  const tail = new EventTail(
    {
      store,
      log,
      publish(events) {
        startWaits.note(events);
        waiting.note(events);
        feed.publish(events);
      },
      follow: (events) => followReplicas(deps, events),
    },
    lastSeq,
  );
  store.onEvents((events) => {
    jobSync.noteOwn(events);
    reservationSync.noteOwn(events);
    tail.noteOwn(events);
    const last = events.at(-1);
    if (last !== undefined) bus?.tell({ kind: 'events', seq: last.seq });
  });
  bus?.listen((hint) => followHint({ ...deps, tail }, hint));
  startWaits.note(await store.eventsAfter(Math.max(0, lastSeq - startsLooked), startsLooked));
  return {
    feed,
    tail,
    startWaits,
    waiting,
    wakeDependencies,
    onDependencies(next) {
      wake = next;
    },
  };
}
