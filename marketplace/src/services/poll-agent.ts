import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import type { Ids } from '@node3/shared/ids';
import type {
  AgentMessage,
  pollAgent as contract,
  ExecutionOffer,
} from '@node3/shared/routes/agents';
import { standingOf } from '../domain/agent-standing.ts';
import type { Capacity } from '../domain/matching.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { AgentRow, ExecutionRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { AgentHomes } from './agent-homes.ts';
import type { AgentOrders } from './agent-orders.ts';
import type { CancelNotices } from './cancel-notices.ts';
import { endPause } from './change-agent-state.ts';
import { checkOffer } from './check-offer.ts';
import { claimJob, type LeaseDeps, toOffer } from './claim-job.ts';
import type { LeaseTokens } from './lease-token.ts';
import type { PollTurns } from './poll-turns.ts';
import type { Presence } from './presence.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import type { Reservations } from './reservations.ts';
import type { SecretSealer } from './secret-sealer.ts';
import type { WorkBoard } from './work-board.ts';

export interface PollDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  leases: LeaseTokens;
  sealer: SecretSealer;
  offerOf: LeaseDeps['offerOf'];
  matchmaker: Matchmaker;
  homes: Pick<AgentHomes, 'arrive'>;
  presence: Presence;
  cancels: CancelNotices;
  work: WorkBoard;
  reservations: Reservations;
  orders: AgentOrders;
  pollTurns: PollTurns;
  providers: Pick<ProviderRegistry, 'isOpen'>;
}

type PollBody = BodyOf<typeof contract>;

/**
 * Answers one long poll: cancellations first, then the offer of this claim, then a new match, and
 * otherwise it waits until there is news or the wait is over.
 */
export async function pollAgent(
  deps: PollDeps,
  agent: AgentRow,
  body: PollBody,
  signal: AbortSignal,
): Promise<AgentMessage[]> {
  return deps.pollTurns.take(agent.agentId, signal, (turn) => answerPoll(deps, agent, body, turn));
}

async function answerPoll(
  deps: PollDeps,
  agent: AgentRow,
  body: PollBody,
  signal: AbortSignal,
): Promise<AgentMessage[]> {
  checkOffer(body.offer);
  // Asked long ago, while this process stood still: the agent waits elsewhere by now.
  if (signal.aborted) return [];
  await deps.homes.arrive(agent.agentId, body.instanceId);
  const presence = deps.presence.seen(agent, body.instanceId);
  presence.standing = standingOf(agent);
  deps.presence.noteOffer(presence, body.offer);
  presence.freeDeviceIds = body.freeDeviceIds;
  const untilMs = deps.clock.monotonicMs() + body.waitSec * 1_000;
  while (!signal.aborted) {
    const live = await deps.store.liveExecutions(agent.agentId);
    const agentNow = await endPause(deps, (await deps.store.agent(agent.agentId)) ?? agent);
    const orders = deps.orders.due(agentNow, body.instanceId);
    const messages: AgentMessage[] = [...deps.cancels.take(agent.agentId), ...orders];
    const isOpen = agentNow.state === 'active' && deps.providers.isOpen(agent.agentId, body.offer);
    const claimId = isOpen ? body.claimId : null;
    if (claimId !== null) {
      const offer = await offerFor(deps, agent, body, live, claimId);
      if (offer !== null) messages.push(offer);
    }
    const leftMs = untilMs - deps.clock.monotonicMs();
    if (messages.length > 0 || leftMs <= 0) return messages;
    if (deps.cancels.has(agent.agentId)) continue;
    const poll = { agent: agentNow, body: { ...body, claimId }, live, leftMs };
    const news = await waitForNews(deps, poll, signal);
    if (news === 'over') return [];
    if (news !== 'cancel') return [news];
  }
  return [];
}

async function offerFor(
  deps: PollDeps,
  agent: AgentRow,
  body: PollBody,
  live: ExecutionRow[],
  claimId: string,
): Promise<AgentMessage | null> {
  const same = live.find((execution) => execution.claimId === claimId);
  if (same !== undefined) {
    const job = await deps.store.job(same.jobId);
    return job === null ? null : toOffer(deps, job, same);
  }
  return claimJob(deps, agent, capacityOf(deps, agent, body, live), claimId);
}

/** What is free: the agent's own word, less what it holds by ours. */
function capacityOf(
  { presence, reservations }: PollDeps,
  agent: AgentRow,
  body: PollBody,
  live: ExecutionRow[],
): Capacity {
  const held = new Set(live.flatMap((execution) => execution.devices.map((device) => device.id)));
  return {
    agentId: agent.agentId,
    wallet: agent.wallet,
    offer: presence.get(agent.agentId)?.offer ?? body.offer,
    reservedFor: reservations.reservedFor(agent.agentId),
    freeDeviceIds: body.freeDeviceIds.filter((deviceId) => !held.has(deviceId)),
    freeCpus: body.freeCpus,
    freeMemoryBytes: body.freeMemoryBytes,
    freeSlots: body.offer.slots - live.length,
  };
}

/** Waits for an offer or a cancellation. A claim under way is always waited for: its lease is ours. */
function waitForNews(
  deps: PollDeps,
  poll: { agent: AgentRow; body: PollBody; live: ExecutionRow[]; leftMs: number },
  signal: AbortSignal,
): Promise<ExecutionOffer | 'cancel' | 'over'> {
  const { agent, body, live } = poll;
  const { promise, resolve } = Promise.withResolvers<ExecutionOffer | 'cancel' | 'over'>();
  let offer: ExecutionOffer | null = null;
  const timer = setTimeout(() => finish('over'), poll.leftMs);
  const onAbort = () => finish('over');
  const stopListening = deps.cancels.listen(agent.agentId, () => finish('cancel'));
  const leave =
    body.claimId === null
      ? async () => undefined
      : deps.matchmaker.enter({
          ...idleAgentOf(agent, body.claimId),
          capacity: capacityOf(deps, agent, body, live),
          offered(offered) {
            offer = offered;
            finish('over');
          },
        });
  if (signal.aborted) finish('over');
  else signal.addEventListener('abort', onAbort, { once: true });
  function finish(news: 'cancel' | 'over') {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    stopListening();
    void leave().then(() => resolve(offer ?? news));
  }
  return promise;
}

function idleAgentOf(agent: AgentRow, claimId: string) {
  return {
    agentId: agent.agentId,
    agentName: agent.name,
    standing: standingOf(agent),
    offersMax: 'one',
    claimId: () => claimId,
  } as const;
}
