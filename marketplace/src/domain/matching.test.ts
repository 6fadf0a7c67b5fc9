import type { Device, Offer } from '@node3/shared/device';
import { completeJobSpec, type JobSpecInput } from '@node3/shared/job-spec';
import { describe, expect, it } from 'vitest';
import { type Capacity, fit } from './matching.ts';

const gib = 1024 ** 3;

function device(overrides: Partial<Device> = {}): Device {
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

function capacity(offer: Partial<Offer> = {}, free: Partial<Capacity> = {}): Capacity {
  const whole: Offer = {
    devices: [device()],
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
    offer: whole,
    freeDeviceIds: whole.devices.map(({ id }) => id),
    freeCpus: whole.cpus,
    freeMemoryBytes: whole.memoryBytes,
    freeSlots: 2,
    ...free,
  };
}

function spec(input: Partial<JobSpecInput> = {}) {
  const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };
  return completeJobSpec(
    {
      workload: { kind: 'container', command: ['true'] },
      price: { kind: 'fixed', reward: { amount: '1', asset: 'SOL' } },
      ...input,
    },
    images,
  );
}

const gpu = (gpus: NonNullable<NonNullable<JobSpecInput['resources']>['gpus']>) =>
  spec({ resources: { gpus } });

describe('matching', () => {
  it('gives a plain job no device', () => {
    expect(fit(spec(), capacity(), 'refused')).toEqual({ fits: true, devices: [] });
  });

  it('gives a GPU job exactly the devices it asked for', () => {
    const devices = [device({ id: 'a' }), device({ id: 'b' }), device({ id: 'c' })];
    const result = fit(gpu({ count: 2 }), capacity({ devices }), 'refused');
    expect(result).toMatchObject({ fits: true, devices: [{ id: 'a' }, { id: 'b' }] });
  });

  it('leaves out devices that are in use', () => {
    const devices = [device({ id: 'a' }), device({ id: 'b' })];
    const free = capacity({ devices }, { freeDeviceIds: ['b'] });
    expect(fit(gpu({ count: 1 }), free, 'refused')).toMatchObject({ devices: [{ id: 'b' }] });
    expect(fit(gpu({ count: 2 }), free, 'refused')).toEqual({
      fits: false,
      constraint: 'gpu_count',
    });
  });

  it.each([
    ['gpu_vendor', gpu({ count: 1, vendor: 'amd' })],
    ['gpu_model', gpu({ count: 1, models: ['h100-sxm'] })],
    ['gpu_memory', gpu({ count: 1, memoryBytesMin: 40 * gib })],
    ['gpu_capability', gpu({ count: 1, computeCapabilityMin: '9.0' })],
    ['gpu_count', gpu({ count: 2 })],
    ['cpus', spec({ resources: { cpus: 9 } })],
    ['memory', spec({ resources: { memoryBytes: 17 * gib } })],
    ['disk', spec({ resources: { diskBytes: 101 * gib } })],
    ['arch', spec({ resources: { arch: 'arm64' } })],
    ['isolation', spec({ placement: { isolationMin: 'vm' } })],
    ['agent', spec({ placement: { agents: ['agt_2'] } })],
  ] as const)('names %s when that forbids it', (constraint, job) => {
    expect(fit(job, capacity(), 'refused')).toEqual({ fits: false, constraint });
  });

  it('takes unknown GPU memory as unknown, not as enough', () => {
    const unknown = capacity({ devices: [device({ memoryBytes: null })] });
    expect(fit(gpu({ count: 1, memoryBytesMin: 1 }), unknown, 'refused').fits).toBe(false);
    expect(fit(gpu({ count: 1 }), unknown, 'refused').fits).toBe(true);
  });

  it('compares compute capabilities as numbers', () => {
    const newer = capacity({ devices: [device({ computeCapability: '12.0' })] });
    expect(fit(gpu({ count: 1, computeCapabilityMin: '8.9' }), newer, 'refused').fits).toBe(true);
  });

  it('gives simulated devices GPU work only where money is play money', () => {
    const simulated = capacity({ devices: [device({ simulated: true })] });
    const job = gpu({ count: 1 });
    expect(fit(job, simulated, 'refused')).toEqual({ fits: false, constraint: 'simulated_gpu' });
    expect(fit(job, simulated, 'allowed').fits).toBe(true);
  });

  it('runs natively only where the job and the provider both say so', () => {
    const native = spec({ placement: { isolationMin: 'native' } });
    expect(native.workload.image).toBe('native');
    const bare = { isolation: 'native', nativeAllowed: false } as const;
    const refused = { fits: false, constraint: 'isolation' };
    expect(fit(native, capacity(bare), 'refused')).toEqual(refused);
    expect(fit(native, capacity(), 'refused')).toEqual(refused);
    expect(fit(native, capacity({ ...bare, nativeAllowed: true }), 'refused').fits).toBe(true);
    expect(fit(native, capacity({ nativeAllowed: true }), 'refused').fits).toBe(true);
    const workload = { kind: 'container', image: 'native', command: ['true'] };
    const sneaked = spec({ workload: { ...workload, kind: 'container' } });
    expect(fit(sneaked, capacity({ nativeAllowed: true }), 'refused')).toEqual(refused);
  });

  it('runs a job with an image in a container, however little isolation it asks for', () => {
    const workload = { kind: 'container' as const, image: 'debian', command: ['true'] };
    const job = spec({ workload, placement: { isolationMin: 'native' } });
    expect(fit(job, capacity(), 'refused').fits).toBe(true);
    const bare = capacity({ isolation: 'native', nativeAllowed: true });
    expect(fit(job, bare, 'refused')).toEqual({ fits: false, constraint: 'isolation' });
  });

  it('waits for free slots', () => {
    expect(fit(spec(), capacity({}, { freeSlots: 0 }), 'refused')).toMatchObject({
      constraint: 'slots',
    });
  });

  it('takes a reward that no hourly rate can express for more than any ask', () => {
    const reward = { amount: '9000000000', asset: 'SOL' as const };
    const job = spec({
      resources: { gpus: { count: 1 } },
      limits: { runSec: 1 },
      price: { kind: 'fixed', reward },
    });
    const asks = { SOL: { amount: '1', asset: 'SOL' as const }, USDC: null };
    expect(fit(job, capacity({ asks }), 'refused').fits).toBe(true);
  });
});
