import { posix } from 'node:path';
import type { ContainerCreateOptions, DeviceMapping, HostConfig } from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionDevice, ExecutionRequest } from '../executor.ts';
import { buildJobEnvironment } from '../job-environment.ts';
import { scriptCommand } from '../job-files.ts';
import { secretsMount } from '../secret-files.ts';
import { writeLabels } from './container-labels.ts';
import { type DiskSpeed, limitDisks } from './disk-speed.ts';
import { overrideImage } from './image-environment.ts';
import type { JobNetwork } from './job-networks.ts';

/** The image as the engine stores it. */
export interface ImageTraits {
  id: string;
  /** Paths the image declares as volumes. */
  volumes: readonly string[];
  /** Variables it sets, as `NAME=value`. */
  env: readonly string[];
}

/** The library's types lack the field. */
type HardenedHostConfig = HostConfig & { CgroupnsMode: 'private' };

/** What the engine can do, as far as it shapes a container. */
export interface EngineTraits {
  engine: 'docker' | 'podman';
  /** As the engine takes it: its text, or for Podman the file it is in. */
  seccompProfile: string;
  /** The runtime for jobs without NVIDIA devices; null for the engine's default. */
  runtime: string | null;
  nvidia: 'runtime' | 'cdi' | null;
  apparmor: boolean;
  /** null where the disk's speed is not limited. */
  diskSpeed: DiskSpeed | null;
}

export const jobUserId = 65_534;
export const jobDirectories = {
  input: '/input',
  output: '/output',
  home: '/tmp',
  secrets: secretsMount,
} as const;
export const codeDirectory = '/job';

const tmpBytesMin = 16 * 1024 * 1024;
const tmpInodesMax = 65_536;
/** An image with more declared volumes than this is not run. */
const imageVolumesMax = 16;
/** A mount there would replace what the engine hides and protects. */
const systemPath = /^\/$|^\/(?:proc|sys|dev)(?:\/|$)/;
/** A quarter of what the programs of the machine have. */
const cpuShares = 256;
const logFileBytesMin = 1024 * 1024;
/** What such a log gives back has the bytes that were written. */
export const exactLogDriver = 'local';
const executionIdPattern = /^[A-Za-z0-9_-]{1,64}$/;
const renderNodePattern = /^\/dev\/dri\/renderD\d{1,4}$/;

/** The container and its volumes carry the execution's id, so leftovers can be recognised. */
export function containerName(executionId: string): string {
  if (!executionIdPattern.test(executionId)) {
    throw new ExecutionError('request_invalid', 'The execution id cannot name a container.');
  }
  return `n3-${executionId}`;
}

export function volumeNames(executionId: string): { input: string; output: string; code: string } {
  const name = containerName(executionId);
  return { input: `${name}-input`, output: `${name}-output`, code: `${name}-code` };
}

/** What was made for a container before it: null for what it does without. */
export interface ContainerParts {
  secretsDirectory: string | null;
  network: JobNetwork | null;
  /** The output's own disk, where it is one of fixed size. */
  outputDevice: string | null;
}

export const noParts: ContainerParts = {
  secretsDirectory: null,
  network: null,
  outputDevice: null,
};

/**
 * The whole container of an execution. Pure: every value is a constant of ours, a checked number
 * of the request, or job text in a place where the engine treats it as data (image, argument
 * list, environment). No part of the HostConfig is ever copied from a job.
 */
export function buildContainerConfig(
  request: ExecutionRequest,
  image: ImageTraits,
  traits: EngineTraits,
  parts: ContainerParts = noParts,
): ContainerCreateOptions {
  const { workload } = request;
  const env = buildJobEnvironment(request, jobDirectories);
  return {
    name: containerName(request.executionId),
    Image: image.id,
    ...command(request),
    ...(workload.kind === 'container' && workload.workdir !== null
      ? { WorkingDir: workload.workdir }
      : {}),
    Env: [
      ...Object.entries({ ...env, ...proxyVariables(parts.network) }).map(
        ([name, value]) => `${name}=${value}`,
      ),
      ...overrideImage(image.env, env, request.devices),
    ],
    User: `${jobUserId}:${jobUserId}`,
    Hostname: 'job',
    // A terminal would mix the two output streams and opens the console's attack surface.
    Tty: false,
    ...standardInput(request),
    StopSignal: 'SIGTERM',
    NetworkDisabled: parts.network === null,
    // An image's own health check would run beside the job and count against its limits.
    Healthcheck: { Test: ['NONE'] },
    Labels: writeLabels(request, parts.network?.proxyPort ?? null),
    HostConfig: buildHostConfig(request, image, traits, parts),
  };
}

/** Programs know one spelling or the other. They come last: a job's own would lead nowhere. */
function proxyVariables(network: JobNetwork | null): Record<string, string> {
  if (network === null) return {};
  const { proxyUrl } = network;
  return {
    HTTP_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    NO_PROXY: 'localhost,127.0.0.1',
    no_proxy: 'localhost,127.0.0.1',
  };
}

/**
 * Images with an entrypoint of their own would wrap a script's interpreter, so a script sets its
 * own. Only a script with an input goes through a shell: a constant text that copies the input
 * to the place that scripts expect and then becomes the interpreter.
 */
function command(request: ExecutionRequest): Pick<ContainerCreateOptions, 'Cmd' | 'Entrypoint'> {
  const { workload } = request;
  if (workload.kind === 'script') {
    const interpreter = scriptCommand(workload, codeDirectory);
    if (workload.input === undefined) return { Entrypoint: interpreter, Cmd: [] };
    const copyInput = 'cat "$INPUT_DIR/input.json" > /tmp/input.json && exec "$@"';
    return { Entrypoint: ['sh', '-c', copyInput, 'job', ...interpreter], Cmd: [] };
  }
  return {
    ...(workload.entrypoint === null ? {} : { Entrypoint: [...workload.entrypoint] }),
    ...(workload.command === null ? {} : { Cmd: [...workload.command] }),
  };
}

function standardInput(request: ExecutionRequest): Partial<ContainerCreateOptions> {
  const { workload } = request;
  const open = workload.kind === 'container' && workload.stdin !== null;
  return { OpenStdin: open, StdinOnce: open, AttachStdin: open };
}

function buildHostConfig(
  request: ExecutionRequest,
  image: ImageTraits,
  traits: EngineTraits,
  { secretsDirectory, network, outputDevice }: ContainerParts,
): HardenedHostConfig {
  const { limits } = request;
  const memoryBytes = checkedInteger(limits.memoryBytes, 'memoryBytes');
  return {
    NetworkMode: network === null ? 'none' : network.name,
    // Nobody answers there: names would carry data out. The proxy looks them up for the job.
    Dns: ['127.0.0.1'],
    Privileged: false,
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: [
      'no-new-privileges:true',
      `seccomp=${traits.seccompProfile}`,
      ...(traits.apparmor ? ['apparmor=docker-default'] : []),
    ],
    // The same number twice means: no swap.
    Memory: memoryBytes,
    MemorySwap: memoryBytes,
    OomScoreAdj: 500,
    NanoCpus: checkedInteger(Math.round(limits.cpus * 1e9), 'cpus'),
    // Where cores are short, the owner's own programs come first.
    CpuShares: cpuShares,
    PidsLimit: checkedInteger(limits.pidsMax, 'pidsMax'),
    ...limitDisks(traits.diskSpeed, outputDevice),
    ShmSize: checkedInteger(limits.shmBytes, 'shmBytes'),
    Ulimits: [
      // An engine that itself runs under a small hard limit can't start containers with a larger one.
      { Name: 'nofile', Soft: 1_024, Hard: 4_096 },
      { Name: 'core', Soft: 0, Hard: 0 },
      // CUDA pins host memory; the memory limit above bounds it for everybody.
      pinnedMemory(request.devices),
      // Podman would set its own, which an engine without CAP_SYS_RESOURCE can't give.
      ...(traits.engine === 'podman' ? [{ Name: 'nproc', Soft: 32_768, Hard: 32_768 }] : []),
    ],
    Tmpfs: buildTmpfs(memoryBytes, image, traits.engine),
    ...buildMounts(request, secretsDirectory, traits.engine),
    IpcMode: 'private',
    CgroupnsMode: 'private',
    // A job whose first process ignores SIGTERM by being process 1 would always need the kill.
    Init: true,
    AutoRemove: false,
    RestartPolicy: { Name: 'no' },
    LogConfig: buildLogConfig(limits.logBytesMax, traits.engine),
    ...buildDevices(request.devices, traits),
  };
}

/**
 * `/tmp` may hold executable files, since GPU compilers load what they have just built from
 * there; forbidding it stops no attack, as interpreters run files from anywhere. Ownership is
 * given by number: runc overrides a mode with that of the image's own directory. The volumes an
 * image declares would be unlimited disk, so each becomes a limited tmpfs. Podman knows neither
 * owner nor number of files: the memory limit, which counts them, is what bounds files there.
 */
function buildTmpfs(
  memoryBytes: number,
  image: ImageTraits,
  engine: EngineTraits['engine'],
): Record<string, string> {
  const tmpBytes = Math.max(tmpBytesMin, Math.floor(memoryBytes / 2));
  const owned = (inodes: number) =>
    engine === 'podman' ? 'U,notmpcopyup' : `nr_inodes=${inodes},uid=${jobUserId},gid=${jobUserId}`;
  const scratch = `rw,exec,nosuid,nodev,size=${tmpBytes},${owned(tmpInodesMax)}`;
  const ours = ['/input', '/inputs', '/output', '/outputs', codeDirectory, '/run'];
  const paths = image.volumes.map((path) => posix.resolve('/', path));
  if (paths.some((path) => systemPath.test(path))) {
    throw new ExecutionError('request_invalid', 'The image declares a volume over system files.');
  }
  const declared = [...new Set(paths)].filter((path) => !ours.includes(path));
  if (declared.length > imageVolumesMax) {
    throw new ExecutionError('request_invalid', 'The image declares too many volumes.');
  }
  return {
    ...Object.fromEntries(declared.map((path) => [path, scratch])),
    '/tmp': scratch,
    // Podman brings one, of any size.
    ...(engine === 'podman' && { '/var/tmp': scratch }),
    '/run': `rw,noexec,nosuid,nodev,size=1048576,${owned(1_024)}`,
  };
}

function checkedInteger(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new ExecutionError('request_invalid', `The limit ${name} is not a positive number.`);
}

function pinnedMemory(devices: readonly ExecutionDevice[]) {
  const bytes = devices.some((device) => device.vendor !== 'simulated') ? -1 : 65_536;
  return { Name: 'memlock', Soft: bytes, Hard: bytes };
}

/** Podman knows only in its older form that nothing of the image is copied into a volume. */
function buildMounts(
  request: ExecutionRequest,
  secretsDirectory: string | null,
  engine: EngineTraits['engine'],
): Pick<HostConfig, 'Binds' | 'Mounts'> {
  const names = volumeNames(request.executionId);
  const volumes: JobVolume[] = [
    { source: names.input, target: jobDirectories.input, access: 'ro' },
    // The plural is how Bacalhau calls both.
    { source: names.input, target: '/inputs', access: 'ro' },
    { source: names.output, target: jobDirectories.output, access: 'rw' },
    { source: names.output, target: '/outputs', access: 'rw' },
  ];
  if (request.workload.kind === 'script') {
    volumes.push({ source: names.code, target: codeDirectory, access: 'ro' });
  }
  const secrets = secretsDirectory === null ? [] : [secretsBind(secretsDirectory)];
  if (engine === 'docker') return { Mounts: [...volumes.map(volumeMount), ...secrets] };
  const bind = ({ source, target, access }: JobVolume) => `${source}:${target}:${access},nocopy`;
  return { Binds: volumes.map(bind), Mounts: secrets };
}

interface JobVolume {
  source: string;
  target: string;
  access: 'ro' | 'rw';
}

function volumeMount({ source, target, access }: JobVolume) {
  return {
    Type: 'volume' as const,
    Source: source,
    Target: target,
    ReadOnly: access === 'ro',
    VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } },
  };
}

/** The one folder of this machine that a job sees, made for it and in memory. */
function secretsBind(directory: string) {
  return {
    Type: 'bind' as const,
    Source: directory,
    Target: secretsMount,
    ReadOnly: true,
    BindOptions: { Propagation: 'private' as const },
  };
}

/**
 * Docker keeps the bytes of a log as they are, with some 32 more for each line, and all of them up to
 * the limit in one file: a line has 16 bytes or more on average, so that is three times the limit, and
 * whoever reads it from its beginning can count. Podman stores each line as text, over two files of
 * twice what we deliver. Delivery blocks the job instead of dropping lines: the dropped one could be
 * its result.
 */
export function buildLogConfig(
  logBytesMax: number,
  engine: EngineTraits['engine'],
): NonNullable<HostConfig['LogConfig']> {
  const bytesMax = checkedInteger(logBytesMax, 'logBytesMax');
  if (engine === 'docker') {
    const onlyBytes = Math.max(logFileBytesMin, 4 * bytesMax);
    const Config = { 'max-size': String(onlyBytes), 'max-file': '1', compress: 'false' };
    return { Type: exactLogDriver, Config: { ...Config, mode: 'blocking' } };
  }
  const fileBytes = Math.max(logFileBytesMin, 2 * bytesMax);
  return {
    Type: 'json-file',
    Config: { 'max-size': String(fileBytes), 'max-file': '2', mode: 'blocking' },
  };
}

function buildDevices(devices: readonly ExecutionDevice[], traits: EngineTraits): HostConfig {
  const nvidia = devices.filter((device) => device.vendor === 'nvidia');
  const nodes = devices.filter((device) => device.vendor === 'amd' || device.vendor === 'intel');
  if (devices.some((device) => device.vendor === 'apple')) {
    throw new ExecutionError('gpu_error', 'Apple GPUs cannot be passed into containers.');
  }
  return {
    ...(nodes.length === 0 ? {} : deviceNodes(nodes)),
    ...(nvidia.length === 0 ? cpuRuntime(traits) : nvidiaRequests(nvidia, traits)),
  };
}

function cpuRuntime(traits: EngineTraits): HostConfig {
  return traits.runtime === null ? {} : { Runtime: traits.runtime };
}

function nvidiaRequests(devices: readonly ExecutionDevice[], traits: EngineTraits): HostConfig {
  if (traits.nvidia === null) {
    const detail =
      traits.engine === 'podman'
        ? 'Podman gives NVIDIA devices by CDI, and no CDI file of this machine names any.'
        : 'The container engine cannot pass NVIDIA devices: its toolkit is missing.';
    throw new ExecutionError('gpu_error', detail);
  }
  const ids = devices.map((device) => device.uuid);
  if (traits.nvidia === 'cdi') {
    const names = ids.map((id) => `nvidia.com/gpu=${id}`);
    return { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: names }] };
  }
  const capabilities = [['gpu', 'compute', 'utility']];
  return {
    DeviceRequests: [{ Driver: 'nvidia', DeviceIDs: ids, Capabilities: capabilities }],
  };
}

/** The render node is the boundary on AMD and Intel; `/dev/kfd` is shared by its nature. */
function deviceNodes(devices: readonly ExecutionDevice[]): HostConfig {
  const paths = devices.map((device) => {
    if (device.renderNode === undefined || !renderNodePattern.test(device.renderNode)) {
      throw new ExecutionError('gpu_error', `The device ${device.uuid} has no usable render node.`);
    }
    return device.renderNode;
  });
  if (devices.some((device) => device.vendor === 'amd')) paths.unshift('/dev/kfd');
  const groups = new Set(devices.flatMap((device) => device.groupIds ?? []));
  return { Devices: [...new Set(paths)].map(mapDevice), GroupAdd: [...groups].map(String) };
}

function mapDevice(path: string): DeviceMapping {
  return { PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rw' };
}
