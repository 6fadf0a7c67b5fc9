import type { Clock } from '@node3/shared/clock';
import { AmdDetector } from './amd/amd-detector.ts';
import { AppleDetector } from './apple/apple-detector.ts';
import type { CommandRunner } from './command-runner.ts';
import { createDemoDetector } from './demo/demo-detector.ts';
import { PciDetector } from './generic/pci-detector.ts';
import { WindowsDetector } from './generic/windows-detector.ts';
import type { GpuDetector } from './gpu-detector.ts';
import { type HostFiles, systemFiles } from './host-files.ts';
import { IntelDetector } from './intel/intel-detector.ts';
import { NvidiaDetector } from './nvidia/nvidia-detector.ts';

export interface GpuDetectorsDeps {
  runner: CommandRunner;
  clock: Clock;
  /** Where the kernel tells about devices; the machine's own unless a test says otherwise. */
  files?: HostFiles;
  platform?: NodeJS.Platform;
  /** See `NvidiaDetectorDeps`. */
  telemetry?: 'stream' | 'query';
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
  const { runner, clock, files = systemFiles, platform = process.platform } = deps;
  const parts = { runner, clock, files };
  if (platform === 'darwin') return [new AppleDetector(parts)];
  const nvidia = new NvidiaDetector(deps);
  if (platform === 'win32') return [nvidia, new WindowsDetector(parts)];
  return [nvidia, new AmdDetector(parts), new IntelDetector(parts), new PciDetector(parts)];
}
