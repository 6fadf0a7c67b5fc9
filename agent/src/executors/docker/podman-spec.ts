import type {
  ContainerCreateOptions,
  DeviceMapping,
  HostConfig,
  MountSettings,
  Ulimit,
} from 'dockerode';
import { ExecutionError } from '../execution-error.ts';

/** A line of dockerode's types is missing. */
type OwnHostConfig = HostConfig & { CgroupnsMode?: string };

const sigterm = 15;
const cpuPeriodUs = 100_000;
/** No limit: the largest number of 64 bits, which no number of ours can be. */
const unlimited = '18446744073709551615';

/**
 * The same container in the words of Podman's own API, which knows CDI devices, as JSON. Pure.
 * @throws ExecutionError `gpu_error` for what has no word here: nothing that holds a job in gets lost.
 */
export function writePodmanSpec(config: ContainerCreateOptions): string {
  const { HostConfig = {}, Env = [], ...rest } = config;
  const { Image, Entrypoint, Cmd, WorkingDir, User, Hostname, Tty, OpenStdin, ...others } = rest;
  // The input has one client, attached before the start, whatever is said of it.
  const { name, StopSignal, Healthcheck, Labels, ...left } = others;
  const { StdinOnce: _once, AttachStdin: _attach, NetworkDisabled: _network, ...unknown } = left;
  refuseOthers(unknown);
  if (StopSignal !== 'SIGTERM') refuseOthers({ StopSignal });
  const set = Env.filter((entry) => entry.includes('='));
  const { r_limits, ...host } = toHost(HostConfig);
  const body = {
    name,
    image: Image,
    ...(Entrypoint !== undefined && { entrypoint: [Entrypoint].flat() }),
    ...(Cmd !== undefined && { command: Cmd }),
    ...(WorkingDir !== undefined && { work_dir: WorkingDir }),
    create_working_dir: true,
    env: Object.fromEntries(set.map(toVariable)),
    unsetenv: Env.filter((entry) => !entry.includes('=')),
    // What the service's own environment says of proxies is none of a job's business.
    httpproxy: false,
    systemd: 'false',
    user: User,
    hostname: Hostname,
    terminal: Tty,
    stdin: OpenStdin,
    stop_signal: sigterm,
    healthconfig: Healthcheck,
    labels: Labels,
    ...host,
  };
  // Only in our own words: a job may say the same number as a text.
  const rLimits = JSON.stringify(r_limits ?? []).replaceAll(`"${unlimited}"`, unlimited);
  return `${JSON.stringify(body).slice(0, -1)},"r_limits":${rLimits}}`;
}

function refuseOthers(fields: object): void {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return;
  const names = entries.map(([name]) => name).join(', ');
  throw new ExecutionError('gpu_error', `Podman is not told ${names} along with devices.`);
}

function toHost(host: OwnHostConfig): { r_limits?: object[] | undefined; [name: string]: unknown } {
  const { NetworkMode = '', Dns, Privileged, ReadonlyRootfs, CapDrop, ...a } = host;
  const { SecurityOpt = [], OomScoreAdj, ShmSize, Ulimits, Tmpfs = {}, Init, ...b } = a;
  const { IpcMode, CgroupnsMode, AutoRemove, RestartPolicy, GroupAdd, LogConfig, ...c } = b;
  const { Binds = [], Mounts = [], Devices = [], DeviceRequests = [], ...d } = c;
  const { Memory, MemorySwap, NanoCpus = 0, CpuShares, PidsLimit, ...e } = d;
  const { BlkioDeviceReadBps, BlkioDeviceWriteBps, BlkioDeviceReadIOps, ...f } = e;
  const { BlkioDeviceWriteIOps, ...unknown } = f;
  refuseOthers(unknown);
  if (AutoRemove === true) refuseOthers({ AutoRemove });
  if (Privileged === true) refuseOthers({ Privileged });
  if (NetworkMode !== 'none') {
    // How Podman's networks hold one in was not tried.
    const detail = 'On this machine a job can have NVIDIA devices or a network, not both.';
    throw new ExecutionError('request_invalid', detail);
  }
  const nodes = Devices.map((device: DeviceMapping) =>
    [device.PathOnHost, device.PathInContainer, device.CgroupPermissions].join(':'),
  );
  const names = DeviceRequests.flatMap(({ DeviceIDs }) => DeviceIDs ?? []);
  return {
    netns: { nsmode: 'none' },
    dns_server: Dns,
    read_only_filesystem: ReadonlyRootfs,
    cap_drop: CapDrop,
    ...toSecurity(SecurityOpt),
    oom_score_adj: OomScoreAdj,
    shm_size: ShmSize,
    r_limits: Ulimits?.map(toLimit),
    mounts: [...Object.entries(Tmpfs).map(toTmpfs), ...Mounts.map(toBind)],
    volumes: Binds.map(toVolume),
    devices: [...nodes, ...names].map((path) => ({ path })),
    ipcns: { nsmode: IpcMode },
    cgroupns: { nsmode: CgroupnsMode },
    init: Init,
    restart_policy: RestartPolicy?.Name,
    groups: GroupAdd,
    log_configuration: LogConfig && toLog(LogConfig),
    resource_limits: {
      memory: { limit: Memory, swap: MemorySwap },
      cpu: { shares: CpuShares, period: cpuPeriodUs, quota: toQuotaUs(NanoCpus) },
      pids: { limit: PidsLimit },
    },
    throttleReadBpsDevice: toThrottle(BlkioDeviceReadBps),
    throttleWriteBpsDevice: toThrottle(BlkioDeviceWriteBps),
    throttleReadIOPSDevice: toThrottle(BlkioDeviceReadIOps),
    throttleWriteIOPSDevice: toThrottle(BlkioDeviceWriteIOps),
  };
}

/** In whole microseconds of a period, as the kernel takes it. */
function toQuotaUs(nanoCpus: number): number {
  return Math.floor((nanoCpus * cpuPeriodUs) / 1e9);
}

/** The share of CPUs that Podman gives for one that was asked for. */
export function toGivenCpus(nanoCpus: number): number {
  return (toQuotaUs(nanoCpus) * 1e9) / cpuPeriodUs;
}

function toVariable(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return [entry.slice(0, at), entry.slice(at + 1)];
}

function toSecurity(options: readonly string[]): object {
  return Object.assign({}, ...options.map(toProtection));
}

function toProtection(option: string): object {
  if (option === 'no-new-privileges:true') return { no_new_privileges: true };
  const [kind, value = ''] = option.split('=', 2);
  if (kind === 'seccomp' && value.startsWith('/')) return { seccomp_profile_path: value };
  if (kind === 'apparmor') return { apparmor_profile: value };
  throw new ExecutionError('gpu_error', `Podman is not told ${option} along with devices.`);
}

function toLimit({ Name, Hard, Soft }: Ulimit): object {
  const [hard, soft] = [Hard, Soft].map((value) => (value === -1 ? unlimited : value));
  return { type: Name, hard, soft };
}

function toTmpfs([destination, options]: [string, string]): object {
  return { destination, type: 'tmpfs', source: 'tmpfs', options: options.split(',') };
}

function toBind({ Type, Source, Target, ReadOnly, BindOptions }: MountSettings): object {
  if (Type !== 'bind') throw new ExecutionError('gpu_error', `Podman is not told a ${Type} mount.`);
  const options = [ReadOnly === true ? 'ro' : 'rw', BindOptions?.Propagation, 'bind'];
  return { destination: Target, type: 'bind', source: Source, options };
}

/** Written as `volume:/path:options`. */
function toVolume(bind: string): object {
  const [Name, Dest, options = ''] = bind.split(':');
  return { Name, Dest, Options: options.split(',') };
}

function toLog({ Type, Config }: NonNullable<HostConfig['LogConfig']>): object {
  const { 'max-size': size, ...options } = (Config ?? {}) as Record<string, string>;
  return { driver: Type, size: Number(size), options };
}

function toThrottle(rates: { Path: string; Rate: number }[] | undefined): object | undefined {
  return rates && Object.fromEntries(rates.map(({ Path, Rate }) => [Path, { rate: Rate }]));
}
