import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import type { EngineTraits } from './container-config.ts';
import { createCdiContainer } from './podman-create.ts';

/**
 * The client would repeat the whole configuration in the address: with a job's arguments and
 * variables it grows over what the engine reads of a request line, and ends up in its logs.
 * @throws the engine's error; on Podman ExecutionError `gpu_error` too.
 */
export function createContainer(
  docker: Docker,
  config: ContainerCreateOptions,
  engine: EngineTraits['engine'],
): Promise<Docker.Container> {
  const requests = config.HostConfig?.DeviceRequests ?? [];
  if (engine === 'podman' && requests.length > 0) return createCdiContainer(docker, config);
  const { name, ...body } = config;
  const split = { _query: { name }, _body: body };
  return docker.createContainer(split as ContainerCreateOptions);
}
