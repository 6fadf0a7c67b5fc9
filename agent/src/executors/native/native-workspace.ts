import { rmSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { getuid } from 'node:process';
import { ExecutionError } from '../execution-error.ts';
import type { JobFile, JobFiles } from '../job-files.ts';
import { putJobFile } from '../put-job-file.ts';
import type { CgroupLimits, CgroupVersion } from './native-cgroup.ts';
import type { SystemCalls } from './native-jail.ts';

/** The user a workload runs as; null for the agent's own. */
export interface NativeUser {
  uid: number;
  gid: number;
}

/** What the supervisor reads; everything an adopting agent needs as well. */
export interface NativeSpec {
  executionId: string;
  jobId: string;
  attempt: number;
  agentId: string;
  command: string[];
  env: Record<string, string>;
  workdir: string;
  user: NativeUser | null;
  hasStdin: boolean;
  runMs: number;
  diskBytes: number;
  logBytesMax: number;
  /** Words before the command that put it into a jail; none without bubblewrap. */
  jail: string[];
  calls: SystemCalls;
  cgroup: (CgroupLimits & { version: CgroupVersion }) | null;
}

export interface NativeState {
  supervisorPid: number;
  /** Start time of the supervisor as the system tells it: tells it from a later process with its id. */
  supervisorIdentity: string;
  /** Leader of the workload's process group. */
  workloadPid: number;
  /** Like the supervisor's; null when it had ended before it could be read. */
  workloadIdentity: string | null;
  startedAtMs: number;
}

export interface NativeExit {
  exitCode: number | null;
  cause: 'run_timeout' | 'cancelled' | 'out_of_disk' | null;
  finishedAtMs: number;
  /** Whether a process of it was ended for want of memory. */
  oomKilled: boolean;
  /** Why the command could not be run, in the system's words. */
  error: string | null;
}

export interface NativePaths {
  root: string;
  spec: string;
  state: string;
  exit: string;
  cancel: string;
  log: string;
  stdin: string;
  input: string;
  code: string;
  output: string;
  home: string;
}

const executionIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

export function nativePaths(workspaceRoot: string, executionId: string): NativePaths {
  if (!executionIdPattern.test(executionId)) {
    throw new ExecutionError('request_invalid', 'The execution id cannot name a directory.');
  }
  const root = path.join(workspaceRoot, executionId);
  return {
    root,
    spec: path.join(root, 'spec.json'),
    state: path.join(root, 'state.json'),
    exit: path.join(root, 'exit.json'),
    cancel: path.join(root, 'cancel.json'),
    log: path.join(root, 'output.log'),
    stdin: path.join(root, 'stdin'),
    input: path.join(root, 'input'),
    code: path.join(root, 'code'),
    output: path.join(root, 'output'),
    home: path.join(root, 'home'),
  };
}

/** The longest-lived folder where every user may pass on Linux and macOS. */
const publicDirectory = '/var/tmp';

/**
 * Where an agent keeps its native executions. An agent that is root hands jobs to users of their own,
 * who can't pass through private folders such as /root; the owner's id is random, so the name can't be
 * taken in advance.
 */
export function nativeWorkspaceRoot(
  dataDir: string,
  ownerId: string,
  user: NativeUser | null,
): string {
  return user === null
    ? path.join(dataDir, 'native')
    : path.join(publicDirectory, `node3-native-${ownerId}`);
}

/**
 * Makes an execution's private directories. The job owns `output` and `home` alone; its inputs
 * and code belong to the agent. The root can be passed but not listed, so that a job of another
 * user reaches its own directories.
 */
export async function createWorkspace(
  paths: NativePaths,
  spec: NativeSpec,
  files: JobFiles,
  stdin: string | null,
): Promise<void> {
  await ensureOwnDirectory(path.dirname(paths.root));
  await mkdir(paths.root, { mode: spec.user === null ? 0o700 : 0o711 });
  for (const directory of [paths.output, paths.home]) {
    await mkdir(directory, { mode: 0o700 });
    if (spec.user !== null) await chown(directory, spec.user.uid, spec.user.gid);
  }
  await writeReadOnly(paths.input, files.input);
  await writeReadOnly(paths.code, files.code);
  if (stdin !== null) await writeFile(paths.stdin, stdin, { mode: 0o600, flag: 'wx' });
  await writeRecord(paths.spec, spec);
}

/** A directory somebody else made could be exchanged under the agent's hands. */
async function ensureOwnDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o711 });
  const facts = await lstat(directory);
  if (facts.isDirectory() && (getuid === undefined || facts.uid === getuid())) return;
  throw new ExecutionError('engine_error', `${directory} does not belong to the agent.`);
}

async function writeReadOnly(root: string, files: readonly JobFile[]): Promise<void> {
  const directories = new Set([root]);
  await mkdir(root, { mode: 0o755 });
  for (const file of files) {
    const target = path.join(root, file.path);
    let directory = path.dirname(target);
    await mkdir(directory, { recursive: true, mode: 0o755 });
    for (; directory.startsWith(root); directory = path.dirname(directory))
      directories.add(directory);
    await putJobFile(file, target);
  }
  for (const directory of directories) await chmod(directory, 0o555);
}

/** Written aside and moved: a reader sees the whole record or none. */
export async function writeRecord(file: string, record: object): Promise<void> {
  const aside = `${file}.tmp`;
  await writeFile(aside, JSON.stringify(record), { mode: 0o600 });
  await rename(aside, file);
}

/** @returns null when the record is not there or not readable JSON. The files are our own. */
export async function readRecord<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return null;
  }
}

export async function listWorkspaces(workspaceRoot: string): Promise<string[]> {
  const entries = await readdir(workspaceRoot, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && executionIdPattern.test(entry.name))
    .map((entry) => entry.name);
}

/** Read-only directories can't be emptied by a plain user, so they are opened up first. */
export async function deleteWorkspace(paths: NativePaths): Promise<void> {
  for (const root of [paths.input, paths.code]) {
    const inside = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    const directories = inside.filter((entry) => entry.isDirectory());
    const all = [root, ...directories.map((entry) => path.join(entry.parentPath, entry.name))];
    for (const directory of all) await chmod(directory, 0o700).catch(() => {});
  }
  try {
    await rm(paths.root, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG')) throw error;
    // A job can nest folders deeper than any path may be long. This variant walks by descriptors.
    rmSync(paths.root, { recursive: true, force: true });
  }
}
