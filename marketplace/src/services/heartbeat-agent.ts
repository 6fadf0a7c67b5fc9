import type { Clock } from '@node3/shared/clock';
import type { BodyOf, ReplyOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import type { heartbeatAgent as contract } from '@node3/shared/routes/agents';
import type { Measures } from '../observability/measures.ts';
import type { GpuProofStore } from '../store/gpu-proof-store.ts';
import type { JobStore } from '../store/job-store.ts';
import type { AgentRow, Fence } from '../store/rows.ts';
import type { AgentHomes } from './agent-homes.ts';
import { challengeFor } from './answer-gpu-proof.ts';
import type { GpuProofNotices } from './gpu-proof-notices.ts';
import type { LeaseAmnesty } from './lease-amnesty.ts';
import type { LeaseTokens } from './lease-token.ts';
import type { Presence } from './presence.ts';
import type { UsageBook } from './usage-book.ts';

interface Deps {
  store: Pick<JobStore, 'renewLeases'> & Pick<GpuProofStore, 'gpuProofs'>;
  clock: Clock;
  leases: LeaseTokens;
  homes: Pick<AgentHomes, 'speak'>;
  gpuProofs: GpuProofNotices;
  presence: Presence;
  measures: Pick<Measures, 'heartbeat'>;
  leaseAmnesty: Pick<LeaseAmnesty, 'grant' | 'renewalFailed'>;
  usageBook: Pick<UsageBook, 'note'>;
}

/** Renews the leases named by their fences; one that no longer holds its job is told to stop. */
export async function heartbeatAgent(
  deps: Deps,
  agent: Pick<AgentRow, 'agentId' | 'wallet' | 'name'>,
  body: BodyOf<typeof contract>,
): Promise<ReplyOf<typeof contract>> {
  const presence = deps.presence.seen(agent, body.instanceId);
  presence.samples = body.samples;
  deps.measures.heartbeat();
  const fences = body.executions.map(({ executionId, attempt, leaseToken }) => ({
    executionId,
    attempt,
    leaseHash: deps.leases.hash(leaseToken),
  }));
  const nowMs = deps.clock.nowMs();
  const renewed = await renewLeases(deps, agent.agentId, body.instanceId, fences);
  // What it says about what it does not hold is nobody's.
  const held = new Set(fences.filter((_, index) => renewed[index]).map((one) => one.executionId));
  for (const readings of body.usage ?? []) {
    if (held.has(readings.executionId)) deps.usageBook.note(readings, body.instanceId);
  }
  const isChallenged = deps.gpuProofs.of(agent.agentId) !== null;
  const proof = isChallenged ? await challengeFor(deps, agent.agentId) : null;
  return {
    ...(proof !== null && { proof }),
    heartbeatMs: fences.length === 0 ? limits.agentIdleHeartbeatMs : limits.heartbeatMs,
    executions: fences.map(({ executionId }, index) => {
      const state = renewed[index] ?? null;
      if (state === null) return { executionId, verdict: 'stop', leaseMs: 0 };
      const verdict = state.cancelRequested ? 'cancel' : 'continue';
      // Nothing is promised beyond the time at which somebody else may get the job.
      const endMs = state.deadlineMs ?? Number.POSITIVE_INFINITY;
      const leaseMs = Math.max(0, Math.min(limits.leaseMs, endMs - nowMs));
      return { executionId, verdict, leaseMs };
    }),
  };
}

async function renewLeases(
  { store, clock, homes, leaseAmnesty }: Deps,
  agentId: string,
  instanceId: string,
  fences: Fence[],
) {
  try {
    const known = homes.speak(agentId, instanceId);
    if (known !== null) await known;
    if (fences.length === 0) return [];
    // A renewal would hide that a lease had run out, and that it was our doing.
    const granted = leaseAmnesty.grant(agentId);
    if (granted !== null) await granted;
    return await store.renewLeases(agentId, fences, clock.nowMs() + limits.leaseMs);
  } catch (error) {
    leaseAmnesty.renewalFailed(error, agentId, fences);
    throw error;
  }
}
