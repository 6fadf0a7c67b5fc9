import type { JobSpecInput } from '@node3/shared/job-spec';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fit, type Needs } from './matching.ts';
import { agents, needs } from './testing/matching-arbitraries.ts';
import {
  sampleCapacity as capacity,
  sampleDevice as device,
  gib,
  sampleNeeds as spec,
} from './testing/matching-samples.ts';

const gpu = (gpus: NonNullable<NonNullable<JobSpecInput['resources']>['gpus']>) =>
  spec({ resources: { gpus } });

describe('matching', () => {
  it('gives a plain job no device', () => {
    expect(fit(spec(), capacity(), 'refused')).toEqual({ fits: true, devices: [] });
  });

  it('[2.19] gives a GPU job exactly the devices it asked for', () => {
    const devices = [device({ id: 'a' }), device({ id: 'b' }), device({ id: 'c' })];
    const result = fit(gpu({ count: 2 }), capacity({ devices }), 'refused');
    expect(result).toMatchObject({ fits: true, devices: [{ id: 'a' }, { id: 'b' }] });
  });

  it('gives a job one slice of a card, and never several', () => {
    const devices = ['MIG-1', 'MIG-2'].map((id) => device({ id }));
    const sliced = capacity({ devices });
    expect(fit(gpu({ count: 1 }), sliced, 'refused').fits).toBe(true);
    expect(fit(gpu({ count: 2 }), sliced, 'refused')).toEqual({
      fits: false,
      constraint: 'gpu_count',
    });
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
    ['agent_blocked', spec({ placement: { agentsBlocked: ['agt_2', 'agt_1'] } })],
    ['provider', spec({ placement: { providers: ['wallet-2'] } })],
    ['provider_blocked', spec({ placement: { providersBlocked: ['wallet-1'] } })],
    ['region', spec({ placement: { regions: ['eu', 'us-east'] } })],
    ['label', spec({ placement: { labels: { disk: 'nvme' } } })],
    ['gpu_framework', gpu({ count: 1, framework: 'rocm' })],
    ['network', spec({ network: { kind: 'egress', hosts: ['example.com'] } })],
  ] as const)('names %s when that forbids it', (constraint, job) => {
    expect(fit(job, capacity(), 'refused')).toEqual({ fits: false, constraint });
  });

  it('sends a job that needs some hosts where all of them may be reached', () => {
    const job = spec({ network: { kind: 'egress', hosts: ['a.example.com', 'b.example.com'] } });
    const fits = (hosts: string[]) => fit(job, capacity({ egress: { hosts } }), 'refused').fits;
    expect([fits(['*']), fits(['*.example.com']), fits(['a.example.com'])]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('[2.20] [4.05] [4.17] takes what the agent says about its place and its labels', () => {
    const agent = capacity({ region: 'eu-west-1', labels: { disk: 'nvme', rack: '7' } });
    const inRegion = (region: string) =>
      fit(spec({ placement: { regions: [region] } }), agent, 'refused');
    expect([inRegion('eu').fits, inRegion('eu-west').fits, inRegion('eu-west-1').fits]).toEqual([
      true,
      true,
      true,
    ]);
    expect(inRegion('eu-we').fits).toBe(false);
    expect(fit(spec({ placement: { labels: { disk: 'nvme' } } }), agent, 'refused').fits).toBe(
      true,
    );
    const other = spec({ placement: { labels: { disk: 'nvme', rack: '8' } } });
    expect(fit(other, agent, 'refused')).toEqual({ fits: false, constraint: 'label' });
  });

  it('gives no job to a machine on which it might run longer than it may there', () => {
    const patient = capacity({ runSecMax: 600 });
    const runsFor = (runSec: number) => fit(spec({ limits: { runSec } }), patient, 'refused');
    expect(runsFor(600).fits).toBe(true);
    expect(runsFor(601)).toEqual({ fits: false, constraint: 'run_time' });
  });

  it('keeps a requester out whom the provider blocks', () => {
    const choosy = capacity({ requestersBlocked: ['acc_1'] });
    const blocked = { fits: false, constraint: 'requester_blocked' };
    expect(fit(spec(), choosy, 'refused')).toEqual(blocked);
    expect(fit(spec({}, 'acc_2'), choosy, 'refused').fits).toBe(true);
    expect(fit(spec({}, null), choosy, 'refused').fits).toBe(true);
  });

  it('gives a reserved agent only jobs of whoever reserved it', () => {
    const reserved = capacity({}, { reservedFor: 'acc_2' });
    expect(fit(spec(), reserved, 'refused')).toEqual({ fits: false, constraint: 'reserved' });
    expect(fit(spec({}, 'acc_2'), reserved, 'refused').fits).toBe(true);
  });

  it('[2.19] [4.05] knows the framework by the maker, or by what the agent says', () => {
    const job = gpu({ count: 1, framework: 'cuda' });
    expect(fit(job, capacity(), 'refused').fits).toBe(true);
    const bare = capacity({ devices: [device({ frameworks: [] })] });
    expect(fit(job, bare, 'refused')).toEqual({ fits: false, constraint: 'gpu_framework' });
  });

  it('[4.05] takes unknown GPU memory as unknown, not as enough', () => {
    const unknown = capacity({ devices: [device({ memoryBytes: null })] });
    expect(fit(gpu({ count: 1, memoryBytesMin: 1 }), unknown, 'refused').fits).toBe(false);
    expect(fit(gpu({ count: 1 }), unknown, 'refused').fits).toBe(true);
  });

  it('compares compute capabilities as numbers', () => {
    const newer = capacity({ devices: [device({ computeCapability: '12.0' })] });
    expect(fit(gpu({ count: 1, computeCapabilityMin: '8.9' }), newer, 'refused').fits).toBe(true);
  });

  it('[4.06] [5.06] gives simulated devices GPU work only where money is play money', () => {
    const simulated = capacity({ devices: [device({ simulated: true })] });
    const job = gpu({ count: 1 });
    expect(fit(job, simulated, 'refused')).toEqual({ fits: false, constraint: 'simulated_gpu' });
    expect(fit(job, simulated, 'allowed').fits).toBe(true);
  });

  it('[6.23] [6.24] runs natively only where the job and the provider both say so', () => {
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

  it('[6.24] runs a job with an image in a container, however little isolation it asks for', () => {
    const workload = { kind: 'container' as const, image: 'debian', command: ['true'] };
    const job = spec({ workload, placement: { isolationMin: 'native' } });
    expect(fit(job, capacity(), 'refused').fits).toBe(true);
    const bare = capacity({ isolation: 'native', nativeAllowed: true });
    expect(fit(job, bare, 'refused')).toEqual({ fits: false, constraint: 'isolation' });
  });

  it('[1.14] waits for free slots', () => {
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

describe('fitting', () => {
  it('never loses an agent to a requirement that is dropped', () => {
    const drops: ((job: Needs) => Needs)[] = [
      ...(['regions', 'agents', 'providers'] as const).map((field) => placed({ [field]: null })),
      ...(['agentsBlocked', 'providersBlocked'] as const).map((field) => placed({ [field]: [] })),
      placed({ labels: {} }),
      (job) =>
        job.placement.isolationMin === 'native' ? job : placed({ isolationMin: 'container' })(job),
      ...(['cpus', 'memoryBytes', 'diskBytes'] as const).map((field) => sized({ [field]: 0 })),
      sized({ arch: null }),
      sized({ gpus: null }),
      ...(['vendor', 'framework', 'models', 'memoryBytesMin', 'computeCapabilityMin'] as const).map(
        (field) => (job: Needs) => {
          const { [field]: _, ...gpus } = job.resources.gpus ?? { count: 1 };
          return job.resources.gpus === null ? job : sized({ gpus })(job);
        },
      ),
    ];
    fc.assert(
      fc.property(needs, agents, fc.constantFrom(...drops), (job, all, drop) => {
        const relaxed = drop(job);
        for (const agent of all) {
          if (fit(job, agent, 'refused').fits)
            expect(fit(relaxed, agent, 'refused').fits).toBe(true);
        }
      }),
    );
  });

  it('gives devices that are free, qualify and are as many as asked', () => {
    fc.assert(
      fc.property(needs, agents, fc.nat(), (job, all, seed) => {
        for (const agent of all) {
          const freeDeviceIds = agent.freeDeviceIds.filter((_, index) => (seed >> index) % 2 === 0);
          const result = fit(job, { ...agent, freeDeviceIds }, 'refused');
          if (!result.fits) continue;
          const ids = result.devices.map(({ id }) => id);
          expect(new Set(ids).size).toBe(job.resources.gpus?.count ?? 0);
          expect(freeDeviceIds).toEqual(expect.arrayContaining(ids));
          const only = { ...agent, freeDeviceIds: ids };
          expect(fit(job, only, 'refused').fits).toBe(true);
        }
      }),
    );
  });
});

function placed(changes: Partial<Needs['placement']>) {
  return (job: Needs): Needs => ({ ...job, placement: { ...job.placement, ...changes } });
}

function sized(changes: Partial<Needs['resources']>) {
  return (job: Needs): Needs => ({ ...job, resources: { ...job.resources, ...changes } });
}
