import { getuid } from 'node:process';
import { assert } from '@node3/shared/assert';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import type { EgressPolicy } from '../egress/egress-policy.ts';
import { ExecutionError } from '../execution-error.ts';
import type {
  ExecutionOutcome,
  ExecutionRequest,
  ExecutionUsage,
  Executor,
  ExecutorStatus,
  Isolation,
  LogLine,
  LogOptions,
  OwnedExecution,
  PreparedImage,
  PrepareProgress,
  StartedExecution,
  Workload,
  WorkloadHandle,
} from '../executor.ts';
import { raceSignal } from '../race-signal.ts';
import { readSeccompProfile, seccompProfileFile } from '../seccomp/seccomp-profile.ts';
import type { SecretFiles } from '../secret-files.ts';
import { containerName, type EngineTraits } from './container-config.ts';
import { launchContainer, toImageTraits } from './container-launch.ts';
import { listContainers, readOwnedExecution } from './container-list.ts';
import { ContainerSupervision } from './container-supervision.ts';
import { type DiskSpeedStatus, describeDiskSpeed, findDiskSpeed } from './disk-speed.ts';
import { engineMessage, ignoreMissing } from './engine-error.ts';
import { probeEngine, readEngineFolder } from './engine-probe.ts';
import { addressOf } from './engine-socket.ts';
import { listVolumeOwners, removeVolumes } from './execution-volumes.ts';
import { FixedVolumes } from './fixed-volumes.ts';
import { ImageCache } from './image-cache.ts';
import { type ImagePolicy, imagePolicyUsual } from './image-policy.ts';
import { ensureImage, findImage, type LocalImage } from './image-pull.ts';
import { ImageWatch } from './image-watch.ts';
import { type JobNetworkDeps, JobNetworks } from './job-networks.ts';
import { streamLogs } from './log-stream.ts';
import { isNumbered, streamNumberedLog } from './numbered-log.ts';
import { findOutputFolder } from './output-folder.ts';
import { makeWarmBox } from './warm/warm-box.ts';
import { type WarmPolicy, WarmPool } from './warm/warm-pool.ts';
import { type WarmRecord, WarmRecords } from './warm/warm-records.ts';
import { findWarmJob, unusedExitCode } from './warm/warm-shape.ts';

export interface DockerExecutorDeps {
  docker: Docker;
  /** Containers of other agents on the same engine are never touched. */
  agentId: string;
  clock: Clock;
  log: Logger;
  /** Such as `runsc` (gVisor) or `kata`; left out, jobs get the engine's default runtime. */
  runtime?: string;
  /**
   * False when the engine's disk is not this machine's: then files go in through its API and
   * output is measured by it. Left out: true for root, since only root sees volumes.
   */
  volumesReachable?: boolean;
  /** Where secrets of jobs lie; left out, jobs with secrets are refused. */
  secretFiles?: SecretFiles | null;
  /** A folder of the agent for output volumes of fixed size; left out, outputs are only measured. */
  volumeFolder?: string;
  /** What images the provider takes; left out, the usual. */
  images?: ImagePolicy;
  /** Where it is remembered which images jobs brought here; left out, nowhere. */
  imageCacheFile?: string;
  /** What the provider lets jobs reach; left out, nothing. */
  egress?: EgressPolicy | null;
  /** Tests give their own ways out. */
  networkTools?: Pick<JobNetworkDeps, 'lookup' | 'dial' | 'findFirewall'>;
  /** What may wait for jobs, and the file that says which job got which; left out, nothing waits. */
  warm?: { policy(): WarmPolicy; file: string };
  /** Free space on the outputs' disk below which workloads are stopped; left out, 512 MiB. */
  diskFreeBytesMin?: number;
  /** How fast a job may read and write each disk, in bytes per second; null or left out: no limit. */
  diskBytesPerSec?: number | null;
}

const isolationOfRuntime: Record<string, Isolation> = {
  runsc: 'sandbox',
  kata: 'vm',
  'kata-runtime': 'vm',
};

/** Runs each execution in one hardened container of the Docker API, as Docker or Podman speaks it. */
export class DockerExecutor implements Executor {
  readonly name = 'docker';
  readonly isolation: Isolation;
  readonly #deps: Omit<DockerExecutorDeps, 'warm'> & {
    volumesReachable: boolean;
    secretFiles: SecretFiles | null;
    networks: JobNetworks;
    images: ImagePolicy;
    cache: ImageCache;
    fixedVolumes: FixedVolumes | null;
    warm: { pool: WarmPool; records: WarmRecords } | null;
  };
  #volumesFound: Promise<FixedVolumes | null> | null = null;
  readonly #supervisions = new Map<string, ContainerSupervision>();
  /** By the workload of the request that it was prepared for. */
  readonly #prepared = new WeakMap<Workload, LocalImage>();
  readonly #images: ImageWatch;
  #traits: EngineTraits | null = null;

  constructor(deps: DockerExecutorDeps) {
    this.#images = new ImageWatch(deps.docker);
    const volumesReachable = deps.volumesReachable ?? getuid?.() === 0;
    const networks = new JobNetworks({
      ...deps,
      egress: deps.egress ?? null,
      ...deps.networkTools,
    });
    this.#deps = {
      ...deps,
      volumesReachable,
      secretFiles: deps.secretFiles ?? null,
      networks,
      images: deps.images ?? imagePolicyUsual,
      fixedVolumes: null,
      warm: deps.warm === undefined ? null : this.#openWarm(deps.warm, deps),
      cache: new ImageCache({ ...deps, file: deps.imageCacheFile ?? null }),
    };
    this.isolation = isolationOfRuntime[deps.runtime ?? ''] ?? 'container';
  }

  async probe(): Promise<ExecutorStatus> {
    const status = await probeEngine(this.#deps.docker, this.#deps.runtime ?? null);
    await this.#findFixedVolumes();
    const facts = status.isolationEffective;
    if (!status.available || facts === null) return status;
    const engine = facts.engine === 'podman' ? 'podman' : 'docker';
    const plain = engine === 'docker' && facts.runtimesKnown.includes('runc') ? 'runc' : null;
    const runtime = this.#deps.runtime ?? plain;
    const reach = this.#deps.volumesReachable && !facts.rootless ? 'reachable' : 'remote';
    const diskSpeed = await this.#findDiskSpeed(reach, runtime ?? facts.runtime);
    this.#traits = {
      engine,
      // Podman takes the name of a file where Docker takes the text.
      seccompProfile: engine === 'podman' ? seccompProfileFile : readSeccompProfile(),
      runtime,
      nvidia: facts.nvidia,
      apparmor: facts.apparmor,
      diskSpeed: diskSpeed.limited ? diskSpeed.speed : null,
    };
    const outputs = this.#deps.fixedVolumes === null ? 'measured every second' : 'fixed size';
    const refusal = this.#deps.warm?.pool.refusal ?? null;
    const isolationEffective = {
      ...facts,
      outputs,
      diskSpeed: describeDiskSpeed(diskSpeed),
      ...(refusal !== null && { warmContainers: `none: ${refusal}` }),
    };
    return { ...status, isolationEffective, egress: await this.#deps.networks.probe(reach) };
  }

  async prepare(
    request: ExecutionRequest,
    signal: AbortSignal,
    onProgress: (progress: PrepareProgress) => void,
  ): Promise<PreparedImage> {
    const { engine } = await this.#requireTraits();
    // Only what is given to a container that waits is started without another look at its image.
    const isWatched = engine === 'docker' && this.#deps.warm?.pool.isOn === true;
    const deps = { ...this.#deps, engine, watch: isWatched ? this.#images : null };
    const image = await ensureImage(deps, request.workload.image, signal, onProgress);
    onProgress({ phase: 'ready' });
    this.#prepared.set(request.workload, image);
    const { imageId, imageDigest, sizeBytes, pulled } = image;
    return { imageId, imageDigest, sizeBytes, pulled };
  }

  async start(request: ExecutionRequest): Promise<StartedExecution> {
    const { executionId } = request;
    assert(!this.#supervisions.has(executionId), 'an execution is started once');
    const traits = await this.#requireTraits();
    const prepared = this.#prepared.get(request.workload) ?? null;
    let supervision: ContainerSupervision;
    try {
      supervision = await launchContainer(this.#deps, traits, request, prepared);
    } catch (error) {
      await this.remove(executionId).catch((cause: unknown) => {
        this.#deps.log.warn({ err: cause, executionId }, 'a failed start left traces');
      });
      throw error;
    }
    this.#supervisions.set(executionId, supervision);
    const { startedAtMs, deadlineAtMs } = supervision;
    return { executionId, startedAtMs, deadlineAtMs };
  }

  async wait(executionId: string, signal: AbortSignal): Promise<ExecutionOutcome> {
    return raceSignal(this.#require(executionId).outcome(), signal);
  }

  async cancel(executionId: string, why: string): Promise<void> {
    const supervision = this.#supervisions.get(executionId);
    if (supervision !== undefined) await supervision.stop({ kind: 'cancelled', why });
  }

  async logs(
    executionId: string,
    options: LogOptions,
    sink: (line: LogLine) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { facts, output } = this.#require(executionId);
    const bytesMax = facts.logBytesMax;
    const { docker, clock } = this.#deps;
    const container = docker.getContainer(containerName(this.#boxOf(executionId)));
    const { sinceMs, from = { stdout: 0, stderr: 0 } } = options;
    const live = sinceMs === undefined ? (output?.take() ?? null) : null;
    const isKnown = live !== null || options.from !== undefined;
    // Those of an earlier version, and of Podman, are read by their times.
    if (isKnown || (sinceMs === undefined && (await isNumbered(container).catch(() => false)))) {
      const source = { container, clock, live };
      await streamNumberedLog(source, { ...options, bytesMax, from }, sink, signal);
      return;
    }
    await streamLogs(container, { ...options, bytesMax }, sink, signal);
  }

  async remove(executionId: string): Promise<void> {
    await this.#supervisions.get(executionId)?.close();
    this.#supervisions.delete(executionId);
    await this.#removeBox(this.#boxOf(executionId));
    await this.#deps.networks.remove(executionId);
    await this.#deps.secretFiles?.remove(executionId);
    this.#deps.warm?.records.remove(executionId);
  }

  async tryWarm(request: ExecutionRequest): Promise<string | null> {
    const traits = await this.#requireTraits();
    if (traits.engine === 'podman') return 'Podman is not made for it.';
    const image = await findImage({ ...this.#deps, engine: traits.engine }, request.workload.image);
    const job =
      image && findWarmJob(request, toImageTraits(image), traits, this.#deps.fixedVolumes);
    if (job === null) return 'Outputs have no size of their own here.';
    const boxId = `warm-${request.executionId}`;
    try {
      const box = await makeWarmBox(this.#deps, job.shape, boxId);
      return (await box.claim()) ? null : 'It ended at once.';
    } catch (error) {
      return engineMessage(error);
    } finally {
      await this.#removeBox(boxId);
    }
  }

  /** Names of the containers that a job would get at once. */
  get waiting(): string[] {
    return this.#deps.warm?.pool.waiting.map(containerName) ?? [];
  }

  /** Includes executions of which only volumes or networks are left; they are listed as created. */
  async list(): Promise<OwnedExecution[]> {
    const { docker, agentId, networks } = this.#deps;
    const containers = await listContainers(docker, agentId);
    const leftovers = [...(await listVolumeOwners(docker, agentId)), ...(await networks.list())];
    const owned = new Map(leftovers.map((each) => [each.executionId, each]));
    for (const container of containers) owned.set(container.executionId, container);
    return [...owned.values()].flatMap((each) => this.#asOwned(each));
  }

  async adopt(executionId: string): Promise<OwnedExecution | null> {
    await this.#findFixedVolumes();
    const record = this.#deps.warm?.records.get(executionId) ?? null;
    const boxId = this.#boxOf(executionId);
    const found = await readOwnedExecution(this.#deps.docker, this.#deps.agentId, boxId);
    if (found === null) return null;
    // The agent died before it had told the container what to run.
    const isUnused = found.owned.state === 'exited' && found.exitCode === unusedExitCode;
    if (record?.isTold === false && isUnused) return null;
    const facts = record?.facts ?? found.facts;
    const owned = { ...found.owned, ...ownerIn(record) };
    if (owned.startedAtMs !== null && !this.#supervisions.has(executionId)) {
      await this.#reopenNetwork(executionId, owned, facts.proxyPort);
      const supervision = new ContainerSupervision(this.#deps, facts, owned.startedAtMs);
      this.#supervisions.set(executionId, supervision);
    }
    return owned;
  }

  outputFolder(executionId: string, staging: () => Promise<string>): Promise<string | null> {
    return findOutputFolder(this.#deps, this.#boxOf(executionId), staging);
  }

  freeDisk(bytes: number): Promise<void> {
    return this.#deps.cache.free(bytes);
  }

  handle(executionId: string): WorkloadHandle | null {
    if (!this.#supervisions.has(executionId)) return null;
    const name = containerName(this.#boxOf(executionId));
    return { engine: addressOf(this.#deps.docker), name };
  }

  usage(executionId: string): ExecutionUsage | null {
    return this.#supervisions.get(executionId)?.usage ?? null;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#supervisions.values()].map((each) => each.close()));
    this.#supervisions.clear();
    this.#images.close();
    await this.#deps.warm?.pool.close();
    await this.#deps.networks.close();
  }

  #boxOf(executionId: string): string {
    return this.#deps.warm?.records.get(executionId)?.facts.boxId ?? executionId;
  }

  async #removeBox(boxId: string): Promise<void> {
    await this.#findFixedVolumes();
    const container = this.#deps.docker.getContainer(containerName(boxId));
    await ignoreMissing(container.remove({ force: true, v: true }));
    await removeVolumes(this.#deps, boxId);
  }

  #openWarm(warm: NonNullable<DockerExecutorDeps['warm']>, { clock, log }: DockerExecutorDeps) {
    const pool = new WarmPool({
      clock,
      log,
      policy: () => warm.policy(),
      make: (shape, boxId) => makeWarmBox(this.#deps, shape, boxId),
      remove: (boxId) => this.#removeBox(boxId),
    });
    return { pool, records: new WarmRecords(warm.file, log) };
  }

  /** What waits for a job is nobody's; what an earlier process left waiting is a leftover. */
  #asOwned(found: OwnedExecution): OwnedExecution[] {
    const { warm } = this.#deps;
    if (warm === null) return [found];
    if (warm.pool.has(found.executionId)) return [];
    const executionId = warm.records.ownerOf(found.executionId);
    if (executionId === null) return [found];
    return [{ ...found, ...ownerIn(warm.records.get(executionId)) }];
  }

  /** A job whose network can't be guarded loses it and goes on: what it can still do is its own affair. */
  async #reopenNetwork(
    executionId: string,
    { state }: OwnedExecution,
    proxyPort: number | null,
  ): Promise<void> {
    if (proxyPort === null || state !== 'running') return;
    try {
      await this.#requireTraits();
      await this.#deps.networks.adopt(executionId, proxyPort);
    } catch (error) {
      this.#deps.log.warn({ err: error, executionId }, 'the proxy of a job was not opened again');
      await this.#deps.networks.cutOff(executionId);
    }
  }

  /** Tried once: where it does not work, somebody has to change the machine. */
  async #findFixedVolumes(): Promise<void> {
    const { volumeFolder, volumesReachable } = this.#deps;
    if (volumeFolder === undefined || !volumesReachable) return;
    this.#volumesFound ??= FixedVolumes.find(volumeFolder);
    this.#deps.fixedVolumes = await this.#volumesFound;
  }

  async #findDiskSpeed(
    reach: 'reachable' | 'remote',
    runtime: string | null,
  ): Promise<DiskSpeedStatus> {
    const engineFolder = reach === 'reachable' ? await readEngineFolder(this.#deps.docker) : null;
    const bytesPerSec = this.#deps.diskBytesPerSec ?? null;
    return findDiskSpeed({ bytesPerSec, engineFolder, runtime });
  }

  async #requireTraits(): Promise<EngineTraits> {
    if (this.#traits === null) await this.probe();
    if (this.#traits !== null) return this.#traits;
    throw new ExecutionError('engine_error', 'The container engine cannot run jobs.');
  }

  #require(executionId: string): ContainerSupervision {
    const supervision = this.#supervisions.get(executionId);
    assert(supervision !== undefined, 'the execution was started or adopted here');
    return supervision;
  }
}

function ownerIn(record: WarmRecord | null): Partial<OwnedExecution> {
  if (record === null) return {};
  const { attempt, executionId, jobId } = record.facts;
  return { attempt, executionId, jobId, startedAtMs: record.startedAtMs };
}
