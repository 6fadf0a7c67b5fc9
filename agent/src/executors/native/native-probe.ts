import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutorProblem, ExecutorStatus } from '../executor.ts';
import { seccompProfileName } from '../seccomp/seccomp-profile.ts';
import type { NativeTools } from './native-jail.ts';
import type { NativeUser } from './native-workspace.ts';

const othersMayPass = 0o001;

/** Says whether this machine can run native workloads as the given user. Never throws. */
export async function probeNative(
  workspaceRoot: string,
  user: NativeUser | null,
  tools: NativeTools,
): Promise<ExecutorStatus> {
  const problems: ExecutorProblem[] = [];
  if (process.platform === 'win32') {
    problems.push({
      code: 'native_unsupported',
      sentence: 'Native execution does not work on Windows.',
      fix: 'Use Docker Desktop or WSL 2.',
    });
  }
  const closed = user === null ? null : await findClosedDirectory(workspaceRoot);
  if (closed !== null) {
    problems.push({
      code: 'workspace_unreachable',
      sentence: `Jobs run as user ${user?.uid ?? 0}, who may not pass through ${closed}.`,
      fix: `Run "chmod o+x ${closed}", or choose another directory for the agent's data.`,
    });
  }
  const isolationEffective = {
    engine: 'native',
    engineVersion: process.version,
    apiVersion: null,
    runtime: tools.bubblewrap === null ? 'plain process group' : 'bubblewrap',
    runtimeVersion: tools.bubblewrap,
    outputs: 'measured every second',
    diskSpeed: 'not limited',
    weaknesses: [],
    runtimesKnown: [],
    seccompProfile: tools.seccomp ? seccompProfileName : null,
    userNamespace: tools.bubblewrap !== null,
    rootless: user === null,
    apparmor: false,
    cgroupVersion: tools.cgroup === null ? null : String(tools.cgroup),
    nvidia: null,
  };
  return { available: problems.length === 0, problems, isolationEffective };
}

/** @returns the first directory on the way that another user can't pass; missing ones don't count. */
async function findClosedDirectory(directory: string): Promise<string | null> {
  const parent = path.dirname(directory);
  const above = parent === directory ? null : await findClosedDirectory(parent);
  if (above !== null) return above;
  const facts = await stat(directory).catch(() => null);
  return facts !== null && (facts.mode & othersMayPass) === 0 ? directory : null;
}
