import type { Device } from '@node3/shared/device';
import type { GpuFramework, GpuRequirement } from '@node3/shared/job-spec';
import type { SimulatedPolicy } from './matching.ts';

export type GpuConstraint =
  | 'simulated_gpu'
  | 'gpu_vendor'
  | 'gpu_framework'
  | 'gpu_model'
  | 'gpu_memory'
  | 'gpu_capability'
  | 'gpu_count';

type DeviceRule = (device: Device, gpus: GpuRequirement, simulated: SimulatedPolicy) => boolean;

/** What each requirement asks of one device. Unknown facts satisfy none. */
const deviceRules: readonly [GpuConstraint, DeviceRule][] = [
  // A program can use one slice of a card (MIG) at a time, whatever it is given.
  ['gpu_count', ({ id }, { count }) => count === 1 || !id.startsWith('MIG-')],
  ['simulated_gpu', (device, _gpus, simulated) => simulated === 'allowed' || !device.simulated],
  ['gpu_vendor', (device, { vendor }) => vendor === undefined || device.vendor === vendor],
  [
    'gpu_framework',
    (device, { framework }) => framework === undefined || frameworksOf(device).includes(framework),
  ],
  [
    'gpu_model',
    // The job's models are catalogue ids by now; families were spelled out when it was posted.
    (device, { models }) =>
      models === undefined || (device.modelId !== null && models.includes(device.modelId)),
  ],
  [
    'gpu_memory',
    (device, { memoryBytesMin }) =>
      memoryBytesMin === undefined || (device.memoryBytes ?? -1) >= memoryBytesMin,
  ],
  [
    'gpu_capability',
    (device, { computeCapabilityMin }) =>
      computeCapabilityMin === undefined ||
      (device.computeCapability !== null &&
        compareVersions(device.computeCapability, computeCapabilityMin) >= 0),
  ],
];

const vendorFrameworks: Record<Device['vendor'], readonly GpuFramework[]> = {
  nvidia: ['cuda'],
  amd: ['rocm'],
  apple: ['metal'],
  intel: ['oneapi'],
  simulated: [],
};

/** What the agent says, else what comes with the maker's driver. */
export function frameworksOf({ vendor, frameworks }: Device): readonly GpuFramework[] {
  return frameworks ?? vendorFrameworks[vendor];
}

/** The devices that qualify. */
export function qualifyingDevices(
  gpus: GpuRequirement,
  devices: readonly Device[],
  simulated: SimulatedPolicy,
): Device[] {
  return devices.filter((device) => qualifies(gpus, device, simulated));
}

/** Whether there are as many as the job asks for. */
export function hasQualifying(
  gpus: GpuRequirement,
  devices: readonly Device[],
  simulated: SimulatedPolicy,
): boolean {
  let count = 0;
  for (const device of devices) {
    if (qualifies(gpus, device, simulated)) count += 1;
  }
  return count >= gpus.count;
}

function qualifies(gpus: GpuRequirement, device: Device, simulated: SimulatedPolicy): boolean {
  for (const [, rule] of deviceRules) {
    if (!rule(device, gpus, simulated)) return false;
  }
  return true;
}

/** The first requirement after which too few devices are left. */
export function firstGpuRefusal(
  gpus: GpuRequirement,
  devices: readonly Device[],
  simulated: SimulatedPolicy,
): GpuConstraint {
  let left = devices;
  for (const [constraint, rule] of deviceRules) {
    const before = left.length;
    left = left.filter((device) => rule(device, gpus, simulated));
    if (left.length < gpus.count && before >= gpus.count) return constraint;
  }
  return 'gpu_count';
}

/**
 * What a host with too few qualifying devices fails: every requirement that it would fail if it were
 * the only one; the count where each of them is met by enough devices, but too few meet all.
 */
export function gpuRefusals(
  gpus: GpuRequirement,
  devices: readonly Device[],
  simulated: SimulatedPolicy,
): GpuConstraint[] {
  if (devices.length < gpus.count) return ['gpu_count'];
  const failed = deviceRules.flatMap(([constraint, rule]) => {
    const passing = devices.filter((device) => rule(device, gpus, simulated)).length;
    return passing >= gpus.count ? [] : [constraint];
  });
  return failed.length === 0 ? ['gpu_count'] : failed;
}

export function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
