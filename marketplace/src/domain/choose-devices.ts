import type { Device } from '@node3/shared/device';

/**
 * Which of the devices that qualify a job gets: alike where the host has enough of one model, and
 * the smallest that suffice, so that the big ones stay free for jobs that need them. The order of
 * the devices does not matter; `devices` holds at least `count`.
 */
export function chooseDevices(devices: readonly Device[], count: number): Device[] {
  const [only] = devices;
  if (only !== undefined && devices.length === count && count === 1) return [only];
  const smallestFirst = devices.toSorted(bySize);
  const models = Map.groupBy(smallestFirst, ({ vendor, model, modelId }) =>
    modelId === null ? `${vendor} ${model}` : modelId,
  );
  // A map keeps the order of what came first, so the first group that suffices has the smallest.
  for (const alike of models.values()) {
    if (alike.length >= count) return alike.slice(0, count);
  }
  return smallestFirst.slice(0, count);
}

/** Unknown memory satisfies no minimum: such a device serves first the jobs that ask for none. */
function bySize(a: Device, b: Device): number {
  return (
    (a.memoryBytes ?? 0) - (b.memoryBytes ?? 0) ||
    versionRank(a.computeCapability) - versionRank(b.computeCapability) ||
    (a.id < b.id ? -1 : 1)
  );
}

function versionRank(version: string | null): number {
  const [major = 0, minor = 0] = (version ?? '0.0').split('.').map(Number);
  return major * 100 + minor;
}
