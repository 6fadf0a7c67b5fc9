import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll } from 'vitest';
import { describeExecutor } from '../executor.conformance.ts';
import { NativeExecutor } from './native-executor.ts';
import { findNativeTools, noTools } from './native-jail.ts';
import { processIdentity } from './native-process.ts';
import { chooseNativeUser } from './native-users.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'node3-native-'));
// Root hands jobs to users of their own, who must be able to pass through.
await chmod(directory, 0o711);
afterAll(() => rm(directory, { recursive: true, force: true }));

const found = await findNativeTools(chooseNativeUser(undefined));
const missing =
  found.bubblewrap === null || found.cgroup === null
    ? 'bubblewrap and control groups do not both work here'
    : null;

for (const [name, tools] of [
  ['native, plain process group', noTools],
  ['native, bubblewrap and control groups', found],
] as const) {
  const isPlain = tools === noTools;
  describeExecutor(
    name,
    () =>
      new NativeExecutor({
        policy: { allowNative: true },
        agentId: 'agt_native',
        workspaceRoot: path.join(directory, isPlain ? 'plain' : 'jailed'),
        clock: systemClock,
        log: silentLogger,
        tools,
      }),
    {
      skip:
        process.platform === 'win32' || (!isPlain && mustSkip({ resource: 'bubblewrap', missing })),
      prepareImage: () => Promise.resolve('native'),
      languages: ['javascript', 'typescript', 'bash'],
      countsHome: true,
      memory: isPlain ? 'unlimited' : 'limited',
      // In a jail a job sees ids of its own.
      ...(isPlain && { isAlive: async (pid: number) => (await processIdentity(pid)) !== null }),
      agentId: 'agt_native',
    },
  );
}
