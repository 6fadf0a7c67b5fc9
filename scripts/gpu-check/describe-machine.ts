import { existsSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';

/** What the report is about. */
export function describeMachine(): Record<string, unknown> {
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    cpu: cpus()[0]?.model ?? null,
    cpus: cpus().length,
    memoryBytes: totalmem(),
    nvidiaDeviceFiles: existsSync('/dev/nvidiactl'),
    kernelFusionDriver: existsSync('/dev/kfd'),
    renderNodes: existsSync('/dev/dri'),
  };
}
