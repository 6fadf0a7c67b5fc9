import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import { toOffer } from '../../services/claim-job.ts';
import { heldBy, holdNamedJob } from '../../services/hold-named-job.ts';
import type { AgentRow, JobRow } from '../../store/rows.ts';
import type { AdmittedCall } from '../admit-call.ts';
import { unary } from '../answer-call.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { statusWord } from '../view-job.ts';
import { assertReported } from '../worker/assert-reported.ts';
import type { FinalOutput } from '../worker/final-output.ts';
import type { HeldJob } from '../worker/held-jobs.ts';
import { toRunJob } from '../worker/run-job.ts';
import { type Progress, workerJobs } from '../worker/worker-messages.ts';
import type { JobResult } from '../worker/worker-result.ts';
import { WorkerSession } from '../worker/worker-session.ts';

interface CompleteJob extends FinalOutput {
  job_id: string;
  exit_code: number;
}
interface FailJob {
  job_id: string;
  error_type: string;
  error_message: string;
  retryable: boolean;
}

/** The methods of JobExecutionService for the worker that holds a job, with or without a stream. */
export function jobWorkMethods(deps: GrpcDeps): UntypedServiceImplementation {
  const rule = { access: 'agent', kind: 'change', cost: 2 } as const;
  return {
    AssignJob: unary(
      deps,
      rule,
      async (
        asked: { job_id: string; worker_id: string },
        { principal }: AdmittedCall<'agent'>,
      ) => {
        assertSelf(principal, asked.worker_id);
        seen(deps, principal);
        const job = await holdNamedJob(deps, principal, asked.job_id);
        const execution = await deps.store.execution(job.executionId ?? '');
        if (execution === null) throw new MarketError('LEASE_STALE', { jobId: job.jobId });
        return {
          success: true,
          message: 'The job is this worker’s until its timeout times 1.2 has passed.',
          execution_id: execution.executionId,
          run_job: toRunJob(toOffer(deps, job, execution), deps.marketplaceUrl),
        };
      },
    ),
    StartJob: unary(deps, rule, async ({ job_id: jobId }: { job_id: string }, { principal }) => {
      const { held } = await findHeld(deps, principal, jobId);
      const start = { job_id: jobId, progress_percent: 0, stage: 'running', message: '' };
      await workerJobs(deps, principal.agentId).progress(held, start);
      return { success: true, message: 'The job is running.' };
    }),
    UpdateProgress: unary(deps, rule, async (said: Progress, { principal }) => {
      const { held } = await findHeld(deps, principal, said.job_id);
      const isStop = await workerJobs(deps, principal.agentId).progress(held, said);
      const message = isStop ? 'The requester wants it stopped.' : '';
      return { success: true, message, cancel_requested: isStop };
    }),
    CompleteJob: unary(deps, rule, async (said: CompleteJob, { principal }) => {
      const { job_id: jobId, exit_code: exitCode } = said;
      const success = exitCode === 0;
      const result = { job_id: jobId, success, exit_code: exitCode, error_message: '', reason: '' };
      return report(deps, principal, result, said);
    }),
    FailJob: unary(deps, rule, async (said: FailJob, { principal }) => {
      const { job_id: jobId, error_type: type, error_message: message, retryable } = said;
      const error = type === '' ? message : `${type}: ${message}`;
      const reason = type === '' && !retryable ? 'request_invalid' : type;
      const result = { job_id: jobId, success: false, error_message: error, reason };
      return report(deps, principal, result, { output: '', error_output: message });
    }),
  };
}

/** Ends the job by the word of its worker. The same word again changes nothing and is answered the same. */
async function report(deps: GrpcDeps, agent: AgentRow, result: JobResult, output: FinalOutput) {
  const { agentId } = agent;
  const { job_id: jobId, success } = result;
  const found = await findHeld(deps, agent, jobId).catch(async (error: unknown) => {
    await assertReported(deps, agentId, { jobId, success });
    if (error instanceof MarketError && error.code === 'LEASE_STALE') return null;
    throw error;
  });
  if (found !== null) {
    const jobs = workerJobs(deps, agentId);
    await jobs.output(found.held, output);
    await jobs.result(found.held, result);
    const link = deps.agentLinks.of(agentId);
    if (link instanceof WorkerSession) link.reported(jobId);
  }
  const job = await deps.store.job(jobId);
  const state = job?.state ?? 'failed';
  return { success: true, message: `The job is ${state}.`, status: statusWord(state) };
}

/** Throws JOB_NOT_FOUND, and LEASE_STALE where the worker doesn't hold it. */
async function findHeld(
  deps: GrpcDeps,
  agent: AgentRow,
  jobId: string,
): Promise<{ held: HeldJob; job: JobRow }> {
  const job = await deps.store.job(jobId);
  if (job === null) throw new MarketError('JOB_NOT_FOUND', { jobId });
  seen(deps, agent);
  const found = await heldBy(deps, agent, job);
  if (found === null) {
    const detail = 'This worker does not hold the job, or holds it no longer: nothing was changed.';
    throw new MarketError('LEASE_STALE', { detail, jobId });
  }
  const leaseToken = deps.leases.token(found.fence.executionId);
  const held = { ...found.fence, jobId, leaseToken, isTaken: true, isStopped: false };
  return { held, job };
}

/** A call is a sign of life of whatever process of the worker is known. */
export function seen(deps: GrpcDeps, agent: AgentRow) {
  const { agentId } = agent;
  const instanceId = deps.presence.get(agentId)?.instanceId ?? `grpc-${agentId}`;
  return deps.presence.seen(agent, instanceId);
}

/** Throws AUTH_FORBIDDEN for another worker; an empty id is the caller's own. */
export function assertSelf({ agentId }: Pick<AgentRow, 'agentId'>, workerId: string): void {
  if (workerId === '' || workerId === agentId) return;
  const detail = `This session id is of worker ${agentId}; leave worker_id out, or name that one.`;
  throw new MarketError('AUTH_FORBIDDEN', { detail });
}
