import { completeJobSpec, type JobSpecInput } from '@node3/shared/job-spec';
import { describe, expect, it } from 'vitest';
import { openTerms } from '../policy/testing/open-terms.ts';
import { type AdmissionFacts, decideAdmission } from './admission.ts';
import { freeCapacity } from './capacity.ts';

const gibibyte = 1024 ** 3;
const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };
const docker = { name: 'docker', isolation: 'container' as const };
const native = { name: 'native', isolation: 'native' as const };
const gvisor = { name: 'gvisor', isolation: 'sandbox' as const };

const allowed = openTerms({ nativeAllowed: true });

function decide(input: Partial<JobSpecInput>, changes: Partial<AdmissionFacts> = {}) {
  const workload = { kind: 'container' as const };
  const price = { kind: 'fixed' as const, reward: { amount: '1', asset: 'SOL' as const } };
  return decideAdmission({
    spec: completeJobSpec({ workload, price, ...input }, images),
    deviceIds: [],
    free: {
      deviceIds: ['gpu-1', 'gpu-2'],
      cpus: 4,
      memoryBytes: 8 * gibibyte,
      diskBytes: 8 * gibibyte,
      slots: 1,
    },
    executors: [docker],
    terms: openTerms(),
    requesterId: null,
    rate: null,
    arch: 'x64',
    ...changes,
  });
}

const sentenceOf = (...args: Parameters<typeof decide>) => {
  const admission = decide(...args);
  return admission.admitted ? null : admission.sentence;
};

describe('decideAdmission', () => {
  it('threats 20, 80: lets a job out only to hosts that the provider allows, and never a native one', () => {
    const network = { kind: 'egress' as const, hosts: ['a.example.com'] };
    const open = { ...docker, egressHosts: ['*.example.com'] };
    const why = 'The job wants to reach hosts that this machine does not allow.';
    const egressHosts = ['*.example.com'];
    const terms = openTerms({ egressHosts });
    expect(sentenceOf({ network }, { terms })).toBe(why);
    expect(sentenceOf({ network }, { executors: [open] })).toBe(why);
    expect(sentenceOf({ network }, { executors: [open], terms })).toBeNull();
    const executors = [{ ...docker, egressHosts: ['b.example.com'] }];
    expect(sentenceOf({ network }, { executors, terms })).toBe(why);
    expect(decide({ network: { kind: 'none' } })).toMatchObject({ admitted: true });
    const placement = { isolationMin: 'native' as const };
    const bare = {
      executors: [native, open],
      terms: openTerms({ nativeAllowed: true, egressHosts }),
    };
    expect(sentenceOf({ placement }, bare)).toBeNull();
    expect(sentenceOf({ placement, network }, bare)).toBe(why);
  });

  it('takes what fits', () => {
    expect(decide({})).toEqual({ admitted: true, executorName: 'docker' });
    const resources = { gpus: { count: 2 }, cpus: 4, memoryBytes: 8 * gibibyte };
    expect(decide({ resources }, { deviceIds: ['gpu-1', 'gpu-2'] }).admitted).toBe(true);
  });

  it.each([
    [{ resources: { cpus: 5 } }, /CPUs/],
    [{ resources: { memoryBytes: 9 * gibibyte } }, /memory/],
    [{ resources: { diskBytes: 9 * gibibyte } }, /disk/],
    [{ resources: { arch: 'arm64' as const } }, /arm64/],
    [{ resources: { gpus: { count: 1 } } }, /names 0 devices/],
  ])('refuses %j', (input, sentence) => {
    expect(sentenceOf(input)).toMatch(sentence);
  });

  it('refuses devices that are taken, unknown or named twice', () => {
    const resources = { gpus: { count: 1 } };
    expect(sentenceOf({ resources }, { deviceIds: ['gpu-9'] })).toMatch(/gpu-9 is not free/);
    const two = { gpus: { count: 2 } };
    expect(sentenceOf({ resources: two }, { deviceIds: ['gpu-1', 'gpu-1'] })).toMatch(/names 2/);
    expect(sentenceOf({}, { deviceIds: ['gpu-1'] })).toMatch(/asks for 0/);
  });

  it('[6.23] runs natively only when both sides ask for it', () => {
    const executors = [docker, native];
    const asks = { placement: { isolationMin: 'native' as const } };
    const nameOf = (input: Partial<JobSpecInput>, nativeAllowed: boolean) => {
      const admission = decide(input, { executors, terms: openTerms({ nativeAllowed }) });
      return admission.admitted ? admission.executorName : null;
    };
    expect(nameOf(asks, true)).toBe('native');
    expect(nameOf(asks, false)).toBeNull();
    const withImage = { ...asks, workload: { kind: 'container' as const, image: 'debian' } };
    expect(nameOf(withImage, true)).toBe('docker');
    expect(nameOf({}, true)).toBe('docker');
    expect(sentenceOf({}, { executors: [native], terms: allowed })).toMatch(/level container/);
    expect(sentenceOf(asks, { executors: [native] })).toMatch(/no image/);
  });

  it('refuses a job without an image wherever it may not run natively', () => {
    const workload = { kind: 'container' as const, image: 'native' };
    const asks = { workload, placement: { isolationMin: 'native' as const } };
    const executors = [docker, native];
    expect(decide(asks, { executors, terms: allowed })).toMatchObject({
      executorName: 'native',
    });
    expect(sentenceOf(asks, { executors })).toMatch(/no image/);
    expect(sentenceOf(asks, { executors: [docker], terms: allowed })).toMatch(/no image/);
    expect(sentenceOf({ workload }, { executors, terms: allowed })).toMatch(/no image/);
  });

  it('[6.24] never gives less isolation than asked, and no more than needed', () => {
    const executors = [gvisor, docker];
    const placement = { isolationMin: 'sandbox' as const };
    expect(decide({ placement }, { executors })).toMatchObject({ executorName: 'gvisor' });
    expect(decide({}, { executors })).toMatchObject({ executorName: 'docker' });
    expect(sentenceOf({ placement })).toMatch(/level sandbox/);
  });
});

describe('freeCapacity', () => {
  it('subtracts what is taken and never goes below nothing', () => {
    const machine = { cpus: 2, memoryBytes: 100, diskBytes: 100, slots: 2 };
    const taken = [
      { deviceIds: ['a'], cpus: 1.5, memoryBytes: 60, diskBytes: 10 },
      { deviceIds: [], cpus: 1, memoryBytes: 60, diskBytes: 10 },
    ];
    expect(freeCapacity(machine, ['a', 'b'], taken)).toEqual({
      deviceIds: ['b'],
      cpus: 0,
      memoryBytes: 0,
      diskBytes: 80,
      slots: 0,
    });
  });
});
