import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionRequest } from '../executor.ts';
import { collectJobFiles } from '../job-files.ts';
import { type SecretFiles, writeSecrets } from '../secret-files.ts';
import { buildContainerConfig, type EngineTraits } from './container-config.ts';
import { readLabels, writeLabels } from './container-labels.ts';
import { readEngineTime } from './container-outcome.ts';
import { ContainerSupervision, type SupervisionDeps } from './container-supervision.ts';
import { createVolumes } from './execution-volumes.ts';
import { checkVisibleDevices } from './gpu-check.ts';
import { findImage } from './image-pull.ts';
import type { JobNetworks } from './job-networks.ts';
import { toStartError } from './start-error.ts';

/**
 * Creates volumes and container, starts it and begins to supervise it.
 * @throws ExecutionError; the caller removes what was made so far.
 */
export async function launchContainer(
  deps: SupervisionDeps & { secretFiles: SecretFiles | null; networks: JobNetworks },
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
    const imageTraits = { id: image.imageId, volumes: image.volumes, env: image.env };
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
    const { State } = await container.inspect();
    const startedAtMs = readEngineTime(State.StartedAt) ?? deps.clock.nowMs();
    return new ContainerSupervision(deps, facts, startedAtMs);
  } catch (error) {
    throw toStartError(error);
  }
}

/**
 * The client would repeat the whole configuration in the address: with a job's arguments and
 * variables it grows over what the engine reads of a request line, and ends up in its logs.
 */
function createContainer(
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
