import type { Clock } from '@node3/shared/clock';
import type { CommandRunner } from './command-runner.ts';
import { createDemoDetector } from './demo/demo-detector.ts';
import type { GpuDetector } from './gpu-detector.ts';
import { NvidiaDetector } from './nvidia/nvidia-detector.ts';

export interface GpuDetectorsDeps {
  runner: CommandRunner;
  clock: Clock;
}

/**
 * The detectors of this agent. `simulated` looks at no hardware at all and offers the demo device
 * instead. A new vendor is a folder beside `nvidia/` and a line here.
 */
export function createGpuDetectors(
  source: 'hardware' | 'simulated',
  deps: GpuDetectorsDeps,
): GpuDetector[] {
  if (source === 'simulated') return [createDemoDetector(deps)];
  return [new NvidiaDetector(deps)];
}
