import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import type { Ids } from '@node3/shared/ids';
import type { AgentMessage, pollAgent as contract } from '@node3/shared/routes/agents';
import type { Capacity } from '../domain/matching.ts';
import type { AgentRow, ExecutionRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { CancelNotices } from './cancel-notices.ts';
import { checkOffer } from './check-offer.ts';
import { claimJob, toOffer } from './claim-job.ts';
import type { LeaseTokens } from './lease-token.ts';
import type { Matchmaker } from './matchmaker.ts';
import type { PollTurns } from './poll-turns.ts';
import type { Presence } from './presence.ts';
import type { SecretSealer } from './secret-sealer.ts';

export interface PollDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  leases: LeaseTokens;
  sealer: SecretSealer;
  matchmaker: Matchmaker;
  presence: Presence;
  cancels: CancelNotices;
  pollTurns: PollTurns;
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
  const presence = deps.presence.seen(agent, body.instanceId);
  presence.offer = body.offer;
  presence.freeDeviceIds = body.freeDeviceIds;
  const untilMs = deps.clock.monotonicMs() + body.waitSec * 1_000;
  const wokenBy = new Set<string>();
  try {
    return await answerUntil(deps, { agent, body, untilMs, wokenBy }, signal);
  } finally {
    for (const jobId of wokenBy) deps.matchmaker.passOn(jobId);
  }
}

interface Poll {
  agent: AgentRow;
  body: PollBody;
  untilMs: number;
  /** Jobs that ended a wait of this poll; whichever of them it does not take wakes somebody else. */
  wokenBy: Set<string>;
}

async function answerUntil(deps: PollDeps, poll: Poll, signal: AbortSignal) {
  const { agent, body, untilMs } = poll;
  while (!signal.aborted) {
    const { version } = deps.matchmaker;
    const live = await deps.store.liveExecutions(agent.agentId);
    const messages: AgentMessage[] = deps.cancels.take(agent.agentId);
    if (body.claimId !== null) {
      const offer = await offerFor(deps, agent, body, live, body.claimId);
      if (offer !== null) messages.push(offer);
    }
    const leftMs = untilMs - deps.clock.monotonicMs();
    if (messages.length > 0 || leftMs <= 0) return messages;
    if (deps.matchmaker.version !== version || deps.cancels.has(agent.agentId)) continue;
    const capacity = body.claimId === null ? null : capacityOf(agent, body, live);
    const news = await waitForNews(deps, agent, capacity, leftMs, signal);
    if (news === null) return [];
    if (news.jobId !== null) poll.wokenBy.add(news.jobId);
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
  return claimJob(deps, agent, capacityOf(agent, body, live), claimId);
}

/** What is free: the agent's own word, less what it holds by ours. */
function capacityOf(agent: AgentRow, body: PollBody, live: ExecutionRow[]): Capacity {
  const held = new Set(live.flatMap((execution) => execution.devices.map((device) => device.id)));
  return {
    agentId: agent.agentId,
    wallet: agent.wallet,
    offer: body.offer,
    reservedFor: null,
    freeDeviceIds: body.freeDeviceIds.filter((deviceId) => !held.has(deviceId)),
    freeCpus: body.freeCpus,
    freeMemoryBytes: body.freeMemoryBytes,
    freeSlots: body.offer.slots - live.length,
  };
}

function waitForNews(
  deps: PollDeps,
  agent: AgentRow,
  capacity: Capacity | null,
  waitMs: number,
  signal: AbortSignal,
): Promise<{ jobId: string | null } | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(null), waitMs);
    const leave = deps.matchmaker.wait({
      agentId: agent.agentId,
      capacity,
      jobsSucceeded: agent.jobsSucceeded,
      jobsFailed: agent.jobsFailed,
      wake: (jobId) => finish({ jobId }),
    });
    const onAbort = () => finish(null);
    if (signal.aborted) finish(null);
    else signal.addEventListener('abort', onAbort, { once: true });
    function finish(news: { jobId: string | null } | null) {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      leave();
      resolve(news);
    }
  });
}
