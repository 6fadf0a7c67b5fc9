import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll } from 'vitest';
import { describeExecutor } from '../executor.conformance.ts';
import { DockerExecutor } from './docker-executor.ts';
import { findTestEngine } from './docker-test-engine.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const volumeFolder = await mkdtemp(path.join(tmpdir(), 'node3-volumes-'));
afterAll(() => rm(volumeFolder, { recursive: true, force: true }));
const agentId = `agt_conformance_${process.pid}`;

// Both ways of handing files in and measuring output are used on real machines.
for (const volumesReachable of [true, false]) {
  const reach = volumesReachable ? 'volumes reachable' : 'volumes through the engine';
  describeExecutor(
    `docker (${reach})`,
    () =>
      new DockerExecutor({
        docker,
        agentId,
        clock: systemClock,
        log: silentLogger,
        volumesReachable,
        ...(volumesReachable && { volumeFolder }),
      }),
    {
      skip: skip || (volumesReachable && process.getuid?.() !== 0),
      prepareImage,
      languages: ['python', 'javascript', 'typescript', 'bash'],
      memory: 'limited',
      agentId,
    },
  );
}
