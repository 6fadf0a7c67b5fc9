import type { Asks } from '@node3/shared/device';
import { encodeCrockford } from '@node3/shared/ids';
import {
  gpuFrameworks,
  isolationLevels,
  placementDefaults,
  priorities,
} from '@node3/shared/job-spec';
import { baseUnits } from '@node3/shared/money';
import * as fc from 'fast-check';
import type { JobNeeds } from '../../domain/job-needs.ts';
import type { Capacity } from '../../domain/matching.ts';
import type { OpenJob } from '../open-job.ts';

/** Small choices, so that jobs and agents often fit, and often only just do not. */
const regions = ['eu', 'eu-west', 'eu-west-1', 'us', 'us-east'];
const models = ['m0', 'm1', 'm2', 'm3'];
const gib = 1024 ** 3;
const agentIds = ['agt_0', 'agt_1', 'agt_2'];
const wallets = ['wal_0', 'wal_1', 'wal_2'];
const accounts = ['acc_0', 'acc_1', 'acc_2'];
const versions = ['7.5', '8.6', '8.9', '9.0'];
const memory = fc.integer({ min: 1, max: 24 }).map((half) => half * (gib / 2));
const cpus = fc.constantFrom(0.1, 0.5, 1, 1.01, 2, 4, 7.9, 8);
const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), {
  maxKeys: 2,
  noNullPrototype: true,
});
const ask = fc.integer({ min: 0, max: 40 });
const asksOf: fc.Arbitrary<Asks> = fc.record({ SOL: ask, USDC: ask }).map(({ SOL, USDC }) => ({
  SOL: { amount: `0.${String(SOL).padStart(9, '0')}`, asset: 'SOL' },
  USDC: { amount: `0.${String(USDC).padStart(6, '0')}`, asset: 'USDC' },
}));
/** Much of what is asked for must be nothing, or hardly any job fits any agent. */
const seldom = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, value);
const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, value);
const maybe = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, value);
const some = (from: string[]) =>
  fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: 2 });

const nobody = fc.constant<string[]>([]);

const gpus = fc
  .record({
    count: fc.integer({ min: 1, max: 3 }),
    vendor: maybe(fc.constantFrom('nvidia' as const, 'amd' as const)),
    models: maybe(some(models)),
    framework: maybe(maybe(fc.constantFrom(...gpuFrameworks))),
    memoryBytesMin: maybe(memory),
    computeCapabilityMin: maybe(fc.constantFrom(...versions)),
  })
  .map((all) => JSON.parse(JSON.stringify(all)) as NonNullable<JobNeeds['gpus']>);

const placement = fc
  .record({
    regions: seldom(some(regions)),
    agents: rarely(some(agentIds)),
    agentsBlocked: fc.oneof({ weight: 4, arbitrary: nobody }, some(agentIds)),
    providers: rarely(some(wallets)),
    providersBlocked: fc.oneof({ weight: 4, arbitrary: nobody }, some(wallets)),
    labels: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, labels),
    isolationMin: fc.constantFrom('native', 'container', ...isolationLevels),
  })
  .map((chosen) => ({ ...placementDefaults, ...chosen }));

const needs: fc.Arbitrary<JobNeeds> = fc.record({
  placement,
  gpus: fc.option(gpus, { freq: 4, nil: null }),
  cpus: fc.oneof(fc.constant(0.1), cpus),
  memoryBytes: fc.oneof(fc.constant(gib), memory),
  diskBytes: fc.oneof(fc.constant(gib), memory),
  arch: seldom(fc.constantFrom('x64' as const, 'arm64' as const)),
  isNative: seldom(fc.constant(true)).map((native) => native === true),
  runSec: fc.constantFrom(60, 300, 900),
});

/** An id of a job; order and number go together. */
export function jobIdOf(number: number): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, number);
  return `job_${encodeCrockford(bytes)}`;
}

export const openJob: fc.Arbitrary<OpenJob> = fc
  .record({
    number: fc.integer({ min: 1, max: 2 ** 31 }),
    accountId: fc.constantFrom(...accounts),
    priority: fc.constantFrom(...priorities),
    needs,
    rankMs: fc.integer({ min: 0, max: 50 }),
    avoided: rarely(fc.uniqueArray(fc.constantFrom(...agentIds), { maxLength: 2 })),
    asset: fc.constantFrom('SOL' as const, 'USDC' as const),
    offer: ask,
    isMetered: fc.boolean(),
  })
  .map(({ number, offer, isMetered, avoided, ...job }) => ({
    ...job,
    jobId: jobIdOf(number),
    notBeforeMs: 0,
    avoidedAgentIds: avoided ?? [],
    avoidUntilMs: 10,
    hourlyOffer: baseUnits(BigInt(offer)),
    reward: isMetered ? null : baseUnits(BigInt(offer)),
  }));

const device = fc.record({
  vendor: fc.constantFrom('nvidia' as const, 'amd' as const),
  modelId: fc.option(fc.constantFrom(...models), { freq: 5 }),
  memoryBytes: fc.option(memory, { freq: 5 }),
  computeCapability: fc.option(fc.constantFrom(...versions), { freq: 5 }),
  simulated: seldom(fc.constant(true)).map((simulated) => simulated === true),
});

export const capacity: fc.Arbitrary<Capacity> = fc
  .record({
    agent: fc.integer({ min: 0, max: 2 }),
    devices: fc.array(device, { maxLength: 4, size: 'max' }),
    free: fc.constantFrom(0, 1, 2, 3, 4, 4, 4),
    isolation: fc.constantFrom('container', ...isolationLevels),
    nativeAllowed: fc.boolean(),
    arch: fc.constantFrom('x64' as const, 'arm64' as const),
    cpus,
    freeCpus: cpus,
    memoryBytes: memory,
    diskBytes: memory,
    region: fc.option(fc.constantFrom(...regions), { nil: undefined }),
    labels,
    runSecMax: seldom(fc.constantFrom(100, 300)),
    asks: asksOf,
    classAsks: maybe(
      fc.dictionary(fc.constantFrom(...models), asksOf, { maxKeys: 3, noNullPrototype: true }),
    ),
    blocked: fc.oneof({ weight: 4, arbitrary: nobody }, some(accounts)),
    reservedFor: rarely(fc.constantFrom(...accounts)),
  })
  .map((drawn) => {
    const devices = drawn.devices.map((facts, index) => ({
      ...facts,
      id: `gpu-${index}`,
      model: 'Model',
      driverVersion: null,
    }));
    return {
      agentId: `agt_${drawn.agent}`,
      wallet: `wal_${drawn.agent}`,
      reservedFor: drawn.reservedFor,
      freeDeviceIds: devices.slice(0, drawn.free).map(({ id }) => id),
      freeCpus: drawn.freeCpus,
      freeMemoryBytes: drawn.memoryBytes,
      freeSlots: 4,
      offer: {
        devices,
        isolation: drawn.isolation,
        nativeAllowed: drawn.nativeAllowed,
        arch: drawn.arch,
        cpus: drawn.cpus,
        memoryBytes: drawn.memoryBytes,
        diskBytes: drawn.diskBytes,
        slots: 4,
        asks: drawn.asks,
        ...(drawn.classAsks === undefined ? {} : { classAsks: drawn.classAsks }),
        labels: drawn.labels,
        requestersBlocked: drawn.blocked,
        ...(drawn.region === undefined ? {} : { region: drawn.region }),
        ...(drawn.runSecMax === null ? {} : { runSecMax: drawn.runSecMax }),
      },
    };
  });
