import { MarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import { toMarketError } from '@node3/shared/http/error-handler';
import { principalOf, setPrincipal } from '@node3/shared/http/principal';
import { limits } from '@node3/shared/limits';
import { bacalhauLogsQuery, bacalhauLogsUrl } from '@node3/shared/routes/bacalhau';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import type { WebSocket } from 'ws';
import { followLogs, readStoredLogs } from '../../../live/follow-logs.ts';
import { toLineRows } from '../../../store/log-page.ts';
import type { LogLineRow } from '../../../store/rows.ts';
import type { Requester } from '../../auth.ts';
import { holdKey } from '../../hold-key.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { LogFollowers } from '../../log-followers.ts';
import type { StreamSockets } from '../../stream-sockets.ts';
import { acceptBasicKeys } from './bacalhau-auth.ts';
import { refusal, setBacalhauErrorHandler } from './bacalhau-errors.ts';
import { modifiedAtMs } from './bacalhau-execution-view.ts';
import { type GroupExecution, readExecutions } from './bacalhau-executions.ts';
import { findGroup } from './bacalhau-groups.ts';
import { toComputeState } from './bacalhau-mapping.ts';

const logsPath = new RegExp(`^${bacalhauLogsUrl.replace(':jobId', '[^/]+')}$`);

/** Whether a path is one where a socket opens. */
export const isBacalhauLogsPath = (path: string): boolean => logsPath.test(path);

interface Asked {
  params: { jobId: string };
  query: Static<typeof bacalhauLogsQuery>;
  principal: Requester;
}

/** The lines of one execution as frames of a WebSocket, which ends with 1000 also where there are none. */
export function addBacalhauLogRoute(
  app: FastifyInstance,
  deps: HttpDeps,
  sockets: Pick<StreamSockets, 'admit'>,
): void {
  const followers = new LogFollowers();
  setBacalhauErrorHandler(app);
  acceptBasicKeys(app);
  app.route<{ Params: Asked['params']; Querystring: Asked['query'] }>({
    method: 'GET',
    url: bacalhauLogsUrl,
    schema: { hide: true, querystring: bacalhauLogsQuery },
    config: { scope: 'requester' } as object,
    async onRequest(request) {
      setPrincipal(request, await deps.auth.requester(request));
    },
    async handler() {
      const detail = 'The logs of a job are to be had over a WebSocket.';
      const hint = 'Open it as one (ws://), or ask for GET /api/v1/jobs/{jobId}/logs.';
      throw refusal('REQUEST_INVALID', detail, hint);
    },
    wsHandler(socket, request) {
      if (!sockets.admit(socket, request.ip)) return;
      const { params, query } = request;
      const asked = { params, query, principal: principalOf(request) as Requester };
      void streamLogs(deps, followers, socket, asked);
    },
  });
}

async function streamLogs(
  deps: HttpDeps,
  followers: LogFollowers,
  socket: WebSocket,
  asked: Asked,
): Promise<void> {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  socket.on('error', () => gone.abort());
  try {
    const leave = followers.enter(asked.principal.accountId);
    const held = holdKey(deps, asked.principal);
    try {
      const signal = AbortSignal.any([gone.signal, held.stopping]);
      await sendLines(deps, socket, asked, signal);
    } finally {
      held.leave();
      leave();
    }
  } catch (thrown) {
    const error = toMarketError(thrown, undefined);
    if (error.status >= 500) deps.log.error({ err: thrown }, 'log stream failed');
    await send(socket, { error: error.message });
  }
  socket.close(1000);
}

async function sendLines(
  deps: HttpDeps,
  socket: WebSocket,
  asked: Asked,
  signal: AbortSignal,
): Promise<void> {
  const { job, execution } = await findExecution(deps, asked);
  const { attempt, state } = execution;
  const isFollowed = asked.query.follow === true && !isTerminalExecution(state);
  const afterSeq = asked.query.tail === true ? job.logLines : 0;
  const position = { jobId: job.jobId, afterSeq, untilSeq: null, stream: null };
  const pages = isFollowed
    ? followLogs(deps, position, signal)
    : readStoredLogs(deps, position, limits.logLinesPerPage);
  for await (const blocks of pages) {
    for (const line of toLineRows(blocks)) {
      if (signal.aborted || line.attempt > attempt) return;
      if (line.attempt === attempt) await send(socket, { value: toFrame(line) });
    }
  }
}

/** The one that was asked for, or the latest that was not given back. */
async function findExecution(
  deps: HttpDeps,
  { params, query, principal }: Asked,
): Promise<GroupExecution> {
  const { namespace, job_version: version = 0, execution_id: executionId } = query;
  const group = await findGroup(deps, principal.accountId, { ...params, namespace, version });
  const executions = await readExecutions(deps, [group]);
  const { head } = group;
  if (executions.length === 0) {
    const name = head.spec.name ?? head.jobId;
    const detail = `no executions found for job ${name} with ID ${head.jobId}, and version ${version}`;
    throw new MarketError('EXECUTION_NOT_FOUND', { detail });
  }
  const found = executions
    .filter(({ execution }) =>
      executionId ? execution.executionId === executionId : toComputeState(execution) !== 4,
    )
    .toSorted((a, b) => modifiedAtMs(a.execution) - modifiedAtMs(b.execution))
    .at(-1);
  if (found !== undefined) return found;
  const detail = `unable to find execution ${executionId ?? ''} in job ${head.jobId} and job version ${group.version}`;
  throw new MarketError('EXECUTION_NOT_FOUND', { detail });
}

const lineTypes: Record<LogLineRow['stream'], 1 | 2> = { stdout: 1, stderr: 2, system: 2 };

function toFrame({ stream, text, partial }: LogLineRow) {
  return { Type: lineTypes[stream], Line: partial ? text : `${text}\n` };
}

/** Resolves when the socket has passed it on, so that a slow reader slows the reading. */
async function send(socket: WebSocket, frame: object): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.send(JSON.stringify(frame), () => resolve());
  await promise;
}
