import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { killRecorded, processIdentity } from './native-process.ts';

const groups: number[] = [];
afterEach(() => {
  for (const group of groups.splice(0)) process.kill(-group, 'SIGKILL');
});

/** Answers what it is told, which shows that it lives. */
async function startGroup(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env,
  });
  const { pid = 0 } = child;
  groups.push(pid);
  const exited = once(child, 'exit').then(() => groups.splice(groups.indexOf(pid), 1));
  const ask = async () => {
    child.stdin.write('there?');
    const [answer]: unknown[] = await Promise.race([once(child.stdout, 'data'), exited]);
    return String(answer);
  };
  expect(await ask()).toBe('there?');
  return { pid, exited, ask, identity: await processIdentity(pid) };
}

it('kills the group of a workload that is still the one that was recorded', async () => {
  const { pid, exited, identity } = await startGroup();
  await killRecorded({ workloadPid: pid, workloadIdentity: identity }, 'NODE3_EXECUTION=none');
  await exited;
  expect(await processIdentity(pid)).toBe(null);
});

it('leaves alone a group that only has the recorded id', async () => {
  const { pid, ask, identity } = await startGroup();
  const [ticks] = String(identity).split('@');
  // An earlier process, the same start after another boot, and a record of none.
  for (const workloadIdentity of ['1@1', `${ticks}@another-boot`, null]) {
    await killRecorded({ workloadPid: pid, workloadIdentity }, 'NODE3_EXECUTION=none');
  }
  expect(await ask()).toBe('there?');
});

it.skipIf(process.platform !== 'linux')('finds a workload by its marker all the same', async () => {
  const { pid, exited } = await startGroup({ NODE3_EXECUTION: `exe_${process.pid}` });
  const marker = `NODE3_EXECUTION=exe_${process.pid}`;
  await killRecorded({ workloadPid: pid, workloadIdentity: null }, marker);
  await exited;
});
