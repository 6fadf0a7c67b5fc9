import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll } from 'vitest';
import { describeExecutor } from '../executor.conformance.ts';
import { NativeExecutor } from './native-executor.ts';
import { processIdentity } from './native-process.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'node3-native-'));
// Root hands jobs to nobody, who must be able to pass through.
await chmod(directory, 0o711);
afterAll(() => rm(directory, { recursive: true, force: true }));

describeExecutor(
  'native',
  () =>
    new NativeExecutor({
      policy: { allowNative: true },
      agentId: 'agt_native',
      workspaceRoot: path.join(directory, 'executions'),
      clock: systemClock,
      log: silentLogger,
    }),
  {
    skip: process.platform === 'win32',
    prepareImage: () => Promise.resolve('native'),
    languages: ['javascript', 'typescript', 'bash'],
    memory: 'unlimited',
    isAlive: async (pid) => (await processIdentity(pid)) !== null,
    agentId: 'agt_native',
  },
);
