import { isMarketError, MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import type { SeedCompletion, SeedFailure } from '@node3/shared/routes/node3';
import { appendLogs } from '../../../services/append-logs.ts';
import { heldBy } from '../../../services/hold-named-job.ts';
import { reportResult } from '../../../services/report-result.ts';
import type { AgentRow, ExecutionRow, Fence, JobRow } from '../../../store/rows.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { toFailure, toSuccess } from './node3-mapping.ts';

type SeedEnd = { completion: SeedCompletion } | { failure: SeedFailure };

/**
 * Ends a job by the word of a seed's agent, through the same report as every other agent's. The same
 * kind of end again is answered the same. Throws JOB_NOT_FOUND, AUTH_FORBIDDEN for a job of another
 * agent, and JOB_STATE_INVALID when it holds it no longer: somebody else may run it by now.
 */
export async function reportSeedEnd(
  deps: HttpDeps,
  agent: AgentRow,
  jobId: string,
  end: SeedEnd,
): Promise<JobRow> {
  const job = await deps.store.job(jobId);
  if (job === null) throw new MarketError('JOB_NOT_FOUND', { jobId });
  const held = await heldBy(deps, agent, job);
  if (held === null) return answerAgain(deps, agent, job, end);
  const { fence, execution } = held;
  const nowMs = deps.clock.nowMs();
  const text = 'completion' in end ? textOf(end.completion.output_data) : end.failure.error_message;
  try {
    const lines = await writeLog(deps, execution, text, 'completion' in end ? 'stdout' : 'stderr');
    const result: ExecutionResult =
      'completion' in end
        ? toSuccess(end.completion, execution, nowMs)
        : toFailure(end.failure, execution, nowMs);
    await reportResult(deps, fence, agent.agentId, { ...result, logLines: lines });
  } catch (error) {
    // Somebody else's report, or the end of the lease, came first.
    if (!isMarketError(error, 'LEASE_STALE') && !isMarketError(error, 'RESULT_CONFLICT'))
      throw error;
    return answerAgain(deps, agent, (await deps.store.job(jobId)) ?? job, end);
  }
  return (await deps.store.job(jobId)) ?? job;
}

/** The job and the fence under which this agent holds it. Throws like `reportSeedEnd`. */
export async function holdsSeedJob(
  deps: HttpDeps,
  agent: AgentRow,
  jobId: string,
): Promise<{ job: JobRow; fence: Fence }> {
  const job = await deps.store.job(jobId);
  if (job === null) throw new MarketError('JOB_NOT_FOUND', { jobId });
  const held = await heldBy(deps, agent, job);
  if (held !== null) return { job, fence: held.fence };
  const own = await lastOf(deps, agent, job);
  throw own === undefined ? heldByOther(job) : heldNoLonger(job);
}

/** A repeated report is harmless, and any other is refused. */
async function answerAgain(
  deps: HttpDeps,
  agent: AgentRow,
  job: JobRow,
  end: SeedEnd,
): Promise<JobRow> {
  const own = await lastOf(deps, agent, job);
  if (own === undefined) throw heldByOther(job);
  const wasReported = own.resultHash !== null;
  if (wasReported && (own.state === 'succeeded') === 'completion' in end) return job;
  throw heldNoLonger(job);
}

async function lastOf(
  { store }: HttpDeps,
  { agentId }: AgentRow,
  { jobId }: JobRow,
): Promise<ExecutionRow | undefined> {
  return (await store.executionsOfJob(jobId)).findLast((one) => one.agentId === agentId);
}

function heldByOther({ jobId }: JobRow): MarketError {
  const detail = 'This agent does not hold the job: another one does, or it never accepted it.';
  return new MarketError('AUTH_FORBIDDEN', { detail, jobId });
}

function heldNoLonger({ jobId, state }: JobRow): MarketError {
  const detail = `The job is ${state} and this agent holds it no longer.`;
  return new MarketError('JOB_STATE_INVALID', { detail, jobId, state });
}

function textOf(output: unknown): string {
  if (output === undefined || output === null) return '';
  return typeof output === 'string' ? output : JSON.stringify(output);
}

/** Such an agent ships no log: what it says at the end is all there is to show. */
async function writeLog(
  deps: HttpDeps,
  { executionId, attempt, agentId }: ExecutionRow,
  text: string,
  stream: 'stdout' | 'stderr',
): Promise<number> {
  const atMs = deps.clock.nowMs();
  const lines = text
    .split('\n')
    .slice(0, limits.logLinesPerBatch)
    .map((line) => ({
      stream,
      atMs,
      text: line.slice(0, limits.logLineBytes / 4),
      partial: false,
    }));
  if (text === '') return 0;
  const leaseToken = deps.leases.token(executionId);
  await appendLogs(deps, agentId, executionId, { attempt, leaseToken, seqFirst: 1, lines });
  return lines.length;
}
