import type { Clock } from '@node3/shared/clock';
import { gpuModelIds } from '@node3/shared/gpu/normalise-model';
import { oneOrOther } from '@node3/shared/metrics';
import type { AgentPresence, Presence } from '../services/presence.ts';
import type { WorkBoard } from '../services/work-board.ts';
import type { Store } from '../store/store.ts';
import type { AgentVersions } from './agent-versions.ts';
import { gpuClassOf } from './job-labels.ts';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';
import { Tally } from './tally.ts';

export interface MarketGaugeDeps {
  metrics: MarketplaceMetrics;
  store: Pick<Store, 'countJobsByType' | 'queuedJobs'>;
  clock: Pick<Clock, 'nowMs'>;
  presence: Presence;
  work: WorkBoard;
  versions: AgentVersions;
}

/** The oldest jobs of the queue that are looked at for their class. */
const oldestLooked = 64;

/** How full the market is: jobs by the store's own counts, agents by what is in memory. */
export async function showMarket(deps: MarketGaugeDeps): Promise<void> {
  showAgents(deps);
  const [counts, oldest] = await Promise.all([
    deps.store.countJobsByType(),
    deps.store.queuedJobs(null, oldestLooked),
  ]);
  deps.metrics.show(
    'node3_jobs',
    Object.entries(counts).flatMap(([state, byType]) =>
      Object.entries(byType).map(([type, value]) => ({ labels: { state, type }, value })),
    ),
  );
  const nowMs = deps.clock.nowMs();
  const ages = new Map<string, number>();
  for (const { spec, createdAtMs } of oldest) {
    const gpuClass = gpuClassOf(spec);
    ages.set(gpuClass, Math.max(ages.get(gpuClass) ?? 0, (nowMs - createdAtMs) / 1_000));
  }
  deps.metrics.show(
    'node3_job_oldest_pending_age_seconds',
    [...ages].map(([gpuClass, value]) => ({ labels: { gpu_class: gpuClass }, value })),
  );
}

function showAgents({ metrics, presence, work, versions }: MarketGaugeDeps): void {
  const agents = new Tally<{ state: string; gpu_vendor: string }>();
  const registered = new Tally<{ gpu_model: string; vendor: string }>();
  const available = new Tally<{ gpu_model: string; vendor: string }>();
  for (const agent of presence.all()) {
    if (agent.offer === null) continue;
    const state = stateOf(agent, presence, work);
    agents.add({ state, gpu_vendor: agent.offer.devices[0]?.vendor ?? 'none' });
    const held = new Set(
      work.of(agent.agentId).flatMap(({ devices }) => devices.map(({ id }) => id)),
    );
    for (const { id, modelId, vendor } of agent.offer.devices) {
      const labels = { gpu_model: oneOrOther(modelId ?? '', gpuModelIds), vendor };
      registered.add(labels);
      available.add(labels, state !== 'offline' && !held.has(id) ? 1 : 0);
    }
  }
  metrics.show('node3_agents', agents.samples());
  metrics.show('node3_gpus_registered', registered.samples());
  metrics.show('node3_gpus_available', available.samples());
  metrics.show('node3_agent_version_info', versions.samples(presence));
}

function stateOf({ agentId }: AgentPresence, presence: Presence, work: WorkBoard): string {
  if (!presence.isOnline(agentId)) return 'offline';
  return work.countOf(agentId) > 0 ? 'working' : 'idle';
}
