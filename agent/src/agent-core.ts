import { join } from 'node:path';
import { type Ids, systemIds } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { localLimits } from '@node3/shared/local-limits';
import type { Logger } from '@node3/shared/logger';
import type { AgentMessage } from '@node3/shared/routes/agents';
import type { Tracer } from '@node3/shared/tracing';
import type { WalletKey } from '@node3/shared/wallet-key';
import type { AgentConfig } from './config.ts';
import { CrashGuard } from './crash-guard.ts';
import type { Check } from './doctor/check.ts';
import { RunMeter } from './economics/run-meter.ts';
import { DeviceInventory } from './execution/device-inventory.ts';
import { DiskGuard } from './execution/disk-guard.ts';
import { ExecutionDesk } from './execution/execution-desk.ts';
import { ExecutorBoard } from './execution/executor-board.ts';
import type { readDiskFreeBytes } from './execution/machine.ts';
import { removeWorkloads } from './execution/remove-workloads.ts';
import { UsageRecorder } from './execution/usage-recorder.ts';
import type { Executor } from './executors/executor.ts';
import { findSecretPlace, SecretFiles } from './executors/secret-files.ts';
import { FilePlaces } from './files/file-places.ts';
import type { GpuDetector } from './gpu/gpu-detector.ts';
import type { KernelLog } from './gpu/health/kernel-log.ts';
import type { StartProver } from './gpu-proof/device-prover.ts';
import type { HostClock, Instant } from './host-clock.ts';
import type { Journal } from './journal/journal.ts';
import { SqliteJournal } from './journal/sqlite/sqlite-journal.ts';
import { watchJournal } from './journal/watched-journal.ts';
import { LeaseKeeper, type startKeeperProcess } from './lease-keeper/lease-keeper.ts';
import { Channel, type OpenSocket } from './marketplace-link/channel.ts';
import { Heartbeater } from './marketplace-link/heartbeater.ts';
import { LeaseClock } from './marketplace-link/lease-clock.ts';
import { MarketplaceLink } from './marketplace-link/marketplace-link.ts';
import { OfferWording } from './marketplace-link/offer-wording.ts';
import { Outbox } from './marketplace-link/outbox.ts';
import { AgentMeasures } from './observability/agent-measures.ts';
import type { PolicyVerdict } from './policy/decide-policy.ts';
import { askOf } from './policy/find-policy-refusal.ts';
import { withPolicy } from './policy/machine-policy.ts';
import type { PolicyStore } from './policy/policy-store.ts';
import { PolicyWatch } from './policy/policy-watch.ts';
import type { ReadPowerSource } from './policy/power-source.ts';
import { SecretKeys } from './secret-keys.ts';
import type { writePrivateFile } from './secrets.ts';
import { HistoryKeeper } from './telemetry-history/history-keeper.ts';
import { TelemetryHistory } from './telemetry-history/telemetry-history.ts';
import { BalanceWatch } from './wallet/balance.ts';
import { EarningsWatch } from './wallet/earnings.ts';

const kept = {
  keep: localLimits.executionsKept,
  whole: localLimits.executionsWhole,
  offerBytesMax: localLimits.offerBytesKept,
};

/** What an executor needs to be made. */
export interface ExecutorContext {
  /** Labels everything an executor creates; the same for the life of the data directory. */
  ownerId: string;
  /** With what the policy said at the start in the place of its settings. */
  config: AgentConfig;
  /** The policy as it is now; null where no job runs. */
  policy: Pick<PolicyStore, 'current' | 'file'> | null;
  /** Memory that no job has, bytes; 0 while the agent takes no job. */
  idleMemoryBytes: () => number;
  clock: HostClock;
  log: Logger;
  /** Where secrets of jobs lie; null where there is no place for them. */
  secretFiles: SecretFiles | null;
}

/** The parts that tests replace. */
export interface AgentParts {
  createExecutors(context: ExecutorContext): readonly Executor[];
  createDetectors(context: ExecutorContext): readonly GpuDetector[];
  /** `null` where there is none, or no real device. */
  createKernelLog(context: ExecutorContext): KernelLog | null;
  createPowerSource(config: AgentConfig): ReadPowerSource;
  clock: HostClock;
  ids: Ids;
  log: Logger;
  /** null traces nothing. */
  tracer: Tracer | null;
  fetch: typeof fetch;
  openSocket: OpenSocket;
  /** 0…1, for jitter. */
  random: () => number;
  /** Free bytes on the disk of a folder; null where the system does not tell. */
  readDiskFreeBytes: typeof readDiskFreeBytes;
  /** Names this boot of the machine; null when it can't be known. */
  bootId: string | null;
  /** Wraps the journal once it is open. */
  wrapJournal: (journal: Journal) => Journal;
  writePrivateFile: typeof writePrivateFile;
  startProver: StartProver;
  startKeeper: typeof startKeeperProcess;
  /** What the page of the agent has looked at when its reader asks for it. */
  runDoctor(config: AgentConfig): Promise<readonly Check[]>;
}

/** Who is told about what happens inside. */
export interface CoreEvents {
  /** Something that the status shows has changed. */
  onStatus: () => void;
  /** The agent can take more or less than before. */
  onCapacity: () => void;
  /** The marketplace answers again after an outage. */
  onReachable: () => void;
  /** Calls and messages go another way now: over the socket, or without one. */
  onChannel: () => void;
  /** A message came over the socket. */
  onMessage: (message: AgentMessage, arrivedAt: Instant) => void;
  /** A challenge to idle devices came with a heartbeat. Not checked yet. */
  onChallenge: (challenge: unknown) => void;
  /** The provider's policy sells more or less than before. */
  onPolicy: (verdict: PolicyVerdict) => void;
  onFatal: (error: unknown) => void;
}

/** What is known outside of the core. */
export interface CoreOwner extends Pick<ExecutorContext, 'idleMemoryBytes'> {
  wallet: WalletKey;
  policyStore: PolicyStore;
}

/** All long-lived parts, wired to each other. */
export type AgentCore = ReturnType<typeof createCore>;

export function createCore(
  config: AgentConfig,
  parts: AgentParts,
  { wallet, policyStore, idleMemoryBytes }: CoreOwner,
  events: CoreEvents,
) {
  const { bootId, clock, log, random, tracer } = parts;
  const opened = new SqliteJournal({
    path: join(config.dataDir, 'journal.sqlite'),
    newOwnerId: () => systemIds.secret(12),
  });
  const journal = watchJournal(parts.wrapJournal(opened), events.onFatal);
  const measures = new AgentMeasures(clock);
  const wording = new OfferWording(log);
  const shutdown = new AbortController();
  const link = new MarketplaceLink(config.marketplaceUrl, {
    clock,
    fetch: parts.fetch,
    onChange: (reachable) => {
      events.onStatus();
      if (reachable === 'reachable') {
        wording.forget();
        outbox.retryAll();
        events.onReachable();
      }
    },
  });
  const crashGuard = new CrashGuard({
    clock,
    log,
    path: join(config.dataDir, 'starts.json'),
    deathsMax: config.crashesMax ?? 0,
    writePrivateFile: parts.writePrivateFile,
    leaseLeftMs: () => longestLeaseMs(journal, parts),
    onAbandoned: () => void removeWorkloads(board.executors, log),
    onChange: events.onStatus,
  });
  const leases = new LeaseClock(clock, () => keeper.changed());
  const keeper: LeaseKeeper = new LeaseKeeper({
    file: join(config.dataDir, 'kept-leases.json'),
    log,
    environment: config.environment,
    start: parts.startKeeper,
    running: () =>
      desk.handles().map(({ executionId, handle }) => ({
        handle,
        leaseUntilBootMs: leases.endBootMs(executionId),
      })),
  });
  const ownerId = journal.ownerId();
  const place = findSecretPlace(ownerId, config.dataDir, config.secretsOnDisk ?? 'refused');
  const secretFiles = place === null ? null : new SecretFiles(place);
  const secretKeys = new SecretKeys(
    join(config.dataDir, 'secret-keys.json'),
    parts.ids,
    parts.writePrivateFile,
  );
  const started = policyStore.current;
  const context: ExecutorContext = {
    ownerId,
    config: withPolicy(config, started),
    policy: policyStore,
    idleMemoryBytes,
    clock,
    log,
    secretFiles,
  };
  const watch = { clock, log, onChange: events.onCapacity };
  const leased = () => new Set(desk.reservations().flatMap(({ deviceIds }) => deviceIds));
  const history = new TelemetryHistory(clock);
  const historyPath = join(config.dataDir, 'telemetry-history.json');
  const historyKeeper = new HistoryKeeper({ history, path: historyPath, log });
  const inventory = new DeviceInventory({
    ...watch,
    detectors: parts.createDetectors(context),
    indexes: config.gpuIndexes ?? null,
    kernelLog: parts.createKernelLog(context),
    leased,
    onReadings: (readings) => {
      meter.note(readings);
      history.note(readings, leased());
    },
  });
  const meter = new RunMeter({
    clock,
    describe(deviceId) {
      const device = inventory.all().find(({ id }) => id === deviceId);
      const { asks, electricityUsdPerKwh } = policyStore.current;
      return {
        deviceId,
        model: device?.model ?? null,
        asks: askOf(asks, device?.modelId ?? null),
        electricityUsdPerKwh,
      };
    },
  });
  const board = new ExecutorBoard({ ...watch, executors: parts.createExecutors(context) });
  const disk = new DiskGuard({
    ...watch,
    read: () => parts.readDiskFreeBytes(config.dataDir),
    floorBytes: () => policyStore.current.diskFloorBytes,
    executors: () => board.executors,
  });
  const earnings = new EarningsWatch({ link, clock, log, onPaid: () => balance.wake() });
  const rpc =
    config.solanaRpcUrl === null ? null : { url: config.solanaRpcUrl, fetch: parts.fetch };
  const balance = new BalanceWatch({ rpc, link, clock, log, address: wallet.address });
  const files = {
    link,
    places: new FilePlaces(config.dataDir),
    allow: config.inputsFrom ?? {},
  };
  const counted = { measures, meter };
  const shared = { link, journal, leases, clock, bootId, log, random, ...counted, tracer, files };
  const outbox: Outbox = new Outbox({
    ...shared,
    onStop: (executionId, cause) => desk.stop(executionId, cause),
    onClosed: (executionId, closing) => {
      leases.forget(executionId);
      journal.prune(kept);
      if (closing === 'reported') earnings.wake();
      if (closing === 'reported') balance.wake();
      events.onStatus();
    },
  });
  const desk: ExecutionDesk = new ExecutionDesk({
    ...shared,
    secretsPlace: place?.kind ?? null,
    shutdown: shutdown.signal,
    onChange: (executionId) => {
      outbox.wake(executionId);
      heartbeater.quicken();
      keeper.changed();
      events.onStatus();
    },
    onImagePull: (executionId, imagePull) => outbox.noteImagePull(executionId, imagePull),
    onLines: (executionId) => outbox.wake(executionId),
    onEngineTrouble: () => board.suspect(),
    onCapacity: events.onCapacity,
    onFatal: events.onFatal,
  });
  const instanceId = parts.ids.secret(18);
  const usage = new UsageRecorder({
    clock,
    log,
    running: () => desk.usages(),
    samples: () => inventory.samples(),
  });
  const heartbeater: Heartbeater = new Heartbeater({
    ...shared,
    instanceId,
    samples: () => inventory.samples(),
    usage,
    onChallenge: events.onChallenge,
    onVerdict: (executionId, verdict) => {
      if (verdict === 'cancel') desk.stop(executionId, 'requester');
      if (verdict === 'stop') desk.stop(executionId, 'superseded');
    },
  });
  const channel =
    config.transport === 'http'
      ? null
      : createChannel(parts, { link, wording }, instanceId, events);
  if (channel !== null) link.useChannel(channel);
  const policy = new PolicyWatch({
    store: policyStore,
    clock,
    log,
    readPowerSource: parts.createPowerSource(config),
    devices: () => inventory.devices(),
    readings: () => inventory.readings(),
    leased,
    onChange: events.onPolicy,
  });
  return {
    balance,
    board,
    channel,
    clock,
    config,
    crashGuard,
    desk,
    disk,
    earnings,
    events,
    files,
    heartbeater,
    history,
    historyKeeper,
    instanceId,
    inventory,
    journal,
    keeper,
    leases,
    link,
    log,
    measures,
    outbox,
    parts,
    policy,
    secretFiles,
    secretKeys,
    shutdown,
    started,
    usage,
    wallet,
    wording,
  };
}

function createChannel(
  { clock, log, openSocket, random }: AgentParts,
  { link, wording }: { link: MarketplaceLink; wording: OfferWording },
  instanceId: string,
  events: CoreEvents,
): Channel {
  return new Channel({
    marketplaceUrl: link.url,
    openSocket,
    clock,
    log,
    random,
    instanceId,
    apiKey: () => link.apiKey,
    onMessage: events.onMessage,
    onChange: (state) => {
      if (state === 'opening') wording.forget();
      if (state === 'open') link.noteHello();
      events.onChannel();
    },
    onRefusal: (error) => link.noteError(error),
  });
}

/** What is left of the longest lease that an earlier process of this boot held, milliseconds. */
function longestLeaseMs(journal: Journal, { bootId, clock }: AgentParts): number {
  const lefts = journal.listOpen().map((execution) => {
    const { leaseUntilBootMs } = execution;
    const isOfThisBoot = bootId !== null && execution.bootId === bootId;
    if (leaseUntilBootMs === null || !isOfThisBoot) return 0;
    return leaseUntilBootMs - clock.bootMs() - limits.leaseSelfStopMs;
  });
  return Math.max(0, ...lefts);
}
