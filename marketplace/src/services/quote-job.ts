import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { DefaultImages, JobSpec, JobSpecInput } from '@node3/shared/job-spec';
import { priceMax } from '@node3/shared/metering';
import { toMoney } from '@node3/shared/money';
import type { Quote } from '@node3/shared/routes/quotes';
import { toTimestamp } from '@node3/shared/schema';
import { findAlternatives } from '../domain/alternatives.ts';
import { countAvailability, type OnlineAgent } from '../domain/availability.ts';
import { needsOf, type SimulatedPolicy } from '../domain/matching.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { Store } from '../store/store.ts';
import { completeSpec, hashSpec } from './complete-spec.ts';
import type { Presence } from './presence.ts';
import { type JobPrice, priceJob } from './price-job.ts';
import type { StartWaits } from './start-waits.ts';

export interface QuoteDeps {
  store: Pick<Store, 'saveQuote' | 'liveExecutions'>;
  clock: Clock;
  ids: Ids;
  presence: Presence;
  matchmaker: Matchmaker;
  startWaits: StartWaits;
  defaultImages: DefaultImages;
  feeBasisPoints: number;
  quoteMs: number;
  simulated: SimulatedPolicy;
}

/**
 * Says what a job will cost at most, who could run it and when, and stands by the price until the
 * quote expires. What nobody can run is quoted too, with the changes that would help.
 * Throws REQUEST_INVALID or AMOUNT_INVALID.
 */
export async function quoteJob(
  deps: QuoteDeps,
  input: JobSpecInput,
  requesterId: string | null,
): Promise<Quote> {
  const spec = completeSpec(input, deps.defaultImages);
  const price = priceJob(spec, deps.feeBasisPoints);
  const { asset } = priceMax(spec.price);
  const createdAtMs = deps.clock.nowMs();
  const row = {
    quoteId: deps.ids.next('quote'),
    specHash: hashSpec(spec),
    asset,
    total: price.price,
    feeBasisPoints: price.feeBasisPoints,
    createdAtMs,
    expiresAtMs: createdAtMs + deps.quoteMs,
    jobId: null,
  };
  await deps.store.saveQuote(row);
  return {
    quoteId: row.quoteId,
    specHash: row.specHash,
    ...viewPrice(spec, price),
    expiresAt: toTimestamp(row.expiresAtMs),
    ...(await outlook(deps, spec, requesterId)),
  };
}

function viewPrice(spec: JobSpec, { reward, price, feeBasisPoints }: JobPrice) {
  const most = priceMax(spec.price);
  return {
    kind: spec.price.kind,
    price: most,
    bidPerGpuHour: spec.price.kind === 'metered' ? spec.price.bidPerGpuHour : null,
    fee: toMoney(price - reward, most.asset),
    feeBasisPoints,
    total: toMoney(price, most.asset),
  };
}

/** Who could run it and when: a look at this moment, not a promise. */
async function outlook(
  deps: QuoteDeps,
  spec: JobSpec,
  requesterId: string | null,
): Promise<Pick<Quote, 'availability' | 'eta' | 'alternatives'>> {
  const agents = await onlineAgents(deps);
  const availability = countAvailability(needsOf(spec, requesterId), agents, deps.simulated);
  const isPossible = availability.agentsMatching > 0;
  return {
    availability: { ...availability, queueAhead: deps.matchmaker.openAhead(spec.priority) },
    eta: isPossible ? deps.startWaits.estimate(spec.resources.gpus === null ? 'cpu' : 'gpu') : null,
    alternatives: isPossible
      ? []
      : findAlternatives(needsOf(spec, requesterId), agents, deps.simulated),
  };
}

async function onlineAgents(deps: QuoteDeps): Promise<OnlineAgent[]> {
  // Sorted once: anybody may ask, and agents times executions is too much for that.
  const live = Map.groupBy(await deps.store.liveExecutions(null), ({ agentId }) => agentId);
  return deps.presence.all().flatMap(({ agentId, wallet, offer, freeDeviceIds }) => {
    if (offer === null || !deps.presence.isOnline(agentId)) return [];
    const own = live.get(agentId) ?? [];
    const busy = new Set(own.flatMap(({ devices }) => devices.map((device) => device.id)));
    const free = freeDeviceIds.filter((deviceId) => !busy.has(deviceId));
    const freeSlots = offer.slots - own.length;
    return [{ agentId, wallet, offer, freeDeviceIds: new Set(free), freeSlots }];
  });
}
