import { hash } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import type { Device, Offer } from '@node3/shared/device';
import { type Asset, toMoney } from '@node3/shared/money';
import type { GpuOffer } from '@node3/shared/routes/offers';
import { toTimestamp } from '@node3/shared/schema';
import { classAsk } from '../domain/device-asks.ts';
import { frameworksOf } from '../domain/fit-gpus.ts';
import { scoreAgent } from '../domain/placement-strategy.ts';
import type { OfferRow } from '../domain/search-offers.ts';
import type { AgentRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { Presence } from './presence.ts';
import type { ProofLabels } from './proof-labels.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import { viewAgentReputation, viewRating } from './reputation-views.ts';
import type { WorkBoard } from './work-board.ts';

interface Deps {
  store: Pick<Store, 'agents'>;
  clock: Clock;
  presence: Presence;
  providers: Pick<ProviderRegistry, 'of'>;
  work: Pick<WorkBoard, 'countOf' | 'of'>;
  labels: ProofLabels;
}

/** The GPUs of every agent that has not left, by class. */
export async function readOffers(deps: Deps): Promise<OfferRow[]> {
  const [agents] = await Promise.all([deps.store.agents(), deps.labels.refresh()]);
  return agents
    .filter(({ state }) => state !== 'unregistered')
    .flatMap((agent) => rowsOf(deps, agent));
}

function rowsOf(deps: Deps, agent: AgentRow): OfferRow[] {
  const offer = deps.presence.offerOf(agent);
  if (offer === null || offer.devices.length === 0) return [];
  const facts = factsOf(deps, agent, offer);
  const busy = new Set(
    deps.work.of(agent.agentId).flatMap(({ devices }) => devices.map(({ id }) => id)),
  );
  return [...Map.groupBy(offer.devices, classOf)].map(([gpuClass, devices]) => ({
    id: `${agent.agentId}.${hash('sha256', gpuClass).slice(0, 12)}`,
    offer: {
      ...facts,
      ...viewClass(offer, devices),
      ...viewLabel(deps, agent.agentId, devices),
      free: facts.status === 'online' ? devices.filter(({ id }) => !busy.has(id)).length : null,
    },
  }));
}

/** What makes devices of one agent the same to a requester. */
function classOf({ computeCapability, memoryBytes, model, modelId, simulated }: Device): string {
  return JSON.stringify([model, modelId, memoryBytes, computeCapability, simulated]);
}

function factsOf({ clock, presence, providers, work }: Deps, agent: AgentRow, offer: Offer) {
  const { agentId, avgRunSec, jobsFailed, jobsSucceeded, state } = agent;
  const known = presence.get(agentId);
  const lastSeenAtMs = known?.lastSeenAtMs ?? agent.lastSeenAtMs;
  const isOnline = presence.isOnline(agentId);
  const running = work.countOf(agentId);
  const { slots } = offer;
  const freeSlots = Math.max(0, slots - running);
  const score = scoreAgent({ freeSlots, slots, jobsSucceeded, jobsFailed, avgRunSec });
  return {
    agentId,
    agentName: agent.name,
    provider: providers.of(agentId)?.name ?? null,
    status: state === 'disabled' ? 'disabled' : isOnline ? 'online' : 'offline',
    state,
    region: offer.region ?? null,
    isolation: offer.isolation,
    slots,
    running,
    score: isOnline ? score : null,
    reliability: viewAgentReputation(agent, clock.nowMs()).completion.value,
    jobsSucceeded,
    jobsFailed,
    rating: viewRating(agent),
    lastSeenAt: lastSeenAtMs === null ? null : toTimestamp(lastSeenAtMs),
  } as const;
}

/** @param devices of one class, at least one. */
function viewClass(offer: Offer, devices: readonly Device[]) {
  const [device] = devices as [Device, ...Device[]];
  const { computeCapability, memoryBytes, model, modelId, simulated, vendor } = device;
  const ask = (asset: Asset) => {
    const least = classAsk(offer, modelId, asset);
    return least === 0n ? null : toMoney(least, asset);
  };
  return {
    model,
    modelId,
    vendor,
    memoryBytes,
    computeCapability,
    frameworks: [...frameworksOf(device)],
    count: devices.length,
    simulated,
    ask: { SOL: ask('SOL'), USDC: ask('USDC') },
  };
}

function viewLabel(
  { labels }: Deps,
  agentId: string,
  devices: readonly Device[],
): Pick<GpuOffer, 'label' | 'provenAt'> {
  const provenAtMs = labels.provenAtMs(agentId, devices);
  if (provenAtMs === null) return { label: 'claimed', provenAt: null };
  return { label: 'measured', provenAt: toTimestamp(provenAtMs) };
}
