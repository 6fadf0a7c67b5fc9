import type { QueryOf } from '@node3/shared/contract';
import { hodeiStates } from '@node3/shared/hodei-words';
import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import * as contracts from '@node3/shared/routes/hodei';
import type { FastifyInstance } from 'fastify';
import { fromHodeiState, levelOfLine } from '../../../domain/hodei-words.ts';
import { cancelJob } from '../../../services/cancel-job.ts';
import { findHodeiJob, keyOfClientId } from '../../../services/find-hodei-job.ts';
import type { ListQuery } from '../../../services/list-jobs.ts';
import { listJobsAtOffset } from '../../../services/list-jobs-offset.ts';
import { postJob } from '../../../services/post-job.ts';
import { findJobThatRan } from '../../../services/read-job.ts';
import { readLogPage } from '../../../services/read-log-page.ts';
import type { JobRow } from '../../../store/rows.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { readIdempotencyKey } from '../../idempotency-key.ts';
import { viewHodeiDetail, viewHodeiJob } from './hodei-job-views.ts';
import { invalid, readPosting } from './hodei-mapping.ts';

/** Events that a timeline is read from: of one life, not of endless attempts. */
const eventsRead = 200;

export function addHodeiJobRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.hodeiCreateJob, {
    authenticate,
    bodyLimit: limits.jobBodyBytes,
    async handler({ principal, body, request, reply }) {
      const { providers, defaultImages: images } = deps;
      const spec = readPosting(body, { images, providers });
      const clientId = body.job_id ?? null;
      const key = clientId === null ? readIdempotencyKey(request) : keyOfClientId(clientId);
      const { job, replayed } = await postJob(deps, { ...principal, spec, idempotencyKey: key });
      if (replayed) void reply.header('idempotency-replayed', 'true');
      return { success: true as const, data: await viewOne(deps, job) };
    },
  });
  addRoute(app, contracts.hodeiListJobs, {
    authenticate,
    async handler({ principal, query }) {
      const { jobs, total } = await listJobsAtOffset(deps, principal.accountId, filterOf(query), {
        limit: query.limit ?? limits.listPageDefault,
        offset: query.offset ?? 0,
      });
      return {
        success: true as const,
        data: { jobs: await viewHodeiJobs(deps, jobs), total_count: total },
      };
    },
  });
  addRoute(app, contracts.hodeiGetJob, {
    authenticate,
    async handler({ principal, params }) {
      const job = await findHodeiJob(deps, params.jobId, principal.accountId);
      const [execution, events] = await Promise.all([
        executionOf(deps, job),
        deps.store.eventsOfJob(job.jobId, eventsRead),
      ]);
      return { success: true as const, data: viewHodeiDetail(job, execution, events) };
    },
  });
  addRoute(app, contracts.hodeiCancelJob, {
    authenticate,
    async handler({ principal, params }) {
      const { jobId } = await findHodeiJob(deps, params.jobId, principal.accountId);
      const job = await cancelJob(deps, jobId, 'requester');
      return { success: true as const, data: await viewOne(deps, job) };
    },
  });
  addRoute(app, contracts.hodeiJobLogs, {
    authenticate,
    async handler({ principal, params, query }) {
      const job = await findHodeiJob(deps, params.jobId, principal.accountId);
      return { success: true as const, data: await readLines(deps, job, query) };
    },
  });
}

async function viewOne(deps: HttpDeps, job: JobRow) {
  return viewHodeiJob(job, await executionOf(deps, job));
}

async function executionOf({ store }: HttpDeps, { executionId }: JobRow) {
  return executionId === null ? null : store.execution(executionId);
}

export async function viewHodeiJobs({ store }: HttpDeps, jobs: readonly JobRow[]) {
  const ids = jobs.flatMap(({ executionId }) => executionId ?? []);
  const executions = await store.executionsById(ids);
  return jobs.map((job) => viewHodeiJob(job, executions.get(job.executionId ?? '') ?? null));
}

type Query = QueryOf<typeof contracts.hodeiListJobs>;

function filterOf(query: Query): ListQuery {
  const { status, search_term: q, created_after: after, created_before: before } = query;
  const states = status?.split(',').flatMap((word) => {
    const known = fromHodeiState(word.trim());
    if (known !== null) return known;
    throw invalid('/status', `"${word}" is no status; there are ${hodeiStates.join(', ')}`);
  });
  return {
    ...(states === undefined ? {} : { state: states.join(',') }),
    ...(q === undefined ? {} : { q }),
    ...(after === undefined ? {} : { createdAfter: after }),
    ...(before === undefined ? {} : { createdBefore: before }),
  };
}

async function readLines(
  deps: HttpDeps,
  asked: JobRow,
  query: QueryOf<typeof contracts.hodeiJobLogs>,
) {
  const { since_sequence: afterSeq = 0, limit, grep, level = 'all' } = query;
  const job = await findJobThatRan(deps, asked);
  const position = { jobId: job.jobId, afterSeq, untilSeq: null, stream: null };
  const page = await readLogPage(deps, job, position, limit);
  const wanted = level.toUpperCase();
  const text = grep?.toLowerCase();
  const entries = page.data
    .map((line) => ({
      sequence: line.seq,
      timestamp: line.at,
      line: line.text,
      is_stderr: line.stream === 'stderr',
      level: levelOfLine(line.text, line.stream),
    }))
    .filter((line) => wanted === 'ALL' || line.level === wanted)
    .filter((line) => text === undefined || line.line.toLowerCase().includes(text));
  return { entries, next_sequence: page.nextAfter, has_more: !page.ended };
}
