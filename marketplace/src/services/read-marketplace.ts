import type { Clock } from '@node3/shared/clock';
import { type Asset, toMoney } from '@node3/shared/money';
import { boardStates, type Overview, type PublicJob } from '@node3/shared/routes/marketplace';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { ExecutionRow, JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { countAgents } from './count-agents.ts';
import { viewPublicJob } from './job-views.ts';
import type { Presence } from './presence.ts';
import { viewRequesterReputation } from './reputation-views.ts';

export interface MarketplaceReadDeps {
  store: Store;
  clock: Clock;
  presence: Presence;
  cluster: Overview['cluster'];
  registration: Overview['registration'];
  feeBasisPoints: number;
  matchmaker: Pick<Matchmaker, 'meanRewards'>;
}

export async function readOverview(deps: MarketplaceReadDeps): Promise<Overview> {
  const { store } = deps;
  const [jobs, payouts, totals, sums, oldest, live, { online, offline }] = await Promise.all([
    store.countJobs(),
    store.countPayouts(),
    store.ledgerTotals(),
    store.payoutTotals(),
    store.queuedJobs(null, 1),
    store.liveExecutions(null),
    countAgents(deps),
  ]);
  const money = (values: Record<Asset, bigint>) => ({
    SOL: toMoney(values.SOL, 'SOL'),
    USDC: toMoney(values.USDC, 'USDC'),
  });
  return {
    cluster: deps.cluster,
    jobs,
    agents: { online, offline },
    gpus: countGpus(deps, busyDevices(live)),
    queue: { depth: jobs.queued, oldestAgeSec: oldestAge(deps, oldest) },
    escrow: money(totals.held),
    paidOut: money({ SOL: sums.SOL.finalized, USDC: sums.USDC.finalized }),
    payouts,
    registration: deps.registration,
    feeBasisPoints: deps.feeBasisPoints,
    meanRewardOpen: deps.matchmaker.meanRewards(),
  };
}

function oldestAge(deps: MarketplaceReadDeps, queued: readonly JobRow[]): number | null {
  const [first] = queued;
  return first === undefined ? null : (deps.clock.nowMs() - first.createdAtMs) / 1_000;
}

function countGpus(deps: MarketplaceReadDeps, busy: ReadonlySet<string>) {
  let registered = 0;
  let free = 0;
  let simulated = 0;
  for (const { agentId, offer } of deps.presence.all()) {
    const online = deps.presence.isOnline(agentId);
    for (const device of offer?.devices ?? []) {
      registered += 1;
      if (online && !busy.has(`${agentId} ${device.id}`)) free += 1;
      if (device.simulated) simulated += 1;
    }
  }
  return { registered, free, simulated };
}

/** Device ids are the agent's own: only together with it do they name one device. */
function busyDevices(live: readonly ExecutionRow[]): Set<string> {
  return new Set(
    live.flatMap(({ agentId, devices }) => devices.map((device) => `${agentId} ${device.id}`)),
  );
}

/** Jobs anybody may see: what is open or running, newest first. */
export async function readBoard(
  deps: Pick<MarketplaceReadDeps, 'store' | 'clock'>,
  limit: number,
): Promise<PublicJob[]> {
  const jobs = await deps.store.listJobs({
    accountId: null,
    states: [...boardStates],
    beforeJobId: null,
    limit,
  });
  const accounts = await deps.store.accountsById([...new Set(jobs.map((job) => job.accountId))]);
  const nowMs = deps.clock.nowMs();
  return jobs.map((job) => {
    const reputation = accounts.get(job.accountId)?.reputation ?? null;
    return { ...viewPublicJob(job), requester: viewRequesterReputation({ reputation }, nowMs) };
  });
}
