import type { Clock } from '@node3/shared/clock';
import type { Offer } from '@node3/shared/device';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { priceMax } from '@node3/shared/metering';
import { toMoney } from '@node3/shared/money';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import type { Capacity } from '../domain/matching.ts';
import { runSecWithinCap } from '../domain/run-limit.ts';
import type { Candidate, IdleAgent, LeaseOutcome } from '../matching/idle-agent.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { JobClaim, JobStore } from '../store/job-store.ts';
import type { AgentRow, ExecutionRow, JobRow } from '../store/rows.ts';
import { sealedOffer, withoutSealed } from './job-secrets.ts';
import type { LeaseTokens } from './lease-token.ts';
import type { Reservations } from './reservations.ts';
import type { SecretSealer } from './secret-sealer.ts';
import type { WorkBoard } from './work-board.ts';

export interface LeaseDeps {
  store: Pick<JobStore, 'claimJob' | 'job'>;
  clock: Clock;
  ids: Ids;
  leases: LeaseTokens;
  sealer: SecretSealer;
  work: WorkBoard;
  reservations: Pick<Reservations, 'reservedFor'>;
  /** What an agent offers now; null for one that has not said it yet. */
  offerOf(agentId: string): Pick<Offer, 'reads' | 'secretKey'> | null;
}

interface Deps extends LeaseDeps {
  matchmaker: Matchmaker;
}

/** How many jobs that are gone by now one poll may meet before it waits for news instead. */
const goneMax = 16;

/** Leases the best open job to the agent, or answers null when nothing fits. */
export async function claimJob(
  deps: Deps,
  agent: Pick<AgentRow, 'agentId' | 'name'>,
  capacity: Capacity,
  claimId: string,
): Promise<ExecutionOffer | null> {
  const claimer = { agentId: agent.agentId, agentName: agent.name, claimId: () => claimId };
  for (let gone = 0; gone < goneMax; gone += 1) {
    const candidate = deps.matchmaker.take(capacity);
    if (candidate === null) return null;
    let outcome: LeaseOutcome = 'agent_refused';
    try {
      outcome = await leaseJob(deps, claimer, candidate);
    } finally {
      deps.matchmaker.settle(candidate.jobId, outcome);
    }
    if (outcome === 'agent_refused') return null;
    if (outcome !== 'job_gone') return outcome;
  }
  return null;
}

/** Stores the lease of a job that the matchmaker has proposed for this agent. */
export async function leaseJob(
  deps: LeaseDeps,
  agent: Pick<IdleAgent, 'agentId' | 'agentName' | 'claimId'>,
  candidate: Candidate,
): Promise<LeaseOutcome> {
  const nowMs = deps.clock.nowMs();
  const executionId = deps.ids.next('execution');
  const leaseToken = deps.leases.token(executionId);
  const claimed = await deps.store.claimJob({
    jobId: candidate.jobId,
    execution: newExecution(deps, { executionId, leaseToken, agent, nowMs }, candidate),
    reservedFor: deps.reservations.reservedFor(agent.agentId),
    events: assignedEvents,
    nowMs,
  });
  if (claimed !== null) {
    deps.work.started(claimed.job, claimed.execution);
    // Another execution's, where this claim was answered before.
    const isNew = claimed.execution.executionId === executionId;
    return toOffer(deps, claimed.job, claimed.execution, isNew ? leaseToken : undefined);
  }
  // Who was at fault? A proposal of a job that is gone would be made, and lost, again and again.
  const job = await deps.store.job(candidate.jobId);
  return job?.state === 'queued' ? 'agent_refused' : 'job_gone';
}

function newExecution(
  deps: LeaseDeps,
  lease: {
    executionId: string;
    leaseToken: string;
    agent: Pick<IdleAgent, 'agentId' | 'agentName' | 'claimId'>;
    nowMs: number;
  },
  { devices, rate }: Candidate,
): JobClaim['execution'] {
  return {
    executionId: lease.executionId,
    agentId: lease.agent.agentId,
    agentName: lease.agent.agentName,
    claimId: lease.agent.claimId(),
    leaseHash: deps.leases.hash(lease.leaseToken),
    leaseUntilMs: lease.nowMs + limits.leaseMs,
    acceptByMs: lease.nowMs + limits.offerAcceptMs,
    deadlineMs: null,
    runDeadlineMs: null,
    progressMs: null,
    preemptedAtMs: null,
    state: 'leased',
    reason: null,
    detail: null,
    devices,
    rate,
    isolation: null,
    imageDigest: null,
    imagePull: null,
    workProgress: null,
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

/**
 * The message that carries a leased execution; the same execution always gives the same message, but
 * for the box that its secrets are in.
 */
export function toOffer(
  { leases, sealer, offerOf }: Pick<Deps, 'leases' | 'sealer' | 'offerOf'>,
  job: JobRow,
  execution: ExecutionRow,
  leaseToken: string = leases.token(execution.executionId),
): ExecutionOffer {
  const { secrets: _names, ...spec } = withoutSealed(job.spec);
  const traceparent = job.spec.origin?.traceparent;
  const runSec = runSecWithinCap(job.spec, execution);
  const { reads, secretKey = null } = offerOf(execution.agentId) ?? {};
  const reward = priceMax(job.spec.price);
  const { rate } = execution;
  return {
    type: 'offer',
    executionId: execution.executionId,
    jobId: job.jobId,
    attempt: execution.attempt,
    leaseToken,
    acceptWithinMs: limits.offerAcceptMs,
    leaseMs: limits.leaseMs,
    deviceIds: execution.devices.map((device) => device.id),
    spec: { ...spec, limits: { ...spec.limits, runSec } },
    ...sealedOffer(sealer, job, execution.executionId, secretKey),
    reward,
    ...(rate !== null && reads?.includes('rate') && { rate: toMoney(rate, reward.asset) }),
    requesterId: job.accountId,
    ...(traceparent !== undefined && { traceparent }),
  };
}
