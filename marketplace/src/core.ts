import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { Logger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import type { SimulatedPolicy } from './domain/matching.ts';
import { LiveFeed } from './live/live-feed.ts';
import { Matchmaker } from './matching/matchmaker.ts';
import { restoreJobs } from './matching/restore-jobs.ts';
import { AgentLinks } from './services/agent-links.ts';
import { AgentOrders } from './services/agent-orders.ts';
import { CancelNotices } from './services/cancel-notices.ts';
import type { JobChangeDeps } from './services/change-job.ts';
import { leaseJob } from './services/claim-job.ts';
import { createJobTokens, type JobTokens } from './services/job-token.ts';
import { KeyHolders } from './services/key-holders.ts';
import { createLeaseTokens, type LeaseTokens } from './services/lease-token.ts';
import { openOperatorAccount } from './services/operator-account.ts';
import { assertWalletsApart, type OwnWallets } from './services/own-wallets.ts';
import { PollTurns } from './services/poll-turns.ts';
import { Presence } from './services/presence.ts';
import { Reservations } from './services/reservations.ts';
import { extendLeasesAfterDowntime } from './services/restart-amnesty.ts';
import { createSecretSealer, type SecretSealer } from './services/secret-sealer.ts';
import { StartWaits } from './services/start-waits.ts';
import { WaitingJobs } from './services/waiting-jobs.ts';
import { WorkBoard } from './services/work-board.ts';
import type { Store } from './store/store.ts';
import { startDeadlineSweeper } from './workers/deadline-sweeper.ts';
import { startDependencyWorker } from './workers/dependency-worker.ts';
import { startPreemptor } from './workers/preemptor.ts';
import { startPresenceWriter } from './workers/presence-writer.ts';
import { startReservationClock } from './workers/reservation-clock.ts';

export interface CoreParts {
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Logger;
  simulated: SimulatedPolicy;
  ownWallets: OwnWallets;
  leaseSecret: string;
  feeBasisPoints: number;
  holdbackMs: number;
  wakePayouts(): void;
}

/** Everything that jobs need, without HTTP and without a chain: the simulation runs this, too. */
export interface Core extends JobChangeDeps {
  log: Logger;
  simulated: SimulatedPolicy;
  feeBasisPoints: number;
  operatorAccountId: string;
  presence: Presence;
  feed: LiveFeed;
  startWaits: StartWaits;
  pollTurns: PollTurns;
  agentLinks: AgentLinks;
  keyHolders: KeyHolders;
  reservations: Reservations;
  orders: AgentOrders;
  leases: LeaseTokens;
  sealer: SecretSealer;
  jobTokens: JobTokens;
  /** Starts what happens by itself: deadlines, and noting who was seen. */
  startWorkers(): Loop[];
}

/** How many events are read at start for what they say about waiting times. */
const startsLooked = 2_000;

/** Brings a store to life after whatever happened to the process before. */
export async function openCore(parts: CoreParts): Promise<Core> {
  const { store, clock, ids, log, simulated, leaseSecret } = parts;
  const leases = createLeaseTokens(leaseSecret);
  const sealer = createSecretSealer(leaseSecret);
  const agentLinks = new AgentLinks();
  const reservations = new Reservations(clock, agentLinks);
  const work = new WorkBoard(reservations.reservedFor);
  const leaseDeps = { store, clock, ids, leases, sealer, work, reservations };
  const matchmaker = new Matchmaker({
    clock,
    simulated,
    lease: (agent, candidate) => leaseJob(leaseDeps, agent, candidate),
    familiar: work.familiar,
  });
  const presence = new Presence(clock);
  const lastSeq = await store.lastEventSeq();
  const feed = new LiveFeed(lastSeq);
  const operatorAccountId = await openOperatorAccount({ store, clock, ids });
  const startWaits = new StartWaits();
  const waiting = new WaitingJobs();
  startWaits.note(await store.eventsAfter(Math.max(0, lastSeq - startsLooked), startsLooked));
  store.onEvents((events) => {
    startWaits.note(events);
    waiting.note(events);
    feed.publish(events);
  });
  await assertWalletsApart(store, parts.ownWallets);
  presence.restore(await store.agents());
  const unsupervised = await extendLeasesAfterDowntime({ store, clock, log });
  for (const row of await store.reservations(clock.nowMs())) reservations.add(row);
  await fillWork(store, work);
  await restoreJobs({ store, matchmaker, log }, (jobs) => {
    for (const job of jobs) waiting.add(job, clock.nowMs());
  });
  let dependencyWorker: Loop | null = null;
  const changeDeps = {
    store,
    clock,
    ids,
    matchmaker,
    work,
    cancels: new CancelNotices(agentLinks),
    log,
    holdbackMs: parts.holdbackMs,
    unsupervised,
    wakePayouts: () => parts.wakePayouts(),
    wakeDependencies: () => dependencyWorker?.wake(),
  };
  return {
    ...changeDeps,
    simulated,
    feeBasisPoints: parts.feeBasisPoints,
    operatorAccountId,
    presence,
    feed,
    startWaits,
    pollTurns: new PollTurns(),
    orders: new AgentOrders(),
    leases,
    sealer,
    agentLinks,
    keyHolders: new KeyHolders({ store, clock }),
    reservations,
    jobTokens: createJobTokens(leaseSecret),
    startWorkers() {
      dependencyWorker = startDependencyWorker(changeDeps);
      return [
        dependencyWorker,
        startDeadlineSweeper(changeDeps),
        startPresenceWriter({ store, presence, log }),
        startReservationClock({ reservations, log }),
        startPreemptor({ ...changeDeps, presence, simulated, waiting }),
      ];
    },
  };
}

async function fillWork(store: Store, work: WorkBoard): Promise<void> {
  for (const execution of await store.liveExecutions(null)) {
    const job = await store.job(execution.jobId);
    if (job !== null) work.started(job, execution);
  }
}
