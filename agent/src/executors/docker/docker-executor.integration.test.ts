import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { describeExecutor } from '../executor.conformance.ts';
import { DockerExecutor } from './docker-executor.ts';
import { findTestEngine } from './docker-test-engine.ts';

const { docker, skip, prepareImage } = await findTestEngine();
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
