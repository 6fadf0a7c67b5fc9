import type { Clock } from '@node3/shared/clock';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { priceMax } from '@node3/shared/metering';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import type { Capacity } from '../domain/matching.ts';
import { runSecWithinCap } from '../domain/run-limit.ts';
import type { JobClaim, JobStore } from '../store/job-store.ts';
import type { AgentRow, ExecutionRow, JobRow } from '../store/rows.ts';
import type { LeaseTokens } from './lease-token.ts';
import type { Candidate, Matchmaker } from './matchmaker.ts';
import { offeredSpec } from './sealed-env.ts';
import type { SecretSealer } from './secret-sealer.ts';

interface Deps {
  store: Pick<JobStore, 'claimJob' | 'job'>;
  clock: Clock;
  ids: Ids;
  leases: LeaseTokens;
  sealer: SecretSealer;
  matchmaker: Matchmaker;
}

/** How many proposals one poll may lose to others before it waits for news instead. */
const proposalsMax = 16;

/** Leases the best open job to the agent, or answers null when nothing fits. */
export async function claimJob(
  deps: Deps,
  agent: AgentRow,
  capacity: Capacity,
  claimId: string,
): Promise<ExecutionOffer | null> {
  const lost = new Set<string>();
  while (lost.size < proposalsMax) {
    const candidate = deps.matchmaker.propose(capacity, lost);
    if (candidate === null) return null;
    const nowMs = deps.clock.nowMs();
    const executionId = deps.ids.next('execution');
    const claimed = await deps.store.claimJob({
      jobId: candidate.jobId,
      execution: newExecution(deps, { executionId, agent, claimId, nowMs }, candidate),
      events: assignedEvents,
      nowMs,
    });
    if (claimed !== null) {
      deps.matchmaker.removeJob(claimed.job.jobId);
      return toOffer(deps, claimed.job, claimed.execution);
    }
    lost.add(candidate.jobId);
    await dropIfGone(deps, candidate.jobId);
  }
  return null;
}

/** A proposal the store refused may be a stale one: it would be made, and lost, again and again. */
async function dropIfGone(deps: Deps, jobId: string): Promise<void> {
  const job = await deps.store.job(jobId);
  if (job?.state !== 'queued') deps.matchmaker.removeJob(jobId);
}

function newExecution(
  deps: Deps,
  lease: { executionId: string; agent: AgentRow; claimId: string; nowMs: number },
  { devices, rate }: Candidate,
): JobClaim['execution'] {
  return {
    executionId: lease.executionId,
    agentId: lease.agent.agentId,
    agentName: lease.agent.name,
    claimId: lease.claimId,
    leaseHash: deps.leases.hash(deps.leases.token(lease.executionId)),
    leaseUntilMs: lease.nowMs + limits.leaseMs,
    acceptByMs: lease.nowMs + limits.offerAcceptMs,
    deadlineMs: null,
    runDeadlineMs: null,
    progressMs: null,
    state: 'leased',
    reason: null,
    detail: null,
    devices,
    rate,
    isolation: null,
    imageDigest: null,
    exitCode: null,
    runMs: null,
    peakMemoryBytes: null,
    resultHash: null,
    logSeq: 0,
    leasedAtMs: lease.nowMs,
    startedAtMs: null,
    finishedAtMs: null,
  };
}

function assignedEvents(job: JobRow, execution: ExecutionRow): NewEvent[] {
  return [
    {
      name: 'job.assigned',
      atMs: execution.leasedAtMs,
      actor: 'marketplace',
      accountId: job.accountId,
      jobId: job.jobId,
      executionId: execution.executionId,
      reason: null,
      data: {
        attempt: execution.attempt,
        agentId: execution.agentId,
        agentName: execution.agentName,
        devices: execution.devices.map((device) => device.model).join(', '),
      },
    },
  ];
}

/** The message that carries a leased execution; the same execution always gives the same message. */
export function toOffer(
  { leases, sealer }: Pick<Deps, 'leases' | 'sealer'>,
  job: JobRow,
  execution: ExecutionRow,
): ExecutionOffer {
  const spec = offeredSpec(sealer, job);
  const runSec = runSecWithinCap(job.spec, execution);
  return {
    type: 'offer',
    executionId: execution.executionId,
    jobId: job.jobId,
    attempt: execution.attempt,
    leaseToken: leases.token(execution.executionId),
    acceptWithinMs: limits.offerAcceptMs,
    leaseMs: limits.leaseMs,
    deviceIds: execution.devices.map((device) => device.id),
    spec: { ...spec, limits: { ...spec.limits, runSec } },
    reward: priceMax(job.spec.price),
    requesterId: job.accountId,
  };
}
