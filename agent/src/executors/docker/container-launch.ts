import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionRequest } from '../executor.ts';
import { collectJobFiles, type JobFiles } from '../job-files.ts';
import { type SecretFiles, writeSecrets } from '../secret-files.ts';
import { buildContainerConfig, type EngineTraits } from './container-config.ts';
import { type ContainerFacts, readLabels, writeLabels } from './container-labels.ts';
import { readEngineTime } from './container-outcome.ts';
import { ContainerSupervision, type SupervisionDeps } from './container-supervision.ts';
import { createVolumes, fillVolumes } from './execution-volumes.ts';
import { checkVisibleDevices } from './gpu-check.ts';
import { findImage } from './image-pull.ts';
import type { JobNetworks } from './job-networks.ts';
import { toStartError } from './start-error.ts';
import type { WarmPool } from './warm/warm-pool.ts';
import type { WarmRecords } from './warm/warm-records.ts';
import { findWarmShape, type WarmShape } from './warm/warm-shape.ts';

export type LaunchDeps = SupervisionDeps & {
  secretFiles: SecretFiles | null;
  networks: JobNetworks;
  /** null where no container waits for a job. */
  warm: { pool: WarmPool; records: WarmRecords } | null;
};

/**
 * Creates volumes and container, starts it and begins to supervise it.
 * @throws ExecutionError; the caller removes what was made so far.
 */
export async function launchContainer(
  deps: LaunchDeps,
  traits: EngineTraits,
  request: ExecutionRequest,
): Promise<ContainerSupervision> {
  const facts = readLabels(writeLabels(request));
  if (facts === null) throw new ExecutionError('request_invalid', 'A limit is not a whole number.');
  try {
    const files = collectJobFiles(request);
    const image = await findImage(deps, request.workload.image);
    if (image === null) {
      throw new ExecutionError('image_not_found', 'The image is not on this machine any more.');
    }
    const { command, entrypoint, env, imageId: id, volumes } = image;
    const imageTraits = { id, volumes, env, command, entrypoint };
    const isOn = deps.warm?.pool.isOn === true && deps.volumesReachable;
    const shape = isOn ? findWarmShape(request, imageTraits, traits) : null;
    const given = shape === null ? null : await giveToWarm(deps, shape, facts, files);
    if (given !== null) return given;
    const secretsDirectory = await writeSecrets(deps.secretFiles, request, null);
    const network =
      request.network === 'none'
        ? null
        : await deps.networks.open(request, request.network.egressHosts);
    const parts = { secretsDirectory, network };
    const config = buildContainerConfig(request, imageTraits, traits, parts);
    await createVolumes(deps, request, files, image.imageId);
    await checkVisibleDevices(deps, config, request.devices);
    const container = await createContainer(deps.docker, config);
    const feed = await openStdin(container, request);
    await container.start();
    feed();
    if (shape !== null) deps.warm?.pool.want(shape);
    const { State } = await container.inspect();
    const startedAtMs = readEngineTime(State.StartedAt) ?? deps.clock.nowMs();
    return new ContainerSupervision(deps, facts, startedAtMs);
  } catch (error) {
    throw toStartError(error);
  }
}

/** @returns null when no container waits for a job like this one. */
async function giveToWarm(
  deps: LaunchDeps,
  shape: WarmShape,
  facts: ContainerFacts,
  files: JobFiles,
): Promise<ContainerSupervision | null> {
  const box = (await deps.warm?.pool.take(shape)) ?? null;
  if (box === null) return null;
  const { boxId } = box;
  const startedAtMs = deps.clock.nowMs();
  const record = { facts: { ...facts, boxId }, startedAtMs };
  // Known on disk before its first instruction: a later process finds it, or knows that there was none.
  await Promise.all([deps.warm?.records.save(record), fillVolumes(deps, boxId, files)]);
  await box.start(shape.startLine);
  deps.warm?.pool.want(shape);
  return new ContainerSupervision(deps, record.facts, startedAtMs);
}

/**
 * The client would repeat the whole configuration in the address: with a job's arguments and
 * variables it grows over what the engine reads of a request line, and ends up in its logs.
 */
export function createContainer(
  docker: Docker,
  config: ContainerCreateOptions,
): Promise<Docker.Container> {
  const { name, ...body } = config;
  const split = { _query: { name }, _body: body };
  return docker.createContainer(split as ContainerCreateOptions);
}

/** Attached before the start, so that the workload never finds its input closed. */
async function openStdin(
  container: Docker.Container,
  request: ExecutionRequest,
): Promise<() => void> {
  const { workload } = request;
  if (workload.kind !== 'container' || workload.stdin === null) return () => {};
  const text = workload.stdin;
  const stream = await container.attach({ stream: true, stdin: true, hijack: true });
  // A workload that does not read its input closes the pipe, which is no error of ours.
  stream.on('error', () => {});
  return () => {
    stream.end(text);
  };
}
