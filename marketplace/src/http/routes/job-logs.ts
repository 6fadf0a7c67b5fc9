import type { ParamsOf, QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import { isTerminalJob } from '@node3/shared/job-state';
import type { LineLevel } from '@node3/shared/line-level';
import { downloadJobLogs, getJobLogs, type LogStream } from '@node3/shared/routes/jobs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LogPosition } from '../../live/follow-logs.ts';
import { findLogStart } from '../../services/find-log-start.ts';
import { findJobThatRan, findOwnJob } from '../../services/read-job.ts';
import { readLogPage } from '../../services/read-log-page.ts';
import type { JobRow, LogBlockRow } from '../../store/rows.ts';
import type { Requester } from '../auth.ts';
import { holdKey } from '../hold-key.ts';
import type { HttpDeps } from '../http-deps.ts';
import { LogFollowers } from '../log-followers.ts';
import { eventLogForm, jsonLogForm, textLogForm } from '../log-forms.ts';
import { dropColours, pickLines } from '../pick-lines.ts';
import { type LogStreaming, streamLogs } from '../stream-logs.ts';

export function addJobLogRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const followers = new LogFollowers();
  addRoute(app, getJobLogs, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params, query, request, reply }) {
      const { job, position } = await findLog(deps, { principal, params, query, request });
      const streaming = streamingFor(request, query, position);
      if (streaming === null) return readLogPage(deps, job, position, query.limit);
      if (isReadToItsEnd(request, job, position)) return reply.status(204).send() as never;
      await stream(deps, followers, { principal, reply }, streaming);
      return {
        data: [],
        nextAfter: position.afterSeq,
        lastSeq: job.logLines,
        ended: false,
        removedAt: null,
      };
    },
  });
  addRoute(app, downloadJobLogs, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params, query, request, reply }) {
      const { job, position } = await findLog(deps, { principal, params, query, request });
      const { format = 'ansi' } = query;
      const isJson = format === 'ndjson';
      const times = query.timestamps === true ? 'with-times' : 'without-times';
      const name = `${job.jobId}.${isJson ? 'ndjson' : 'log'}`;
      const headers = { 'content-disposition': `attachment; filename="${name}"` };
      const form = { ...(isJson ? jsonLogForm : textLogForm(times)), headers };
      const pick = {
        levels: query.level === undefined ? null : (query.level.split(',') as LineLevel[]),
        q: query.q ?? null,
        attempt: query.attempt ?? null,
      };
      const shape = (blocks: LogBlockRow[]) => {
        const picked = pickLines(blocks, pick);
        return format === 'text' ? dropColours(picked) : picked;
      };
      const streaming = { position, mode: 'once' as const, form, shape };
      await stream(deps, followers, { principal, reply }, streaming);
      return '';
    },
  });
}

type LogQuery = QueryOf<typeof getJobLogs>;

/** The job whose lines they are, and where the selected ones begin and end. */
async function findLog(
  deps: HttpDeps,
  call: {
    principal: Requester;
    params: ParamsOf<typeof getJobLogs>;
    query: LogQuery;
    request: FastifyRequest;
  },
): Promise<{ job: JobRow; position: LogPosition }> {
  const { query } = call;
  const asked = await findOwnJob(deps, call.params.jobId, call.principal.accountId);
  const job = await findJobThatRan(deps, asked);
  const stream = query.stream === undefined ? null : (query.stream.split(',') as LogStream[]);
  const afterSeq = await findLogStart(deps, job, {
    after: Math.max(query.after ?? 0, lastEventId(call.request)),
    last: query.last ?? null,
    sinceMs: query.since === undefined ? null : readTime(query.since),
    stream,
  });
  return { job, position: { jobId: job.jobId, afterSeq, untilSeq: query.until ?? null, stream } };
}

function readTime(text: string): number {
  const atMs = Date.parse(text);
  if (!Number.isNaN(atMs)) return atMs;
  const detail = 'is no time that there is; give one such as 2026-11-25T10:00:00Z';
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/since', detail }] });
}

/** What a browser that lost its stream sends by itself. */
function lastEventId(request: FastifyRequest): number {
  const id = Number(request.headers['last-event-id'] ?? 0);
  return Number.isSafeInteger(id) && id > 0 ? id : 0;
}

/** null for a page of JSON, which is also for who does not say what it takes. */
function streamingFor(
  { headers }: FastifyRequest,
  { follow, timestamps }: LogQuery,
  position: LogPosition,
): LogStreaming | null {
  const accepted = headers.accept ?? '';
  const mode = follow === true ? 'follow' : 'once';
  if (accepted.includes('application/x-ndjson')) return { position, mode, form: jsonLogForm };
  if (accepted.includes('text/event-stream')) {
    return { position, mode: follow === false ? 'once' : 'follow', form: eventLogForm };
  }
  if (!accepted.includes('text/plain')) return null;
  const form = textLogForm(timestamps === true ? 'with-times' : 'without-times');
  return { position, mode, form };
}

/** A browser opens an ended event stream again for ever; an answer without content tells it not to. */
function isReadToItsEnd(request: FastifyRequest, job: JobRow, { afterSeq }: LogPosition): boolean {
  const resumes = request.headers['last-event-id'] !== undefined;
  return resumes && isTerminalJob(job.state) && afterSeq >= job.logLines;
}

async function stream(
  deps: HttpDeps,
  followers: LogFollowers,
  { principal, reply }: { principal: Requester; reply: FastifyReply },
  streaming: LogStreaming,
): Promise<void> {
  const leave = followers.enter(principal.accountId);
  const held = holdKey(deps, principal);
  try {
    await streamLogs({ ...deps, stopping: held.stopping }, streaming, reply);
  } finally {
    held.leave();
    leave();
  }
}
