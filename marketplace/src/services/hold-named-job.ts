import { MarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import { limits } from '@node3/shared/limits';
import { runBackstopMs } from '../domain/overdue.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { JobSnapshot } from '../store/job-store.ts';
import type { AgentRow, ExecutionRow, Fence, JobRow } from '../store/rows.ts';
import type { JobChangeDeps } from './change-job.ts';
import { type LeaseDeps, leaseJob } from './claim-job.ts';
import type { Presence } from './presence.ts';

export interface HoldDeps extends JobChangeDeps, LeaseDeps {
  store: JobChangeDeps['store'];
  matchmaker: Matchmaker;
  presence: Presence;
}

/**
 * Leases a job to an agent that named it, and starts its run at once: for agents that can neither
 * renew a lease nor report phases. The lease lasts as long as the run may, times 1.2. Asking again
 * answers the same. Throws JOB_NOT_FOUND, or JOB_STATE_INVALID when it is not to be had: of many who
 * ask one gets it.
 */
export async function holdNamedJob(
  deps: HoldDeps,
  agent: AgentRow,
  jobId: string,
): Promise<JobRow> {
  const job = await deps.store.job(jobId);
  if (job === null) throw new MarketError('JOB_NOT_FOUND', { jobId });
  const held = await heldBy(deps, agent, job);
  // It may have been leased and not started when the process or the store failed in between.
  if (held !== null) return start(deps, agent, held.fence);
  const offer = deps.presence.offerOf(agent);
  if (offer === null) throw notToBeHad(job, 'Ask for the available jobs first.');
  const { agentId, wallet } = agent;
  const candidate = deps.matchmaker.takeJob(
    jobId,
    deps.work.capacityOf({ agentId, wallet, offer }),
  );
  if (candidate === null) throw notToBeHad(job, 'It is taken, or does not fit this agent now.');
  const claimId = `named-${jobId}-${job.attempt}`;
  const claimer = { agentId, agentName: agent.name, claimId: () => claimId };
  let outcome: Awaited<ReturnType<typeof leaseJob>> = 'agent_refused';
  try {
    outcome = await leaseJob(deps, claimer, candidate);
  } finally {
    deps.matchmaker.settle(jobId, outcome);
  }
  if (typeof outcome === 'string') throw notToBeHad(job, 'Another agent was faster.');
  const { executionId, attempt, leaseToken } = outcome;
  const fence = { executionId, attempt, leaseHash: deps.leases.hash(leaseToken) };
  return start(deps, agent, fence);
}

/** Starts the run; it changes nothing once that has started. */
async function start(
  { clock, store }: Pick<HoldDeps, 'clock' | 'store'>,
  { agentId }: Pick<AgentRow, 'agentId'>,
  fence: Fence,
): Promise<JobRow> {
  const nowMs = clock.nowMs();
  const started = await store.changeExecution(fence, agentId, (snapshot) =>
    decideStart(snapshot, agentId, nowMs),
  );
  return started.job;
}

/** The fence of the execution under which this agent holds the job; null when it doesn't hold it. */
export async function heldBy(
  deps: Pick<HoldDeps, 'store'>,
  { agentId }: Pick<AgentRow, 'agentId'>,
  { executionId }: Pick<JobRow, 'executionId'>,
): Promise<{ fence: Fence; execution: ExecutionRow } | null> {
  const execution = executionId === null ? null : await deps.store.execution(executionId);
  if (execution?.agentId !== agentId || isTerminalExecution(execution.state)) return null;
  const { attempt, leaseHash } = execution;
  return { fence: { executionId: execution.executionId, attempt, leaseHash }, execution };
}

function decideStart({ job, execution }: JobSnapshot, agentId: string, nowMs: number) {
  if (execution === null || execution.acceptByMs === null) return null;
  const { runSec } = job.spec.limits;
  const base = {
    atMs: nowMs,
    actor: `agent:${agentId}` as const,
    accountId: job.accountId,
    jobId: job.jobId,
    executionId: execution.executionId,
    reason: null,
  };
  const { attempt } = execution;
  const gpus = job.spec.resources.gpus?.count ?? 0;
  const waitMs = nowMs - job.createdAtMs;
  return {
    job: { state: 'running' as const, startedAtMs: nowMs },
    execution: {
      state: 'running' as const,
      acceptByMs: null,
      startedAtMs: nowMs,
      deadlineMs: runBackstopMs(nowMs, runSec),
      leaseUntilMs: nowMs + Math.ceil(runSec * 1_000 * limits.runBackstopFactor),
    },
    events: [
      { ...base, name: 'execution.accepted' as const, data: { attempt } },
      { ...base, name: 'job.started' as const, data: { waitMs, gpus } },
    ],
  };
}

function notToBeHad({ jobId, state }: JobRow, why: string): MarketError {
  return new MarketError('JOB_STATE_INVALID', {
    detail: `The job is ${state}. ${why}`,
    jobId,
    state,
  });
}
