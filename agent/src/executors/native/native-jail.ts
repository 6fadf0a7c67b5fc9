import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionDevice } from '../executor.ts';
import { type CgroupVersion, findCgroupVersion } from './native-cgroup.ts';
import type { NativePaths, NativeUser } from './native-workspace.ts';

const run = promisify(execFile);

/** What this machine has to hold a native job with; null for what it lacks. */
export interface NativeTools {
  /** Version of bubblewrap, tried out with the options that jobs get. */
  bubblewrap: string | null;
  cgroup: CgroupVersion | null;
}

export const noTools: NativeTools = { bubblewrap: null, cgroup: null };

const bwrap = '/usr/bin/bwrap';
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
  if (!existsSync(bwrap)) return { bubblewrap: null, cgroup };
  try {
    const [program, ...args] = [...jailArguments(), '--', '/bin/true'];
    await run(program, args, { timeout: trialMs, env: {}, ...user });
    const { stdout } = await run(bwrap, ['--version'], { timeout: trialMs, env: {} });
    return { bubblewrap: stdout.replace(/^bubblewrap\s*/, '').trim(), cgroup };
  } catch {
    return { bubblewrap: null, cgroup };
  }
}

/** Namespaces of its own for everything, no network, and the system's programs read-only. */
function jailArguments(): string[] {
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
}

/** The words before a job's command that put it into its jail. */
export function jailPrefix({ paths, secrets, devices, workdir }: JailRequest): string[] {
  return [
    ...jailArguments(),
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

const nvidiaFolder = '/proc/driver/nvidia/gpus';

/** @throws ExecutionError `gpu_error` for a device whose node is not known. */
export function deviceNodes(
  devices: readonly ExecutionDevice[],
  readNvidia = readNvidiaNodes,
): string[] {
  const nodes = devices.flatMap((device) => {
    if (device.vendor === 'simulated') return [];
    if (device.vendor === 'nvidia') {
      const node = readNvidia().get(device.uuid);
      if (node !== undefined) return [node, '/dev/nvidiactl', '/dev/nvidia-uvm'];
    } else if (
      device.renderNode !== undefined &&
      /^\/dev\/dri\/renderD\d{1,4}$/.test(device.renderNode)
    ) {
      return device.vendor === 'amd' ? [device.renderNode, '/dev/kfd'] : [device.renderNode];
    }
    throw new ExecutionError('gpu_error', `The device ${device.uuid} has no node of its own.`);
  });
  return [...new Set(nodes)];
}

/** Which node belongs to which device, as NVIDIA's driver tells. */
function readNvidiaNodes(): Map<string, string> {
  const names = existsSync(nvidiaFolder) ? readdirSync(nvidiaFolder) : [];
  const texts = names.map((name) => readFileSync(`${nvidiaFolder}/${name}/information`, 'utf8'));
  return parseNvidiaNodes(texts);
}

export function parseNvidiaNodes(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.flatMap((text) => {
      const uuid = /^GPU UUID:\s*(GPU-[0-9a-f-]+)\s*$/m.exec(text)?.[1];
      const minor = /^Device Minor:\s*(\d+)\s*$/m.exec(text)?.[1];
      return uuid === undefined || minor === undefined ? [] : [[uuid, `/dev/nvidia${minor}`]];
    }),
  );
}
