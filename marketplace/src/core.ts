import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { Logger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import type { SimulatedPolicy } from './domain/matching.ts';
import type { EventBus } from './live/event-bus.ts';
import type { LiveFeed } from './live/live-feed.ts';
import { Matchmaker } from './matching/matchmaker.ts';
import { restoreJobs } from './matching/restore-jobs.ts';
import { type Measures, unheardMeasures } from './observability/measures.ts';
import { AgentHomes } from './services/agent-homes.ts';
import { AgentLinks } from './services/agent-links.ts';
import { AgentOrders } from './services/agent-orders.ts';
import { CancelNotices } from './services/cancel-notices.ts';
import type { JobChangeDeps } from './services/change-job.ts';
import { type LeaseDeps, leaseJob } from './services/claim-job.ts';
import type { DiskRoom } from './services/disk-room.ts';
import { GpuProofNotices } from './services/gpu-proof-notices.ts';
import { holdReplica } from './services/hold-replica.ts';
import { Intake } from './services/intake.ts';
import { createJobTokens, type JobTokens } from './services/job-token.ts';
import { KeyHolders } from './services/key-holders.ts';
import { KnownKeys } from './services/known-keys.ts';
import { LeaseAmnesty } from './services/lease-amnesty.ts';
import { createLeaseTokens, type LeaseTokens } from './services/lease-token.ts';
import { LogRates } from './services/log-rates.ts';
import { openBuiltInProvider } from './services/manage-providers.ts';
import { openLive } from './services/open-live.ts';
import { openOperatorAccount } from './services/operator-account.ts';
import { assertWalletsApart, type OwnWallets } from './services/own-wallets.ts';
import { PollTurns } from './services/poll-turns.ts';
import { Presence } from './services/presence.ts';
import { ProviderRegistry } from './services/provider-registry.ts';
import { Reservations } from './services/reservations.ts';
import { extendLeasesAfterDowntime } from './services/restart-amnesty.ts';
import { type Keyring, openDataKeys } from './services/secret-keyring.ts';
import { createSecretSealer, type SecretSealer } from './services/secret-sealer.ts';
import type { StartWaits } from './services/start-waits.ts';
import { ProviderSync } from './services/sync-providers.ts';
import { UsageBook } from './services/usage-book.ts';
import { WorkBoard } from './services/work-board.ts';
import type { Store } from './store/store.ts';
import { startDeadlineSweeper } from './workers/deadline-sweeper.ts';
import { startDependencyWorker } from './workers/dependency-worker.ts';
import { startPreemptor } from './workers/preemptor.ts';
import { startPresenceWriter } from './workers/presence-writer.ts';
import { startReplicaFollower } from './workers/replica-follower.ts';
import { startReplicaKeeper } from './workers/replica-keeper.ts';
import { startReservationClock } from './workers/reservation-clock.ts';

export interface CoreParts {
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Logger;
  simulated: SimulatedPolicy;
  ownWallets: OwnWallets;
  leaseSecret: string;
  /** The operator's keys for secrets at rest. */
  keyring: Keyring;
  room: DiskRoom;
  feeBasisPoints: number;
  holdbackMs: number;
  /** Other processes that work on the same store; null where there can be none. */
  bus: EventBus | null;
  /** Absent: nobody hears of it. */
  measures?: Measures;
  wakePayouts(): void;
  /** Another replica has changed a schedule. */
  wakeSchedules(): void;
}

/** Everything that jobs need, without HTTP and without a chain: the simulation runs this, too. */
export interface Core extends JobChangeDeps {
  log: Logger;
  simulated: SimulatedPolicy;
  feeBasisPoints: number;
  operatorAccountId: string;
  homes: AgentHomes;
  /** What this process is called among the others; null where there are none. */
  replicaId: string | null;
  presence: Presence;
  measures: Measures;
  feed: LiveFeed;
  startWaits: StartWaits;
  pollTurns: PollTurns;
  agentLinks: AgentLinks;
  keyHolders: KeyHolders;
  knownKeys: KnownKeys;
  providers: ProviderRegistry;
  providerSync: ProviderSync;
  reservations: Reservations;
  orders: AgentOrders;
  gpuProofs: GpuProofNotices;
  leases: LeaseTokens;
  room: DiskRoom;
  intake: Intake;
  leaseAmnesty: LeaseAmnesty;
  sealer: SecretSealer;
  offerOf: LeaseDeps['offerOf'];
  logRates: LogRates;
  usageBook: UsageBook;
  jobTokens: JobTokens;
  /** Starts what happens by itself: deadlines, and noting who was seen. */
  startWorkers(): Loop[];
}

/** Brings a store to life after whatever happened to the process before. */
export async function openCore(parts: CoreParts): Promise<Core> {
  const { store, clock, ids, log, simulated, leaseSecret, bus } = parts;
  const measures = parts.measures ?? unheardMeasures();
  const leases = createLeaseTokens(leaseSecret);
  const sealer = createSecretSealer(leaseSecret, await openDataKeys(parts, parts.keyring));
  const agentLinks = new AgentLinks();
  const reservations = new Reservations(clock, agentLinks);
  const work = new WorkBoard(reservations.reservedFor);
  const providers = new ProviderRegistry();
  const presence = new Presence(clock, providers.limit);
  const offerOf = (agentId: string) => presence.get(agentId)?.offer ?? null;
  const leaseDeps = { store, clock, ids, leases, sealer, work, reservations, offerOf };
  const matchmaker = new Matchmaker({
    clock,
    simulated,
    lease: (agent, candidate) => leaseJob(leaseDeps, agent, candidate),
    familiar: work.familiar,
    onSearch: (seconds) => measures.searched(seconds),
  });
  const cancels = new CancelNotices(agentLinks);
  const agentParts = {
    presence,
    providers,
    agentLinks,
    cancels,
    keyHolders: new KeyHolders({ store, clock }),
    knownKeys: new KnownKeys(clock),
    orders: new AgentOrders(),
    gpuProofs: new GpuProofNotices(),
    pollTurns: new PollTurns(),
  };
  const replicaId = bus === null ? null : ids.secret(12);
  const homes = new AgentHomes({ ...parts, ...agentParts, replicaId });
  const providerSync = new ProviderSync({ ...parts, ...agentParts });
  const intake = new Intake(parts);
  const live = await openLive({
    ...parts,
    ...agentParts,
    providerSync,
    intake,
    homes,
    matchmaker,
    work,
    reservations,
  });
  const operatorAccountId = await openOperatorAccount({ store, clock, ids });
  await assertWalletsApart(store, parts.ownWallets);
  await openBuiltInProvider({ store, clock });
  await providerSync.read();
  await intake.read();
  presence.restore(await store.agents(), replicaId === null);
  const leaseAmnesty = await takeOver({ store, clock, log, replicaId });
  for (const row of await store.reservations(clock.nowMs())) reservations.add(row);
  await fillWork(store, work);
  await restoreJobs({ store, matchmaker, log }, (jobs) => {
    for (const job of jobs) live.waiting.add(job, clock.nowMs());
  });
  const usageBook = new UsageBook(parts);
  live.feed.subscribe(usageBook.hear);
  live.tail.start();
  const changeDeps = {
    store,
    clock,
    ids,
    matchmaker,
    work,
    cancels,
    log,
    holdbackMs: parts.holdbackMs,
    leaseAmnesty,
    unsupervisedSince: (executionId: string, agentId: string) =>
      leaseAmnesty.unsupervisedSince(executionId, agentId),
    replicaId,
    wakePayouts: () => parts.wakePayouts(),
    wakeDependencies: () => live.wakeDependencies(),
  };
  return {
    ...changeDeps,
    ...agentParts,
    providerSync,
    homes,
    simulated,
    feeBasisPoints: parts.feeBasisPoints,
    operatorAccountId,
    measures,
    feed: live.feed,
    startWaits: live.startWaits,
    leases,
    room: parts.room,
    intake,
    sealer,
    offerOf,
    logRates: new LogRates(clock),
    usageBook,
    reservations,
    jobTokens: createJobTokens(leaseSecret),
    startWorkers() {
      const dependencyWorker = startDependencyWorker(changeDeps);
      live.onDependencies(() => dependencyWorker.wake());
      return [
        dependencyWorker,
        startDeadlineSweeper({ ...changeDeps, leaseAmnesty }),
        startPresenceWriter({ store, presence, homes, log }),
        startReservationClock({ reservations, log }),
        startPreemptor({ ...changeDeps, presence, providers, simulated, waiting: live.waiting }),
        ...(replicaId === null
          ? []
          : [
              startReplicaFollower({ tail: live.tail, log }),
              startReplicaKeeper({ store, clock, log, homes, leaseAmnesty, replicaId }),
            ]),
      ];
    },
  };
}

/** Gives live leases the time that nobody was there, in this process's own way or as one of many. */
async function takeOver(
  deps: Pick<CoreParts, 'store' | 'clock' | 'log'> & { replicaId: string | null },
): Promise<LeaseAmnesty> {
  const { replicaId } = deps;
  if (replicaId === null) return new LeaseAmnesty(deps, await extendLeasesAfterDowntime(deps));
  await holdReplica({ ...deps, replicaId });
  return new LeaseAmnesty(deps, new Map());
}

async function fillWork(store: Store, work: WorkBoard): Promise<void> {
  for (const execution of await store.liveExecutions(null)) {
    const job = await store.job(execution.jobId);
    if (job !== null) work.started(job, execution);
  }
}
