import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { deviceNodes } from '../device-nodes.ts';
import type { ExecutionDevice } from '../executor.ts';
import { buildMachineFilter } from '../seccomp/machine-filter.ts';
import { type CgroupVersion, findCgroupVersion } from './native-cgroup.ts';
import type { NativePaths, NativeUser } from './native-workspace.ts';

const run = promisify(execFile);

/** What this machine has to hold a native job with; null for what it lacks. */
export interface NativeTools {
  /** Version of bubblewrap, tried out with the options that jobs get. */
  bubblewrap: string | null;
  /** Whether it takes our filter of system calls along. */
  seccomp: boolean;
  cgroup: CgroupVersion | null;
}

export const noTools: NativeTools = { bubblewrap: null, seccomp: false, cgroup: null };

const bwrap = '/usr/bin/bwrap';
const filterFd = 3;
const trialMs = 5_000;
const tmpBytes = 256 * 1024 * 1024;

/** What programs need of the machine: its libraries, and nothing of its owner's. */
const sharedFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const sharedFiles = [
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/OpenCL',
  '/etc/ssl/certs',
];

/** Tries everything once as the user that jobs get. */
export async function findNativeTools(user: NativeUser | null): Promise<NativeTools> {
  if (process.platform !== 'linux') return noTools;
  const cgroup = await findCgroupVersion();
  const none = { ...noTools, cgroup };
  if (!existsSync(bwrap)) return none;
  try {
    const seccomp = await tryJail(user, 'filtered');
    if (!seccomp && !(await tryJail(user, 'open'))) return none;
    const { stdout } = await run(bwrap, ['--version'], { timeout: trialMs, env: {} });
    return { bubblewrap: stdout.replace(/^bubblewrap\s*/, '').trim(), seccomp, cgroup };
  } catch {
    return none;
  }
}

/** Whether our filter stands between a job and the kernel. */
export type SystemCalls = 'filtered' | 'open';

async function tryJail(user: NativeUser | null, calls: SystemCalls): Promise<boolean> {
  if (calls === 'filtered' && buildMachineFilter() === null) return false;
  const [program, ...args] = [...jailArguments(calls), '--', '/bin/true'];
  const child = spawn(program, args, {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', ...filterStdio(calls)],
    timeout: trialMs,
    ...user,
  });
  giveFilter(child);
  const [code] = await once(child, 'exit');
  return code === 0;
}

/** After input and the two outputs, where `jailArguments` says. */
export function filterStdio(calls: SystemCalls): 'pipe'[] {
  return calls === 'filtered' ? ['pipe'] : [];
}

/** bubblewrap reads the filter to its end and sets it right before the job's command. */
export function giveFilter(child: ChildProcess): void {
  const pipe = child.stdio[filterFd];
  if (!(pipe instanceof Writable)) return;
  // Without all of it bubblewrap starts nothing, and its exit says so.
  pipe.on('error', () => {});
  pipe.end(buildMachineFilter());
}

/** Namespaces of its own for everything, no network, and the system's programs read-only. */
function jailArguments(calls: SystemCalls): [program: string, ...rest: string[]] {
  return [
    bwrap,
    '--unshare-user',
    '--disable-userns',
    '--unshare-pid',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--cap-drop',
    'ALL',
    '--hostname',
    'job',
    ...(calls === 'filtered' ? ['--seccomp', String(filterFd)] : []),
    // Its own terminal session: a job must not type into the one of the agent.
    '--new-session',
    '--die-with-parent',
    ...sharedFolders.flatMap(shareFolder),
    ...sharedFiles.flatMap((file) => ['--ro-bind-try', file, file]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--size',
    String(tmpBytes),
    '--tmpfs',
    '/tmp',
  ];
}

/** Merged systems have links where others have folders. */
function shareFolder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  if (lstatSync(folder).isSymbolicLink()) return ['--symlink', readlinkSync(folder), folder];
  return ['--ro-bind', folder, folder];
}

export interface JailRequest {
  paths: NativePaths;
  secrets: string | null;
  devices: readonly ExecutionDevice[];
  workdir: string;
  calls: SystemCalls;
}

/** The words before a job's command that put it into its jail. */
export function jailPrefix({ paths, secrets, devices, workdir, calls }: JailRequest): string[] {
  return [
    ...jailArguments(calls),
    ...shareNode(process.execPath),
    ...[paths.input, paths.code, ...(secrets === null ? [] : [secrets])].flatMap((folder) => [
      '--ro-bind',
      folder,
      folder,
    ]),
    ...[paths.output, paths.home].flatMap((folder) => ['--bind', folder, folder]),
    ...deviceNodes(devices).flatMap((node) => ['--dev-bind', node, node]),
    '--chdir',
    workdir,
    '--',
  ];
}

/** The program alone: a Node that its owner unpacked may lie in the middle of their files. */
export function shareNode(program: string): string[] {
  return program.startsWith('/usr/') ? [] : ['--ro-bind', program, program];
}
