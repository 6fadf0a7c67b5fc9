import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionRequest } from '../executor.ts';
import { collectJobFiles, type JobFiles } from '../job-files.ts';
import { type SecretFiles, writeSecrets } from '../secret-files.ts';
import { attachOutput } from './attached-output.ts';
import { buildContainerConfig, containerName, type EngineTraits } from './container-config.ts';
import { type ContainerFacts, readLabels, writeLabels } from './container-labels.ts';
import { readEngineTime } from './container-outcome.ts';
import { ContainerSupervision, type SupervisionDeps } from './container-supervision.ts';
import { createContainer } from './create-container.ts';
import { addressOf } from './engine-socket.ts';
import { createVolumes, fillVolumes } from './execution-volumes.ts';
import { checkVisibleDevices } from './gpu-check.ts';
import type { ImageCache } from './image-cache.ts';
import { findImage, type LocalImage } from './image-pull.ts';
import type { JobNetworks } from './job-networks.ts';
import { OutputTap } from './output-tap.ts';
import { handOverOutput } from './podman-start.ts';
import { toStartError } from './start-error.ts';
import type { WarmPool } from './warm/warm-pool.ts';
import type { WarmRecord, WarmRecords } from './warm/warm-records.ts';
import { findWarmJob, type WarmImage, type WarmJob } from './warm/warm-shape.ts';

export type LaunchDeps = SupervisionDeps & {
  secretFiles: SecretFiles | null;
  networks: JobNetworks;
  cache: ImageCache;
  /** null where no container waits for a job. */
  warm: { pool: WarmPool; records: WarmRecords } | null;
};

/**
 * Creates volumes and container, starts it and begins to supervise it; or takes one that waits.
 * @param prepared the image as the preparation has found it; null gets a container of its own.
 * @throws ExecutionError; the caller removes what was made so far.
 */
export async function launchContainer(
  deps: LaunchDeps,
  traits: EngineTraits,
  request: ExecutionRequest,
  prepared: LocalImage | null,
): Promise<ContainerSupervision> {
  const facts = readLabels(writeLabels(request));
  if (facts === null) throw new ExecutionError('request_invalid', 'A limit is not a whole number.');
  try {
    const files = collectJobFiles(request);
    const { engine } = traits;
    const { warm } = deps;
    const findJob = (image: LocalImage) =>
      engine === 'docker' && warm?.pool.isOn === true
        ? findWarmJob(request, toImageTraits(image), traits, deps.fixedVolumes)
        : null;
    const waiting = prepared === null ? null : findJob(prepared);
    const given =
      warm === null || waiting === null
        ? null
        : await giveToWarm(deps, warm, waiting, { facts, files });
    if (given !== null) return given;
    await warm?.pool.makeRoom();
    // What waits keeps its image; a container of its own needs it to be here still.
    const image = await findImage({ ...deps, engine }, request.workload.image);
    if (image === null) {
      throw new ExecutionError('image_not_found', 'The image is not on this machine any more.');
    }
    const secretsDirectory = await writeSecrets(deps.secretFiles, request, null);
    const network =
      request.network === 'none'
        ? null
        : await deps.networks.open(request, request.network.egressHosts);
    const outputDevice = await createVolumes({ ...deps, engine }, request, files, image.imageId);
    const parts = { secretsDirectory, network, outputDevice };
    const config = buildContainerConfig(request, toImageTraits(image), traits, parts);
    await checkVisibleDevices({ ...deps, engine }, config, request.devices);
    const container = await createContainer(deps.docker, config, engine);
    if (engine === 'podman') await handOverOutput(deps, request.executionId);
    const output = await startContainer(deps, container, request, engine);
    const job = findJob(image);
    if (job !== null) warm?.pool.want(job.shape);
    const { State } = await container.inspect();
    const startedAtMs = readEngineTime(State.StartedAt) ?? deps.clock.nowMs();
    return new ContainerSupervision(deps, facts, startedAtMs, output);
  } catch (error) {
    throw toStartError(error);
  }
}

/** @returns its output as it is written; null where that is read from the stored log. */
export async function startContainer(
  { docker }: Pick<LaunchDeps, 'docker'>,
  container: Docker.Container,
  request: ExecutionRequest,
  engine: EngineTraits['engine'],
): Promise<OutputTap | null> {
  const [stdin, stream] = await Promise.allSettled([
    openStdin(docker, request),
    engine === 'docker' ? attachOutput(addressOf(docker), container.id) : null,
  ]);
  const output = stream.status === 'fulfilled' && stream.value ? new OutputTap(stream.value) : null;
  try {
    if (stdin.status === 'rejected') throw stdin.reason;
    if (stream.status === 'rejected') throw stream.reason;
    await container.start();
    stdin.value?.feed();
    return output;
  } catch (error) {
    // Engines keep what is attached to a container, even when it is gone.
    if (stdin.status === 'fulfilled') stdin.value?.close();
    output?.close();
    throw error;
  }
}

export function toImageTraits({
  command,
  entrypoint,
  env,
  imageId: id,
  volumes,
}: LocalImage): WarmImage {
  return { id, volumes, env, command, entrypoint };
}

/** @returns null when no container waits for a job like this one. */
async function giveToWarm(
  deps: LaunchDeps,
  warm: NonNullable<LaunchDeps['warm']>,
  { shape, startLine }: WarmJob,
  { facts, files }: { facts: ContainerFacts; files: JobFiles },
): Promise<ContainerSupervision | null> {
  const { pool, records } = warm;
  const factsIn = (boxId: string) => ({ ...facts, boxId });
  // Known before its first instruction: a later process finds it, or knows that there was none.
  const note = (boxId: string) =>
    records.save({ facts: factsIn(boxId), startedAtMs: deps.clock.nowMs(), isTold: false });
  const box = await pool.take(shape, note);
  if (box === null) {
    records.remove(facts.executionId);
    return null;
  }
  const { boxId } = box;
  const own = factsIn(boxId);
  let startedAtMs: number;
  try {
    await fillVolumes(deps, boxId, files);
    startedAtMs = deps.clock.nowMs();
    await box.start(startLine);
  } catch (error) {
    box.close();
    throw error;
  }
  tellOf(deps, records, { facts: own, startedAtMs, isTold: true });
  pool.want(shape);
  return new ContainerSupervision(deps, own, startedAtMs, new OutputTap(box.output));
}

/** Without it, what a job ends with after a crash of ours may be taken for no end: it runs again. */
function tellOf({ log }: LaunchDeps, records: WarmRecords, record: WarmRecord): void {
  try {
    records.save(record);
  } catch (error) {
    const { boxId } = record.facts;
    log.warn({ err: error, boxId }, 'it was not noted that a container has its job');
  }
}

/** Attached before the start, so that the workload never finds its input closed; null for none. */
async function openStdin(docker: Docker, request: ExecutionRequest) {
  const { workload } = request;
  if (workload.kind !== 'container' || workload.stdin === null) return null;
  const text = workload.stdin;
  const stream = await attachStdin(docker, containerName(request.executionId));
  // A workload that does not read its input closes the pipe, which is no error of ours.
  stream.on('error', () => {});
  return { feed: () => stream.end(text), close: () => stream.destroy() };
}

/** The client's own way sends the options as a body too, which Podman takes for input. */
async function attachStdin({ modem }: Docker, name: string): Promise<Writable> {
  const dial = promisify(modem.dial.bind(modem));
  const stream = await dial({
    path: `/containers/${name}/attach?`,
    method: 'POST',
    isStream: true,
    hijack: true,
    options: { _query: { stream: true, stdin: true } },
    file: Buffer.alloc(0),
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
  });
  return stream as Writable;
}
