import { isDeepStrictEqual, promisify } from 'node:util';
import type Docker from 'dockerode';
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import { ignoreMissing } from './engine-error.ts';
import { toGivenCpus, writePodmanSpec } from './podman-spec.ts';

/** The earliest that knows all that is said; later versions of Podman answer for it too. */
const api = '/v4.0.0/libpod';

/**
 * Makes a container with CDI devices over Podman's own API: over Docker's, many of its versions leave
 * them out without a word. All else is as Docker's API makes it of the same configuration, and what
 * holds the job in is not believed but looked at in the container that was made.
 * @throws ExecutionError `gpu_error` where it is not there, with the container gone.
 */
export async function createCdiContainer(
  docker: Docker,
  config: ContainerCreateOptions,
): Promise<Docker.Container> {
  await call(docker, 'POST', '/containers/create', writePodmanSpec(config));
  const container = docker.getContainer(config.name ?? '');
  try {
    const found = await call(docker, 'GET', `/containers/${config.name}/json`);
    refuseLoose(found as Inspected, config);
    return container;
  } catch (error) {
    await ignoreMissing(container.remove({ force: true }));
    throw error;
  }
}

/** What Podman says of a container, as far as it is looked at. */
interface Inspected {
  EffectiveCaps?: string[] | null;
  BoundingCaps?: string[] | null;
  Mounts: { Name?: string; Source: string; Destination: string; RW: boolean }[];
  Config: { User: string };
  HostConfig: Record<string, unknown> & { SecurityOpt: string[]; Tmpfs: object };
}

function refuseLoose(found: Inspected, { HostConfig = {}, User }: ContainerCreateOptions): void {
  const { HostConfig: host } = found;
  const NanoCpus = toGivenCpus(HostConfig.NanoCpus ?? 0);
  const wanted: Record<string, unknown> = { ...HostConfig, NanoCpus };
  const facts: Record<string, [unknown, unknown]> = {
    capabilities: [[...(found.EffectiveCaps ?? []), ...(found.BoundingCaps ?? [])], []],
    'new privileges': [host.SecurityOpt.includes('no-new-privileges'), true],
    user: [found.Config.User, User],
    mounts: [found.Mounts.map(toMount).sort(), listMounts(HostConfig).sort()],
    Tmpfs: [Object.keys(host.Tmpfs).sort(), Object.keys(HostConfig.Tmpfs ?? {}).sort()],
    ...Object.fromEntries(sameFacts.map((name) => [name, [host[name], wanted[name]]])),
    ...Object.fromEntries(ownFacts.map((name) => [name, [ownAs(host[name]), 'private']])),
  };
  const loose = Object.entries(facts).find(([, [is, ought]]) => !isDeepStrictEqual(is, ought));
  if (loose === undefined) return;
  const [name, [is, ought]] = loose;
  const detail = `Podman made a container with ${name}: ${JSON.stringify(is)} instead of ${JSON.stringify(ought)}. It is not started.`;
  throw new ExecutionError('gpu_error', detail);
}

const sameFacts = [
  'CpuShares',
  'Init',
  'Memory',
  'MemorySwap',
  'NanoCpus',
  'NetworkMode',
  'OomScoreAdj',
  'PidsLimit',
  'Privileged',
  'ReadonlyRootfs',
  'ShmSize',
];
const ownFacts = ['IpcMode', 'PidMode', 'UTSMode', 'CgroupMode'];

/** Its own memory for processes to share is called so, since another container might ask for it. */
function ownAs(mode: unknown): unknown {
  return mode === 'shareable' ? 'private' : mode;
}

function toMount({ Name, Source, Destination, RW }: Inspected['Mounts'][number]): string {
  return `${Name ?? Source}:${Destination}:${RW ? 'rw' : 'ro'}`;
}

function listMounts({ Binds = [], Mounts = [] }: HostConfig): string[] {
  const volumes = Binds.map((bind) => bind.replace(/,.*$/, ''));
  const others = Mounts.map(
    ({ Source, Target, ReadOnly }) => `${Source}:${Target}:${ReadOnly === true ? 'ro' : 'rw'}`,
  );
  return [...volumes, ...others];
}

async function call(docker: Docker, method: string, path: string, json?: string): Promise<unknown> {
  const dial = promisify(docker.modem.dial.bind(docker.modem));
  const options = {
    path: `${api}${path}`,
    method,
    ...(json !== undefined && { file: Buffer.from(json) }),
    statusCodes: { 200: true, 201: true, 404: 'no such container or image', 500: 'server error' },
  };
  return await dial(options);
}
