import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { type JobState, reasons } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { toMoney } from '@node3/shared/money';
import type {
  ExecuteReply,
  ExecuteRequest,
  ExecuteState,
  ExecutionStatus,
  listExecutions,
} from '@node3/shared/routes/galaksio';
import { toTimestamp } from '@node3/shared/schema';
import type { WorkProgress } from '@node3/shared/work-progress';
import { executePrice } from '../../../domain/execute-price.ts';
import type { JobOutput } from '../../../services/await-job.ts';
import type { ListQuery } from '../../../services/list-jobs.ts';
import type { JobRow } from '../../../store/rows.ts';

/** Between the words of the Galaksio compute API and ours; nothing else knows them. */

/**
 * An execution without GPU and timeout gets the seed's defaults.
 * @param codeBytesMax the longest code, decoded
 */
export function toJobSpec(
  request: ExecuteRequest,
  codeBytesMax: number = limits.codeBytes,
): JobSpecInput {
  const gpuType = request.gpu_type ?? 'l40s';
  const gpuCount = request.gpu_count ?? 1;
  const timeoutSec = request.timeout ?? limits.runSecDefault;
  const demand = request.on_demand === true ? 'on_demand' : 'when_free';
  const { rate, cap } = executePrice({ gpuType, gpuCount, timeoutSec, demand });
  return {
    labels: { api: 'galaksio' },
    priority: demand === 'on_demand' ? 'high' : 'normal',
    workload: { kind: 'script', language: request.language, code: readCode(request, codeBytesMax) },
    resources: { gpus: { count: gpuCount, models: [gpuType] } },
    limits: { runSec: timeoutSec },
    price: {
      kind: 'metered',
      bidPerGpuHour: toMoney(rate, 'USDC'),
      cap: toMoney(cap, 'USDC'),
    },
  };
}

function readCode({ code, is_base64: isBase64 }: ExecuteRequest, bytesMax: number): string {
  const text = isBase64 === true ? decodeBase64(code) : code;
  if (Buffer.byteLength(text) <= bytesMax) return text;
  throw invalidCode(`must not be longer than ${bytesMax} bytes`);
}

function decodeBase64(code: string): string {
  const bytes = Buffer.from(code, 'base64');
  // Buffer skips what is no base64; written again, good input is the same, padded or not.
  const padded = bytes.toString('base64');
  const given = code.replaceAll(/\s/g, '');
  if (bytes.length === 0 || (given !== padded && given !== padded.replace(/=+$/, ''))) {
    throw invalidCode('must be base64, as is_base64 says');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidCode('must be base64 of UTF-8 text');
  }
}

function invalidCode(detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/code', detail }] });
}

const states: Record<JobState, ExecuteState> = {
  awaiting_funds: 'pending',
  queued: 'pending',
  assigned: 'pending',
  running: 'running',
  succeeded: 'completed',
  failed: 'failed',
  timed_out: 'failed',
  expired: 'failed',
  cancelled: 'cancelled',
};

/** How many the seed's page shows. */
const jobsShown = 10;

export function toListQuery(query: QueryOf<typeof listExecutions>): ListQuery {
  const { cursor, name, created_after: after, created_before: before, limit = jobsShown } = query;
  return {
    limit,
    count: name === undefined,
    ...(query.state !== undefined && { state: toOurStates(query.state) }),
    ...(cursor !== undefined && { cursor }),
    ...(name !== undefined && { q: name }),
    ...(after !== undefined && { createdAfter: after }),
    ...(before !== undefined && { createdBefore: before }),
  };
}

function toOurStates(words: string): string {
  const wanted = words.split(',');
  const ours = Object.entries(states).filter(([, word]) => wanted.includes(word));
  return ours.map(([state]) => state).join(',');
}

interface ExecutionFacts {
  /** null in lists: it would have to be read for each. */
  output: JobOutput | null;
  progress: WorkProgress | null;
}

export function toExecutionStatus(
  job: JobRow,
  { output, progress }: ExecutionFacts,
): ExecutionStatus {
  const { workload, resources, name } = job.spec;
  const state = states[job.state];
  const ended = isEnded(state);
  const failed = ended && state !== 'completed';
  const runMs = output?.runMs ?? null;
  return {
    job_id: job.jobId,
    state,
    status: state,
    output: ended ? (output?.stdout ?? null) : null,
    error: failed ? errorOf(job.reason, output?.stderr ?? '') : null,
    execution_time: runMs === null ? null : runMs / 1_000,
    name,
    language: workload.kind === 'script' ? workload.language : 'container',
    gpu_type: resources.gpus?.models?.[0] ?? null,
    gpu_count: resources.gpus?.count ?? 0,
    progress: progress?.percent ?? null,
    stage: progress?.stage ?? null,
    cancel_requested: job.cancelRequestedAtMs !== null,
    created_at: toTimestamp(job.createdAtMs),
    started_at: timeOrNull(job.startedAtMs),
    completed_at: timeOrNull(job.finishedAtMs),
  };
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : toTimestamp(ms);
}

function isEnded(state: ExecuteState): boolean {
  return state !== 'pending' && state !== 'running';
}

export function toExecuteReply(
  { job, stdout, stderr, runMs }: JobOutput,
  jobToken: string,
): ExecuteReply {
  const status = states[job.state];
  const ended = isEnded(status);
  return {
    job_id: job.jobId,
    status,
    output: ended ? stdout : null,
    error: ended && status !== 'completed' ? errorOf(job.reason, stderr) : null,
    execution_time: runMs === null ? null : runMs / 1_000,
    job_token: jobToken,
  };
}

/** Why it did not succeed, in a sentence, with what it wrote to stderr. */
export function errorOf(reason: JobOutput['job']['reason'], stderr: string): string {
  const sentence = reason === null ? 'The execution did not succeed.' : reasons[reason].sentence;
  return stderr === '' ? sentence : `${sentence}\n${stderr}`;
}
