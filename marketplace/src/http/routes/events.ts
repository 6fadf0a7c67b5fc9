import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import { type EventView, listEvents } from '@node3/shared/routes/events';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EventFilter } from '../../domain/event-filter.ts';
import { type EventPosition, followEvents, readEvents } from '../../live/follow-events.ts';
import { viewEvent } from '../../services/event-views.ts';
import type { Requester } from '../auth.ts';
import { holdKey } from '../hold-key.ts';
import type { HttpDeps } from '../http-deps.ts';
import { LogFollowers } from '../log-followers.ts';
import { type StreamForm, streamLines } from '../stream-lines.ts';

type Query = QueryOf<typeof listEvents>;

export function addEventRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const followers = new LogFollowers('streams of events', limits.eventFollowersPerAccount);
  addRoute(app, listEvents, {
    authenticate: deps.auth.requester,
    async handler({ principal, query, request, reply }) {
      const filter = await filterOf(deps, principal, query);
      const accept = request.headers.accept ?? '';
      const isSse = accept.includes('text/event-stream');
      if (!isSse && !accept.includes('application/x-ndjson')) {
        return readPage(deps, { filter, afterSeq: query.after ?? 0 }, query.limit);
      }
      const afterSeq = startOf(request, query) ?? deps.feed.lastSeq;
      const mode = isSse || query.follow === true ? 'follow' : 'once';
      const leave = followers.enter(principal.accountId);
      const held = holdKey(deps, principal);
      try {
        const texts = (signal: AbortSignal) =>
          textsOf(deps, { filter, afterSeq }, { isSse, mode, signal });
        const streamDeps = { ...deps, stopping: held.stopping };
        await streamLines(streamDeps, reply, texts, isSse ? sseStyle : undefined);
      } finally {
        held.leave();
        leave();
      }
      return { data: [], nextAfter: afterSeq, more: false };
    },
  });
}

async function filterOf(deps: HttpDeps, principal: Requester, query: Query): Promise<EventFilter> {
  const types = query.types?.split(',') ?? null;
  const isOperator = principal.keyId === null && principal.accountId === deps.operatorAccountId;
  const jobId = query.jobId ?? null;
  if (isOperator) return { accountId: query.accountId ?? null, jobId, types };
  const { accountId } = principal;
  if (query.accountId !== undefined && query.accountId !== accountId) {
    throw new MarketError('AUTH_FORBIDDEN', { detail: 'These are the events of another account.' });
  }
  if (jobId !== null && (await deps.store.job(jobId))?.accountId !== accountId) {
    throw new MarketError('JOB_NOT_FOUND', { jobId });
  }
  return { accountId, jobId, types };
}

/** Browsers come back with the id of the last event they have; it counts more than the address. */
function startOf(request: FastifyRequest, query: Query): number | null {
  const last = request.headers['last-event-id'];
  if (typeof last !== 'string') return query.after ?? null;
  if (/^\d{1,15}$/.test(last)) return Number(last);
  const errors = [{ pointer: '/last-event-id', detail: 'must be the seq of an event' }];
  throw new MarketError('REQUEST_INVALID', { detail: 'Last-Event-ID is no number.', errors });
}

async function readPage(
  deps: HttpDeps,
  position: EventPosition,
  limit: number = limits.listPageDefault,
) {
  const data: EventView[] = [];
  let { afterSeq } = position;
  for (let looks = 0; looks < limits.eventLooksPerPage; looks += 1) {
    const page = await readEvents(deps, { ...position, afterSeq }, limit - data.length);
    data.push(...page.events.map(viewEvent));
    afterSeq = Math.max(afterSeq, page.scannedTo);
    if (!page.more) return { data, nextAfter: afterSeq, more: false };
    if (data.length >= limit) break;
  }
  return { data, nextAfter: afterSeq, more: true };
}

const sseStyle: StreamForm = {
  contentType: 'text/event-stream; charset=utf-8',
  keepAlive: ':\n\n',
  headers: { 'x-accel-buffering': 'no' },
  dropped: 'event: dropped\ndata: {"dropped":true}\n\n',
};

interface TextOptions {
  isSse: boolean;
  mode: 'follow' | 'once';
  signal: AbortSignal;
}

async function* textsOf(
  deps: HttpDeps,
  position: EventPosition,
  { isSse, mode, signal }: TextOptions,
): AsyncGenerator<string> {
  // A name of its own for each type would need a listener for each in a browser: all are messages.
  const textOf = (event: EventView) => {
    const text = JSON.stringify(event);
    return isSse ? `id: ${event.seq}\ndata: ${text}\n\n` : `${text}\n`;
  };
  if (isSse) yield 'retry: 3000\n\n';
  for await (const { events } of followEvents(deps, position, mode, signal)) {
    if (signal.aborted) return;
    if (events.length > 0) yield events.map((event) => textOf(viewEvent(event))).join('');
  }
  if (mode === 'once' && !signal.aborted) yield '{"ended":true}\n';
}
