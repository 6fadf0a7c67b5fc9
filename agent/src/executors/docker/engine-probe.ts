import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { sayProblem } from '@node3/shared/agent-problems';
import type Docker from 'dockerode';
import type { ExecutorProblem, ExecutorStatus, IsolationFacts } from '../executor.ts';
import { raceSignal } from '../race-signal.ts';
import { seccompProfileName } from '../seccomp/seccomp-profile.ts';
import { type CdiDevices, cdiFoldersUsual, readCdiDevices } from './cdi-specs.ts';
import { engineMessage, systemErrorCode } from './engine-error.ts';
import { findRuncWeakness, findToolkitWeakness, readToolkitVersion } from './version-floors.ts';

/**
 * How long the probe waits: an engine that has not described itself is pinged now and then, and must
 * answer that in the same time. One that does is only busy, as Podman on a busy machine is.
 */
const probeTimes = { pingMs: 4_000, longestMs: 30_000 };

/** The part of the engine's own report that decides about jobs. All fields may be missing. */
export interface EngineReport {
  ServerVersion?: string;
  OperatingSystem?: string;
  SecurityOptions?: string[] | null;
  DefaultRuntime?: string;
  Runtimes?: Record<string, { path?: string } | null> | null;
  CgroupVersion?: string;
  MemoryLimit?: boolean;
  PidsLimit?: boolean;
  CpuCfsQuota?: boolean;
  CDISpecDirs?: string[] | null;
  OSType?: string;
  Name?: string;
  DockerRootDir?: string;
}

export interface EngineVersion {
  ApiVersion?: string;
  Components?: { Name?: string; Version?: string }[];
}

/** Asks the engine what it is. Never throws. */
export async function probeEngine(
  docker: Docker,
  runtime: string | null,
  times = probeTimes,
): Promise<ExecutorStatus> {
  try {
    const [report, version]: unknown[] = await waitWhileAlive(
      docker,
      Promise.all([docker.info(), docker.version()]),
      times,
    );
    const said = readEngineFacts(report as EngineReport, version as EngineVersion, runtime);
    const read = withCdi(said, await findCdiDevices(said, report as EngineReport));
    const facts = withToolkit(read, read.nvidia === null ? null : await readToolkitVersion());
    const problems = listEngineProblems(report as EngineReport, facts);
    return { available: problems.length === 0, problems, isolationEffective: facts };
  } catch (error) {
    return { available: false, problems: [describeUnreachable(error)], isolationEffective: null };
  }
}

/** Waits for what the engine was asked as long as it answers pings, and no longer than the limit. */
async function waitWhileAlive<T>(
  docker: Docker,
  asked: Promise<T>,
  { pingMs, longestMs }: typeof probeTimes,
): Promise<T> {
  const ended = new AbortController();
  const limit = AbortSignal.any([ended.signal, AbortSignal.timeout(longestMs)]);
  const watch = async (): Promise<never> => {
    for (;;) {
      await setTimeout(pingMs, null, { signal: limit });
      await raceSignal(docker.ping(), AbortSignal.any([limit, AbortSignal.timeout(pingMs)]));
    }
  };
  try {
    return await Promise.race([asked, watch()]);
  } finally {
    ended.abort();
  }
}

/** @returns the engine's folder where its machine is this one by its own word, else null. */
export async function readEngineFolder(docker: Docker): Promise<string | null> {
  const { DockerRootDir, Name } = (await docker.info()) as EngineReport;
  return Name === hostname() && DockerRootDir !== undefined ? DockerRootDir : null;
}

/** Devices are not passed by a toolkit through which an image takes the machine over. */
export function withToolkit(facts: IsolationFacts, version: string | null): IsolationFacts {
  if (facts.nvidia === null) return facts;
  const weakness = findToolkitWeakness(version);
  if (weakness === null) return facts;
  const nvidia = version === null ? facts.nvidia : null;
  return { ...facts, nvidia, weaknesses: [...facts.weaknesses, weakness] };
}

export function readEngineFacts(
  report: EngineReport,
  version: EngineVersion,
  runtime: string | null,
): IsolationFacts {
  const options = (report.SecurityOptions ?? []).join(' ');
  const runtimes = Object.keys(report.Runtimes ?? {});
  const podman = (version.Components ?? []).some(({ Name }) => /podman/i.test(Name ?? ''));
  const used = runtime ?? report.DefaultRuntime ?? null;
  const named = [used, `OCI Runtime (${used})`];
  const part = (version.Components ?? []).find(({ Name }) => named.includes(Name ?? ''));
  // Podman's has lines about what it was built from as well.
  const runtimeVersion = part?.Version?.split('\n')[0]?.replace(/^.* version /, '') ?? null;
  const weakness = used === 'runc' ? findRuncWeakness(runtimeVersion) : null;
  return {
    engine: podman ? 'podman' : 'docker',
    engineVersion: report.ServerVersion ?? null,
    apiVersion: version.ApiVersion ?? null,
    runtime: used,
    runtimeVersion,
    outputs: 'measured every second',
    diskSpeed: 'not limited',
    weaknesses: weakness === null ? [] : [weakness],
    runtimesKnown: runtimes.sort(),
    seccompProfile: /name=seccomp/.test(options) ? seccompProfileName : null,
    userNamespace: /name=userns/.test(options),
    rootless: /name=rootless/.test(options),
    apparmor: /name=apparmor/.test(options),
    cgroupVersion: report.CgroupVersion ?? null,
    nvidia: findNvidiaMode(report, runtimes, podman),
  };
}

/** Before 4.1 Podman knows no devices by such names. */
const podmanWithoutCdi = /^(?:[0-3]\.|4\.0\.)/;

/** Podman knows no other way, and does not say whether it has this one. */
function findNvidiaMode(report: EngineReport, runtimes: string[], podman: boolean) {
  if (podman) return podmanWithoutCdi.test(report.ServerVersion ?? '') ? null : 'cdi';
  if (runtimes.includes('nvidia')) return 'runtime';
  return (report.CDISpecDirs ?? []).length > 0 ? 'cdi' : null;
}

/** @returns null where there is nothing to find out, or the engine's files are another machine's. */
async function findCdiDevices(
  { engine, nvidia }: IsolationFacts,
  { CDISpecDirs, Name }: EngineReport,
): Promise<CdiDevices | null> {
  if (nvidia !== 'cdi' || Name !== hostname()) return null;
  return readCdiDevices(engine === 'podman' ? cdiFoldersUsual : (CDISpecDirs ?? []));
}

/** Engines look into these folders whether there is anything in them or not. */
export function withCdi(facts: IsolationFacts, devices: CdiDevices | null): IsolationFacts {
  if (facts.nvidia !== 'cdi' || devices === null || devices.uuids.length > 0) return facts;
  if (devices.files === 0) return { ...facts, nvidia: null };
  const weakness =
    'The CDI files of this machine name its GPUs by number only, so none is given to jobs: run "sudo nvidia-ctk cdi generate --device-name-strategy=uuid --output=/etc/cdi/nvidia.yaml".';
  return { ...facts, nvidia: null, weaknesses: [...facts.weaknesses, weakness] };
}

function listEngineProblems(report: EngineReport, facts: IsolationFacts): ExecutorProblem[] {
  const problems: ExecutorProblem[] = [];
  if (report.OSType !== undefined && report.OSType !== 'linux') {
    problems.push(sayProblem('engine_not_linux'));
  }
  if (facts.seccompProfile === null) {
    problems.push(sayProblem('seccomp_missing'));
  }
  const missing = [
    ...(report.MemoryLimit === false ? ['memory'] : []),
    ...(report.PidsLimit === false ? ['processes'] : []),
    ...(report.CpuCfsQuota === false ? ['CPU time'] : []),
  ];
  if (missing.length > 0) {
    problems.push(sayProblem('limits_missing', { missing: missing.join(', ') }));
  }
  if (facts.runtime !== null && !facts.runtimesKnown.some((name) => name === facts.runtime)) {
    problems.push(sayProblem('runtime_missing', { runtime: facts.runtime }));
  }
  if (facts.engine === 'podman') problems.push(...listPodmanProblems(report, facts));
  const program = report.Runtimes?.[facts.runtime ?? '']?.path ?? null;
  if (facts.runtime === 'runsc' && program !== null && !/(?:^|\/)runsc$/.test(program)) {
    problems.push({
      code: 'runtime_other',
      sentence: `The engine's runtime runsc is ${program}, which is not gVisor.`,
      fix: 'Correct the runtime in the engine’s configuration.',
    });
  }
  return problems;
}

/** What Podman would overlook in a request, and run the job all the same or not at all. */
function listPodmanProblems(report: EngineReport, facts: IsolationFacts): ExecutorProblem[] {
  const problems: ExecutorProblem[] = [];
  if (facts.runtime !== (report.DefaultRuntime ?? null)) {
    problems.push({
      code: 'runtime_other',
      sentence: `Podman runs all containers with ${report.DefaultRuntime}, whatever is asked for.`,
      fix: `Set runtime = "${facts.runtime}" under [engine] in its containers.conf and restart it.`,
    });
  }
  if (report.Name !== undefined && report.Name !== hostname()) {
    problems.push({
      code: 'engine_elsewhere',
      sentence: `Podman runs on ${report.Name}, where it can not read the filter of system calls.`,
      fix: 'Run the agent on the machine of the engine, outside of containers.',
    });
  }
  return problems;
}

function describeUnreachable(error: unknown): ExecutorProblem {
  const code = systemErrorCode(error);
  if (code === 'EACCES' || code === 'EPERM') {
    return sayProblem('engine_permission');
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return sayProblem('engine_missing', { address: addressOf(error) });
  }
  return sayProblem('engine_not_answering', { why: engineMessage(error).slice(0, 200) });
}

/** @returns where a connection was refused: the path of a socket, or host and port. */
function addressOf(error: unknown): string {
  const { address = 'its address', port } = error as { address?: string; port?: number };
  return port === undefined ? address : `${address}:${port}`;
}
