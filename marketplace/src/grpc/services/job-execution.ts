import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { fromHodeiState } from '../../domain/hodei-words.ts';
import { followEvents } from '../../live/follow-events.ts';
import { cancelJob } from '../../services/cancel-job.ts';
import { findHodeiJob } from '../../services/find-hodei-job.ts';
import { listJobsAtOffset } from '../../services/list-jobs-offset.ts';
import type { EventRow } from '../../store/rows.ts';
import { type StreamingCall, serverStream, unary } from '../answer-call.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import type { JobDefinition } from '../job-definition.ts';
import { postDefinition } from '../post-definition.ts';
import { toProtoTime } from '../proto-time.ts';
import { statusWord, summaryOf, viewEvent, viewJob } from '../view-job.ts';
import { jobWorkMethods } from './job-work.ts';

interface QueueJob {
  job_definition: JobDefinition | null;
  queued_by: string;
}
interface NamedJob {
  job_id: string;
}
interface ListJobs {
  limit: number;
  offset: number;
  status: string;
  search_term: string;
}

/** Jobs of requesters, and what workers say of those that they hold. */
export function jobExecutionService(deps: GrpcDeps): UntypedServiceImplementation {
  return {
    ...jobWorkMethods(deps),
    QueueJob: unary(
      deps,
      { access: 'requester', kind: 'change', cost: 5 },
      async ({ job_definition: definition, queued_by: askedBy }: QueueJob, { principal }) => {
        const { job, replayed } = await postDefinition(deps, principal, definition, { askedBy });
        return {
          success: true,
          message: replayed ? 'This job_id was queued before.' : 'Queued.',
          queued_at: toProtoTime(job.createdAtMs),
          job_id: job.jobId,
        };
      },
    ),
    GetJob: unary(
      deps,
      { access: 'requester', kind: 'read', cost: 2 },
      async ({ job_id: jobId }: NamedJob, { principal }) =>
        viewJob(deps, await findHodeiJob(deps, jobId, principal.accountId)),
    ),
    ListJobs: unary(
      deps,
      { access: 'requester', kind: 'read', cost: 20 },
      async (query: ListJobs, { principal }) => {
        const { jobs, total } = await listJobsAtOffset(deps, principal.accountId, searchOf(query), {
          limit: pageLimit(query.limit),
          offset: query.offset,
        });
        return { jobs: jobs.map(summaryOf), ...(total !== null && { total_count: total }) };
      },
    ),
    CancelJob: unary(
      deps,
      { access: 'requester', kind: 'change', cost: 2 },
      async ({ job_id: jobId }: NamedJob, { principal }) => {
        const found = await findHodeiJob(deps, jobId, principal.accountId);
        const job = await cancelJob(deps, found.jobId, 'requester');
        const isOver = isTerminalJob(job.state);
        const message = isOver ? `The job is ${job.state}.` : 'Its worker is told to stop it.';
        return { success: true, message, status: statusWord(job.state) };
      },
    ),
    ExecutionEventStream: serverStream(
      deps,
      { kind: 'read', cost: 2 },
      (query: { job_id: string; after_sequence: number }, call) => eventsOf(deps, query, call),
    ),
  };
}

function searchOf({ status, search_term: q }: ListJobs) {
  const word = status.replace(/^JOB_STATUS_/, '');
  const states = word === 'UNSPECIFIED' ? null : fromHodeiState(word);
  return { ...(states !== null && { state: states.join(',') }), ...(q !== '' && { q }) };
}

function pageLimit(limit: number): number {
  if (limit >= 0 && limit <= limits.listPageMax)
    return limit === 0 ? limits.listPageDefault : limit;
  const detail = `must be from 1 to ${limits.listPageMax}, or 0 for ${limits.listPageDefault}`;
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/limit', detail }] });
}

/** Those of one job end with it; those of all go on until nobody reads. */
async function* eventsOf(
  deps: GrpcDeps,
  { job_id: word, after_sequence: after }: { job_id: string; after_sequence: number },
  { principal: { accountId }, signal }: StreamingCall,
): AsyncGenerator<object> {
  const one = word === '' ? null : await findHodeiJob(deps, word, accountId);
  const isOne = one !== null;
  const filter = { accountId, jobId: one?.jobId ?? null, types: null };
  const afterSeq = after > 0 || isOne ? after : deps.feed.lastSeq;
  const isOver = async () => {
    const job = one === null ? null : await deps.store.job(one.jobId);
    return job !== null && isTerminalJob(job.state);
  };
  const mode = (await isOver()) ? 'once' : 'follow';
  for await (const { events } of followEvents(deps, { filter, afterSeq }, mode, signal)) {
    for (const event of events) yield viewEvent(event);
    if (isOne && events.some(isEnd)) return;
  }
}

function isEnd({ name }: EventRow): boolean {
  return name === 'job.ended';
}
