import { type Loop, startLoop } from '@node3/shared/loop';
import type { ArtifactDeps } from '../services/artifact-deps.ts';
import { sweepArtifacts } from '../services/sweep-artifacts.ts';

const sweepIntervalMs = 60_000;

export function startArtifactSweeper(deps: ArtifactDeps): Loop {
  return startLoop({
    name: 'artifact-sweeper',
    intervalMs: sweepIntervalMs,
    jitter: 0.2,
    log: deps.log,
    async run() {
      const removed = await sweepArtifacts(deps);
      if (removed > 0) deps.log.info({ removed }, 'artifacts removed');
    },
  });
}
