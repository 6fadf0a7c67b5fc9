import type { Device, Offer } from '@node3/shared/device';
import { isolationLevels, type JobSpec, nativeImage } from '@node3/shared/job-spec';
import { hourlyOffer, priceMax } from '@node3/shared/metering';
import { type BaseUnits, fromMoney } from '@node3/shared/money';

/** What an agent has free right now. */
export interface Capacity {
  agentId: string;
  offer: Offer;
  freeDeviceIds: readonly string[];
  freeCpus: number;
  freeMemoryBytes: number;
  freeSlots: number;
}

/** The part of a spec that decides who can run it. */
export type Needs = Pick<JobSpec, 'placement' | 'resources' | 'price'> & {
  limits: JobSpec['limits'];
  workload: Pick<JobSpec['workload'], 'image'>;
};

/** The requirement that keeps a job from an agent, for explanations. */
export type Constraint =
  | 'agent'
  | 'isolation'
  | 'arch'
  | 'simulated_gpu'
  | 'gpu_vendor'
  | 'gpu_model'
  | 'gpu_memory'
  | 'gpu_capability'
  | 'gpu_count'
  | 'cpus'
  | 'memory'
  | 'disk'
  | 'price'
  | 'slots';

export type Fit = { fits: true; devices: Device[] } | { fits: false; constraint: Constraint };

/** Whether the network may give GPU work to simulated devices: on localnet only, where money is play money. */
export type SimulatedPolicy = 'allowed' | 'refused';

/** Whether this job can run on this agent now, and on which devices; otherwise what forbids it. */
export function fit(spec: Needs, capacity: Capacity, simulated: SimulatedPolicy): Fit {
  const ever = fitsEver(spec, capacity, simulated);
  if (!ever.fits) return ever;
  if (capacity.freeSlots < 1) return { fits: false, constraint: 'slots' };
  if (spec.resources.cpus > capacity.freeCpus) return { fits: false, constraint: 'cpus' };
  if (spec.resources.memoryBytes > capacity.freeMemoryBytes) {
    return { fits: false, constraint: 'memory' };
  }
  const free = new Set(capacity.freeDeviceIds);
  const { gpus } = spec.resources;
  if (gpus === null) return { fits: true, devices: [] };
  const usable = ever.devices.filter((device) => free.has(device.id));
  if (usable.length < gpus.count) return { fits: false, constraint: 'gpu_count' };
  return { fits: true, devices: usable.slice(0, gpus.count) };
}

/** Whether the agent could run the job with nothing else on it; `devices` are all that qualify. */
export function fitsEver(
  spec: Needs,
  { agentId, offer }: Pick<Capacity, 'agentId' | 'offer'>,
  simulated: SimulatedPolicy,
): Fit {
  const { placement, resources } = spec;
  if (placement.agents !== null && !placement.agents.includes(agentId)) {
    return { fits: false, constraint: 'agent' };
  }
  if (!isolationSuffices(spec, offer)) {
    return { fits: false, constraint: 'isolation' };
  }
  if (resources.arch !== null && resources.arch !== offer.arch) {
    return { fits: false, constraint: 'arch' };
  }
  if (resources.cpus > offer.cpus) return { fits: false, constraint: 'cpus' };
  if (resources.memoryBytes > offer.memoryBytes) return { fits: false, constraint: 'memory' };
  if (resources.diskBytes > offer.diskBytes) return { fits: false, constraint: 'disk' };
  if (resources.gpus === null) return { fits: true, devices: [] };
  const gpus = fitGpus(resources.gpus, offer.devices, simulated);
  if (!gpus.fits) return gpus;
  const ask = askOf(spec, offer);
  return ask === null || ask <= hourlyOffer(spec) ? gpus : { fits: false, constraint: 'price' };
}

/** What the agent asks per GPU hour for this job; null when it takes anything. */
function askOf({ price, resources }: Needs, { asks }: Offer): BaseUnits | null {
  const { asset } = priceMax(price);
  const ask = resources.gpus === null ? null : (asks?.[asset] ?? null);
  const amount = ask === null || ask.asset !== asset ? null : fromMoney(ask);
  return amount === 0n ? null : amount;
}

/** Base units per GPU hour that a metered job pays this agent: its ask, or all that is bid. */
export function matchedRate(spec: Needs, offer: Offer): BaseUnits | null {
  if (spec.price.kind === 'fixed') return null;
  return askOf(spec, offer) ?? hourlyOffer(spec);
}

/**
 * A job without an image runs on the provider's own system, where both sides must have agreed to
 * it. One with an image always runs in a container or better, however little it asks for.
 */
function isolationSuffices({ workload, placement }: Needs, offer: Offer): boolean {
  if (workload.image === nativeImage) {
    return placement.isolationMin === 'native' && offer.nativeAllowed;
  }
  const min = placement.isolationMin === 'native' ? 'container' : placement.isolationMin;
  return isolationLevels.indexOf(offer.isolation) >= isolationLevels.indexOf(min);
}

function fitGpus(
  gpus: NonNullable<JobSpec['resources']['gpus']>,
  devices: Device[],
  simulated: SimulatedPolicy,
): Fit {
  const { vendor, models, memoryBytesMin, computeCapabilityMin } = gpus;
  const rules: [Constraint, (device: Device) => boolean][] = [
    ['simulated_gpu', (device) => simulated === 'allowed' || !device.simulated],
    ['gpu_vendor', (device) => vendor === undefined || device.vendor === vendor],
    ['gpu_model', (device) => models === undefined || matchesModel(device, models)],
    [
      'gpu_memory',
      // Unknown memory is unknown, not infinite: it satisfies no minimum.
      (device) => memoryBytesMin === undefined || (device.memoryBytes ?? -1) >= memoryBytesMin,
    ],
    [
      'gpu_capability',
      (device) =>
        computeCapabilityMin === undefined ||
        (device.computeCapability !== null &&
          compareVersions(device.computeCapability, computeCapabilityMin) >= 0),
    ],
  ];
  let left = devices;
  for (const [constraint, rule] of rules) {
    const before = left.length;
    left = left.filter(rule);
    if (left.length < gpus.count && before >= gpus.count) return { fits: false, constraint };
  }
  if (left.length < gpus.count) return { fits: false, constraint: 'gpu_count' };
  return { fits: true, devices: left };
}

/** The job's models are catalogue ids by now; families were spelled out when it was posted. */
function matchesModel({ modelId }: Device, models: readonly string[]): boolean {
  return modelId !== null && models.includes(modelId);
}

function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}

/** The seed's score over what is known: free share of the machine and share of successes. */
export function scoreAgent(agent: {
  freeSlots: number;
  slots: number;
  jobsSucceeded: number;
  jobsFailed: number;
}): number {
  const total = agent.jobsSucceeded + agent.jobsFailed;
  const success = total === 0 ? 1 : agent.jobsSucceeded / total;
  return 0.5 * (agent.freeSlots / Math.max(1, agent.slots)) + 0.3 * success;
}
