import type { Device, Offer } from '@node3/shared/device';
import { completeJobSpec, type JobSpecInput } from '@node3/shared/job-spec';
import { type Capacity, type Needs, needsOf } from '../matching.ts';

export const gib = 1024 ** 3;

export function sampleDevice(overrides: Partial<Device> = {}): Device {
  return {
    id: 'GPU-1',
    vendor: 'nvidia',
    model: 'NVIDIA GeForce RTX 4090',
    modelId: 'rtx-4090',
    memoryBytes: 24 * gib,
    computeCapability: '8.9',
    driverVersion: '570',
    simulated: false,
    ...overrides,
  };
}

/** An agent with one GPU and nothing running. */
export function sampleCapacity(offer: Partial<Offer> = {}, free: Partial<Capacity> = {}): Capacity {
  const whole: Offer = {
    devices: [sampleDevice()],
    isolation: 'container',
    nativeAllowed: false,
    arch: 'x64',
    cpus: 8,
    memoryBytes: 16 * gib,
    diskBytes: 100 * gib,
    slots: 2,
    ...offer,
  };
  return {
    agentId: 'agt_1',
    wallet: 'wallet-1',
    offer: whole,
    reservedFor: null,
    freeDeviceIds: whole.devices.map(({ id }) => id),
    freeCpus: whole.cpus,
    freeMemoryBytes: whole.memoryBytes,
    freeSlots: 2,
    ...free,
  };
}

export function sampleSpec(input: Partial<JobSpecInput> = {}) {
  const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };
  const price = { kind: 'fixed' as const, reward: { amount: '1', asset: 'SOL' as const } };
  const workload = { kind: 'container' as const, command: ['true'] };
  return completeJobSpec({ workload, price, ...input }, images);
}

export function sampleNeeds(
  input: Partial<JobSpecInput> = {},
  requesterId: string | null = 'acc_1',
): Needs {
  return needsOf(sampleSpec(input), requesterId);
}
