import type { Asks, Offer } from '@node3/shared/device';
import {
  gpuFrameworks,
  gpuVendors,
  isolationLevels,
  type JobSpecInput,
} from '@node3/shared/job-spec';
import * as fc from 'fast-check';
import type { Needs } from '../matching.ts';
import { gib, sampleCapacity, sampleDevice, sampleNeeds } from './matching-samples.ts';

/** Small worlds in which every requirement is met by some agents and failed by others. */

const models = ['rtx-4090', 'h100-sxm', 'rtx-3060'];
const regions = ['eu', 'eu-west', 'us'];
const some = <T>(values: readonly T[]) => fc.constantFrom(...values);
const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const amount = fc.integer({ min: 1, max: 4 }).map(String);

const inSol = (ask: string | null): Asks => ({
  SOL: ask === null ? null : { amount: ask, asset: 'SOL' },
  USDC: null,
});

const device = fc.record({
  vendor: some([...gpuVendors, 'simulated'] as const),
  modelId: fc.option(some(models), { nil: null }),
  memoryBytes: fc.option(
    fc.integer({ min: 1, max: 4 }).map((size) => size * 8 * gib),
    { nil: null },
  ),
  computeCapability: fc.option(some(['7.5', '8.9', '12.0']), { nil: null }),
  simulated: fc.boolean(),
});

const offer: fc.Arbitrary<Partial<Offer>> = fc
  .record({
    devices: fc.array(device, { maxLength: 3 }),
    isolation: some(isolationLevels),
    nativeAllowed: fc.boolean(),
    arch: some(['x64', 'arm64'] as const),
    cpus: fc.integer({ min: 1, max: 4 }),
    memoryBytes: fc.integer({ min: 1, max: 4 }).map((size) => size * gib),
    diskBytes: fc.integer({ min: 0, max: 4 }).map((size) => size * gib),
    ask: fc.option(amount),
    classAsks: perhaps(
      fc.dictionary(some(models), fc.option(amount), { maxKeys: 3, noNullPrototype: true }),
    ),
    region: perhaps(some(regions)),
    disk: fc.option(some(['nvme', 'hdd'])),
    requestersBlocked: perhaps(some([['acc_1'], ['acc_2']])),
    egress: perhaps(some([['*'], ['*.example.com']])),
    runSecMax: perhaps(some([100, 300])),
  })
  .map(
    ({ devices, ask, classAsks, disk, region, requestersBlocked, egress, runSecMax, ...rest }) => ({
      ...rest,
      ...(runSecMax === undefined ? {} : { runSecMax }),
      devices: devices.map((facts, index) => sampleDevice({ id: `GPU-${index}`, ...facts })),
      asks: inSol(ask),
      ...(classAsks === undefined
        ? {}
        : {
            classAsks: Object.fromEntries(
              Object.entries(classAsks).map(([name, own]) => [name, inSol(own)]),
            ),
          }),
      labels: disk === null ? {} : { disk },
      ...(region === undefined ? {} : { region }),
      ...(requestersBlocked === undefined ? {} : { requestersBlocked }),
      ...(egress === undefined ? {} : { egress: { hosts: egress } }),
    }),
  );

export const agents = fc
  .array(fc.tuple(offer, fc.integer({ min: 1, max: 2 })), { maxLength: 6 })
  .map((all) =>
    all.map(([some, wallet], index) =>
      sampleCapacity(some, { agentId: `agt_${index}`, wallet: `wallet-${wallet}` }),
    ),
  );

const gpus = fc.record(
  {
    count: fc.integer({ min: 1, max: 3 }),
    vendor: some(gpuVendors),
    framework: some(gpuFrameworks),
    models: fc.subarray(models, { minLength: 1 }),
    memoryBytesMin: fc.integer({ min: 1, max: 4 }).map((size) => size * 8 * gib),
    computeCapabilityMin: some(['8.0', '9.0']),
  },
  { requiredKeys: ['count'] },
);

const placement = fc.record(
  {
    agents: fc.subarray(['agt_0', 'agt_1', 'agt_2'], { minLength: 1 }),
    agentsBlocked: fc.subarray(['agt_0', 'agt_3']),
    providers: fc.constant<string[]>(['wallet-1']),
    providersBlocked: fc.constant<string[]>(['wallet-2']),
    regions: fc.subarray(['eu', 'eu-west', 'us'], { minLength: 1 }),
    labels: fc.constant<Record<string, string>>({ disk: 'nvme' }),
    isolationMin: some(isolationLevels),
  },
  { requiredKeys: [] },
);

export const needs: fc.Arbitrary<Needs> = fc
  .record({
    placement,
    gpus: fc.option(gpus),
    arch: fc.option(some(['x64', 'arm64'] as const)),
    sizes: fc.record({
      cpus: fc.integer({ min: 1, max: 4 }),
      memoryBytes: fc.integer({ min: 1, max: 4 }).map((size) => size * gib),
      diskBytes: fc.integer({ min: 1, max: 4 }).map((size) => size * gib),
    }),
    bid: amount,
    runSec: some([60, 300]),
    hosts: perhaps(some([['a.example.com'], ['elsewhere.org']])),
    requesterId: fc.option(some(['acc_1', 'acc_2'])),
  })
  .map((all) => {
    const asset = 'SOL' as const;
    const resources: NonNullable<JobSpecInput['resources']> = {
      ...all.sizes,
      ...(all.gpus === null ? {} : { gpus: all.gpus }),
      ...(all.arch === null ? {} : { arch: all.arch }),
    };
    const price = {
      kind: 'metered' as const,
      bidPerGpuHour: { amount: all.bid, asset },
      cap: { amount: '1', asset },
    };
    const { hosts } = all;
    const network = hosts === undefined ? {} : { network: { kind: 'egress' as const, hosts } };
    const limits = { runSec: all.runSec };
    const spec = { placement: all.placement, resources, price, limits, ...network };
    return sampleNeeds(spec, all.requesterId);
  });
