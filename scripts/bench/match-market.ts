import { encodeCrockford } from '@node3/shared/ids';
import { placementDefaults } from '@node3/shared/job-spec';
import { baseUnits } from '@node3/shared/money';
import type { Capacity } from '../../marketplace/src/domain/matching.ts';
import type { OpenJob } from '../../marketplace/src/matching/open-job.ts';
import { SeededRandom } from '../../marketplace/src/testing/seeded-random.ts';

/** A made-up market: models from common to rare, with jobs and agents that want and have them. */

const gib = 1024 ** 3;
const memories = [4, 6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 141, 192];
const capabilities = [5.2, 6, 6.1, 7, 7.5, 8, 8.6, 8.9, 9, 10, 12];
export const gpuCounts = [1, 2, 4, 8];
const regionCount = 20;
const labelCount = 30;
const vendors = ['nvidia', 'amd', 'apple'] as const;

interface Model {
  vendor: number;
  gib: number;
  capability: number;
  arch: number;
  usualAsk: number;
}

/** A job as numbers; -1 asks for nothing. */
export interface JobFacts {
  number: number;
  urgency: number;
  vendor: number;
  model: number;
  gib: number;
  capability: number;
  count: number;
  region: number;
  arch: number;
  label: number;
  offer: number;
}

export interface AgentFacts {
  number: number;
  vendor: number;
  model: number;
  gib: number;
  capability: number;
  count: number;
  region: number;
  arch: number;
  /** One bit each. */
  labels: number;
  ask: number;
}

function makeModels(): Model[] {
  const random = new SeededRandom('models');
  return Array.from({ length: 60 }, (_, at) => {
    const vendor = at < 42 ? 0 : at < 54 ? 1 : 2;
    const capability = vendor === 0 ? random.pick(capabilities) : 0;
    const usualAsk = random.integer(10, 410);
    return { vendor, gib: random.pick(memories), capability, arch: vendor === 2 ? 1 : 0, usualAsk };
  });
}

const models = makeModels();

/** Low numbers far more often than high ones. */
function common(random: SeededRandom, count: number): number {
  return Math.min(count - 1, Math.floor(random.next() ** 2.2 * count));
}

export function makeAgents(count: number): AgentFacts[] {
  const random = new SeededRandom('agents');
  return Array.from({ length: count }, (_, number) => {
    const model = common(random, models.length);
    const { vendor, gib: size, capability, arch, usualAsk } = models[model] as Model;
    const labels = random.chance(0.6) ? 0 : 1 << common(random, labelCount);
    const count4 = random.pick([0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
    const ask = Math.round(usualAsk * (0.6 + random.next()));
    const region = common(random, regionCount);
    return {
      number,
      vendor,
      model,
      gib: size,
      capability,
      count: count4,
      region,
      arch,
      labels,
      ask,
    };
  });
}

export function* makeJobs(count: number, kind: 'mixed' | 'blocked head'): Generator<JobFacts> {
  const random = new SeededRandom('jobs');
  for (let number = 0; number < count; number += 1) {
    const job = drawJob(random, number);
    // More than any agent has, and first of all: what a careless or hostile requester could post.
    if (kind === 'blocked head' && number < count / 2) {
      yield {
        ...job,
        urgency: 3,
        model: -1,
        vendor: number % 2 === 0 ? 0 : -1,
        gib: 4_000,
        offer: 5_000,
      };
    } else yield job;
  }
}

function drawJob(random: SeededRandom, number: number): JobFacts {
  const model = common(random, models.length);
  const { vendor, gib: size, capability, arch, usualAsk } = models[model] as Model;
  const isByModel = random.chance(0.3);
  const smaller = memories.filter((one) => one <= size);
  return {
    number,
    urgency: random.integer(0, 3),
    vendor: random.chance(0.9) ? vendor : -1,
    model: isByModel ? model : -1,
    gib: isByModel ? 0 : random.pick(smaller),
    capability: vendor === 0 && random.chance(0.5) ? capability : 0,
    count: random.pick([0, 0, 0, 0, 0, 0, 0, 0, 1, 2]),
    region: random.chance(0.7) ? -1 : common(random, regionCount),
    arch: random.chance(0.5) ? arch : -1,
    label: random.chance(0.85) ? -1 : common(random, labelCount),
    offer: Math.round(usualAsk * (0.4 + 1.4 * random.next())),
  };
}

const idBytes = new Uint8Array(16);
const idView = new DataView(idBytes.buffer);
const firstRankMs = 1_700_000_000_000;

/** Smaller first; no two are alike, so that every reference can sort by it. */
export function rankOf({ urgency, number }: JobFacts): number {
  return firstRankMs + number - urgency * 100_000_000;
}

function versionOf(capability: number): string {
  return capability.toFixed(1);
}

export function toOpenJob(job: JobFacts): OpenJob {
  idView.setUint32(12, job.number);
  return {
    jobId: `job_${encodeCrockford(idBytes)}`,
    accountId: `acc_${job.number % 1_000}`,
    priority: 'normal',
    rankMs: rankOf(job),
    notBeforeMs: 0,
    avoidedAgentIds: [],
    avoidUntilMs: 0,
    asset: 'USDC',
    hourlyOffer: baseUnits(BigInt(job.offer)),
    reward: null,
    needs: {
      placement: {
        ...placementDefaults,
        regions: job.region < 0 ? null : [`r${job.region}`],
        labels: job.label < 0 ? {} : { [`l${job.label}`]: 'yes' },
      },
      gpus: {
        count: gpuCounts[job.count] ?? 1,
        ...(job.vendor < 0 ? {} : { vendor: vendors[job.vendor] ?? 'nvidia' }),
        ...(job.model < 0 ? {} : { models: [`m${job.model}`] }),
        ...(job.gib === 0 ? {} : { memoryBytesMin: job.gib * gib }),
        ...(job.capability === 0 ? {} : { computeCapabilityMin: versionOf(job.capability) }),
      },
      cpus: 1,
      memoryBytes: gib,
      diskBytes: gib,
      arch: job.arch < 0 ? null : job.arch === 0 ? 'x64' : 'arm64',
      isNative: false,
    },
  };
}

export function toCapacity(agent: AgentFacts): Capacity {
  const devices = Array.from({ length: gpuCounts[agent.count] ?? 1 }, (_, at) => ({
    id: `gpu-${at}`,
    vendor: vendors[agent.vendor] ?? ('nvidia' as const),
    model: `Model ${agent.model}`,
    modelId: `m${agent.model}`,
    memoryBytes: agent.gib * gib,
    computeCapability: agent.capability === 0 ? null : versionOf(agent.capability),
    driverVersion: null,
    simulated: false,
  }));
  const labels: Record<string, string> = {};
  for (let at = 0; at < labelCount; at += 1) {
    if ((agent.labels & (1 << at)) !== 0) labels[`l${at}`] = 'yes';
  }
  return {
    agentId: `agt_${agent.number}`,
    wallet: `wallet-${agent.number}`,
    reservedFor: null,
    freeDeviceIds: devices.map(({ id }) => id),
    freeCpus: 8,
    freeMemoryBytes: 16 * gib,
    freeSlots: 8,
    offer: {
      devices,
      isolation: 'container',
      nativeAllowed: false,
      arch: agent.arch === 0 ? 'x64' : 'arm64',
      cpus: 8,
      memoryBytes: 16 * gib,
      diskBytes: 100 * gib,
      slots: 8,
      region: `r${agent.region}`,
      labels,
      asks: {
        SOL: null,
        USDC: { amount: `0.${String(agent.ask).padStart(6, '0')}`, asset: 'USDC' },
      },
    },
  };
}

/** Whether they go together, in numbers: what the references decide by. */
export function goTogether(job: JobFacts, agent: AgentFacts): boolean {
  return (
    (job.vendor < 0 || job.vendor === agent.vendor) &&
    (job.model < 0 || job.model === agent.model) &&
    job.gib <= agent.gib &&
    job.capability <= agent.capability &&
    job.count <= agent.count &&
    (job.region < 0 || job.region === agent.region) &&
    (job.arch < 0 || job.arch === agent.arch) &&
    (job.label < 0 || (agent.labels & (1 << job.label)) !== 0) &&
    job.offer >= agent.ask
  );
}
