import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { DefaultImages, JobSpec, JobSpecInput } from '@node3/shared/job-spec';
import { hourlyOffer, priceMax } from '@node3/shared/metering';
import { toMoney } from '@node3/shared/money';
import type { Quote } from '@node3/shared/routes/quotes';
import { toTimestamp } from '@node3/shared/schema';
import { devicesWithin } from '../domain/device-asks.ts';
import { explainMatch } from '../domain/explain-match.ts';
import { qualifyingDevices } from '../domain/fit-gpus.ts';
import { fit, type Needs, needsOf, type SimulatedPolicy } from '../domain/matching.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { Store } from '../store/store.ts';
import { completeSpec, hashSpec } from './complete-spec.ts';
import { onlineGroups } from './explain-needs.ts';
import type { OfferingAgent, Presence } from './presence.ts';
import { type JobPrice, priceJob } from './price-job.ts';
import type { StartWaits } from './start-waits.ts';
import type { WorkBoard } from './work-board.ts';

export interface QuoteDeps {
  store: Pick<Store, 'saveQuote'>;
  work: WorkBoard;
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
    ...outlook(deps, spec, requesterId),
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
function outlook(
  deps: QuoteDeps,
  spec: JobSpec,
  requesterId: string | null,
): Pick<Quote, 'availability' | 'eta' | 'alternatives'> {
  const needs = needsOf(spec, requesterId);
  const { fitting, relaxations } = explainMatch(needs, onlineGroups(deps), deps.simulated);
  const isPossible = fitting.length > 0;
  return {
    availability: {
      agentsMatching: fitting.length,
      ...countFree(deps, needs, fitting),
      queueAhead: deps.matchmaker.openAhead(spec.priority),
    },
    eta: isPossible ? deps.startWaits.estimate(spec.resources.gpus === null ? 'cpu' : 'gpu') : null,
    alternatives: isPossible ? [] : relaxations,
  };
}

/** How many could start the job now, and on how many of their devices that would do. */
function countFree(
  { work, simulated }: QuoteDeps,
  needs: Needs,
  fitting: readonly OfferingAgent[],
): Pick<Quote['availability'], 'agentsFree' | 'devicesFree'> {
  const { gpus } = needs.resources;
  const paid = { asset: priceMax(needs.price).asset, most: hourlyOffer(needs) };
  let agentsFree = 0;
  let devicesFree = 0;
  for (const agent of fitting) {
    const capacity = work.capacityOf(agent);
    if (fit(needs, capacity, simulated).fits) agentsFree += 1;
    if (gpus === null) continue;
    const free = agent.offer.devices.filter(({ id }) => capacity.freeDeviceIds.includes(id));
    const usable = qualifyingDevices(gpus, free, simulated);
    devicesFree += devicesWithin(agent.offer, usable, paid).length;
  }
  return { agentsFree, devicesFree: gpus === null ? null : devicesFree };
}
