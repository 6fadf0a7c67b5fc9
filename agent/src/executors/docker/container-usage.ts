import { statfs } from 'node:fs/promises';
import type Docker from 'dockerode';
import type { ExecutionUsage } from '../executor.ts';
import { measureDirectory } from '../output-size.ts';
import { volumeNames } from './container-config.ts';
import { locateOutput } from './execution-volumes.ts';
import type { FixedVolumes } from './fixed-volumes.ts';

export interface UsageDeps {
  docker: Docker;
  /** True when this process sees the engine's volumes in its own file system. */
  volumesReachable: boolean;
  /** Output volumes of fixed size, where there are some. */
  fixedVolumes: FixedVolumes | null;
}

/** Reads a running container once and keeps the highest memory reading so far. */
export async function sampleUsage(
  deps: UsageDeps,
  executionId: string,
  diskBytesMax: number,
  previous: ExecutionUsage | null,
  nowMs: number,
): Promise<ExecutionUsage> {
  const [load, outputBytes] = await Promise.all([
    readLoad(deps.docker, executionId),
    readOutputBytes(deps, executionId, diskBytesMax),
  ]);
  const peaks = [previous?.peakMemoryBytes, load.peakMemoryBytes, load.memoryBytes];
  const known = peaks.filter((peak): peak is number => typeof peak === 'number');
  return {
    sampledAtMs: nowMs,
    memoryBytes: load.memoryBytes,
    peakMemoryBytes: known.length === 0 ? null : Math.max(...known),
    cpuMs: load.cpuMs ?? previous?.cpuMs ?? null,
    outputBytes: outputBytes ?? previous?.outputBytes ?? null,
  };
}

async function readLoad(docker: Docker, executionId: string) {
  const container = docker.getContainer(`n3-${executionId}`);
  const stats = await container.stats({ stream: false, 'one-shot': true });
  const nanoseconds = stats.cpu_stats?.cpu_usage?.total_usage;
  return {
    memoryBytes: positiveOrNull(stats.memory_stats?.usage),
    // Only cgroup v1 keeps a peak of its own; elsewhere the peak is that of our readings.
    peakMemoryBytes: positiveOrNull(stats.memory_stats?.max_usage),
    cpuMs: positiveOrNull(nanoseconds === undefined ? undefined : nanoseconds / 1e6),
  };
}

/** A container that has just ended reads as zero, which is no reading. */
function positiveOrNull(value: number | undefined): number | null {
  return value === undefined || value <= 0 ? null : Math.round(value);
}

/** @returns free bytes on the disk that holds the output volume, or null when it is out of reach. */
export async function readDiskFree(deps: UsageDeps, executionId: string): Promise<number | null> {
  if (!deps.volumesReachable) return null;
  // A volume of fixed size is its own disk; what can fill up is the one below it.
  const file = deps.fixedVolumes?.fileOf(executionId) ?? null;
  const { bavail, bsize } = await statfs(file ?? (await locateOutput(deps, executionId)));
  return bavail * bsize;
}

/** @returns bytes in the output volume, or null where this engine does not tell. */
export async function readOutputBytes(
  deps: UsageDeps,
  executionId: string,
  diskBytesMax: number,
): Promise<number | null> {
  const name = volumeNames(executionId).output;
  if (deps.volumesReachable) {
    return await measureDirectory(await locateOutput(deps, executionId), diskBytesMax);
  }
  const report: unknown = await deps.docker.df();
  if (typeof report !== 'object' || report === null || !('Volumes' in report)) return null;
  const volumes = (report.Volumes ?? []) as { Name: string; UsageData?: { Size: number } | null }[];
  const size = volumes.find((volume) => volume.Name === name)?.UsageData?.Size;
  return size === undefined || size < 0 ? null : size;
}
