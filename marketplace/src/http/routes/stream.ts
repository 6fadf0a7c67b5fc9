import { createMessageValidator } from '@node3/shared/http/request-validator';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { type StreamMessage, StreamRequest, streamUrl } from '@node3/shared/routes/stream';
import { toTimestamp } from '@node3/shared/schema';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { followLogs } from '../../live/follow-logs.ts';
import { viewLogLine } from '../../services/job-views.ts';
import type { EventRow } from '../../store/rows.ts';
import type { Requester } from '../auth.ts';
import type { HttpDeps } from '../http-deps.ts';

/** A socket with more unread bytes than this is closed: it comes back and resumes. */
const bufferedBytesMax = 4 * 1024 * 1024;

const validate = createMessageValidator(StreamRequest);

export function addStreamRoute(app: FastifyInstance, deps: HttpDeps): void {
  app.get(streamUrl, { websocket: true, schema: { hide: true } }, (socket, request) => {
    if (!isSameOrigin(request)) {
      socket.close(1008, 'cross-site');
      return;
    }
    serveSocket(deps, socket);
  });
}

/** Browsers name the page that opens a socket; only our own pages may. */
function isSameOrigin(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function serveSocket(deps: HttpDeps, socket: WebSocket): void {
  const session = new StreamSession(deps, socket);
  socket.on('message', (data: Buffer) => session.receive(data));
  socket.on('close', () => session.close());
  socket.on('error', () => session.close());
  deps.stopping.addEventListener('abort', () => socket.close(1001, 'stopping'), { once: true });
}

/** One browser tab: its sign-in and its subscriptions. */
class StreamSession {
  readonly #deps: HttpDeps;
  readonly #socket: WebSocket;
  readonly #channels = new Map<string, () => void>();
  #requester: Requester | null = null;
  #queue: Promise<void> = Promise.resolve();

  constructor(deps: HttpDeps, socket: WebSocket) {
    this.#deps = deps;
    this.#socket = socket;
  }

  /** Handles messages one after another, so that a sign-in is done before what follows it. */
  receive(data: Buffer): void {
    this.#queue = this.#queue
      .then(() => this.#handle(data))
      .catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'stream message failed');
        this.#socket.close(1011, 'internal error');
      });
  }

  close(): void {
    for (const leave of this.#channels.values()) leave();
    this.#channels.clear();
  }

  async #handle(data: Buffer): Promise<void> {
    const request = parse(data);
    if (request === null) {
      this.#send({ type: 'error', code: 'REQUEST_INVALID', detail: 'The message is not valid.' });
      return;
    }
    switch (request.op) {
      case 'ping':
        this.#send({ type: 'pong' });
        return;
      case 'auth':
        this.#requester = await this.#deps.auth.requesterByKey(request.apiKey);
        this.#send({ type: 'ready', authenticated: this.#requester !== null });
        return;
      case 'unsubscribe':
        this.#channels.get(request.channel)?.();
        this.#channels.delete(request.channel);
        return;
      case 'subscribe':
        await this.#subscribe(request.channel, request.since ?? null);
        return;
    }
  }

  async #subscribe(channel: string, since: number | null): Promise<void> {
    if (this.#channels.size >= limits.streamChannelsPerSocket) {
      this.#refuse(channel, 'RATE_LIMITED', 'Too many channels on this socket.');
      return;
    }
    const [kind, jobId] = channel.split(':');
    if (kind !== 'market' && this.#requester === null) {
      this.#refuse(channel, 'AUTH_REQUIRED', 'Sign in first.');
      return;
    }
    if (jobId !== undefined) {
      const job = await this.#deps.store.job(jobId);
      if (job === null || job.accountId !== this.#requester?.accountId) {
        this.#refuse(channel, 'JOB_NOT_FOUND', 'There is no such job.');
        return;
      }
    }
    this.#channels.get(channel)?.();
    if (kind === 'logs' && jobId !== undefined) this.#followLogs(channel, jobId, since ?? 0);
    else this.#followEvents(channel, since);
  }

  #followEvents(channel: string, since: number | null): void {
    const { feed } = this.#deps;
    const accountId = this.#requester?.accountId ?? null;
    const backlog = since === null ? [] : feed.since(since);
    this.#send({ type: 'subscribed', channel, seq: feed.lastSeq });
    if (backlog === null) this.#send({ type: 'resync', channel });
    const deliver = (event: EventRow) => {
      if (belongs(event, channel, accountId)) this.#send(toMessage(event, channel));
    };
    for (const event of backlog ?? []) deliver(event);
    this.#channels.set(channel, feed.subscribe(deliver));
  }

  #followLogs(channel: string, jobId: string, afterSeq: number): void {
    const left = new AbortController();
    this.#channels.set(channel, () => left.abort());
    this.#send({ type: 'subscribed', channel, seq: afterSeq });
    const signal = AbortSignal.any([left.signal, this.#deps.stopping]);
    void this.#pumpLogs(channel, { jobId, afterSeq, stream: null }, signal);
  }

  async #pumpLogs(
    channel: string,
    position: { jobId: string; afterSeq: number; stream: null },
    signal: AbortSignal,
  ): Promise<void> {
    try {
      for await (const lines of followLogs(this.#deps, position, signal)) {
        if (signal.aborted) return;
        this.#send({ type: 'lines', channel, lines: lines.map(viewLogLine), ended: false });
      }
      const job = await this.#deps.store.job(position.jobId);
      const ended = job === null || isTerminalJob(job.state);
      if (!signal.aborted) this.#send({ type: 'lines', channel, lines: [], ended });
    } catch (error) {
      this.#deps.log.error({ err: error }, 'log stream failed');
      this.#socket.close(1011, 'internal error');
    }
  }

  #refuse(channel: string, code: string, detail: string): void {
    this.#send({ type: 'error', code, detail, channel });
  }

  #send(message: StreamMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > bufferedBytesMax) {
      this.#socket.close(1013, 'too slow');
      return;
    }
    this.#socket.send(JSON.stringify(message));
  }
}

function parse(data: Buffer): StreamRequest | null {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return validate(value).length === 0 ? (value as StreamRequest) : null;
  } catch {
    return null;
  }
}

/** Events about jobs anybody may know of, without data; the rest only for their owner. */
function belongs(event: EventRow, channel: string, accountId: string | null): boolean {
  if (channel === 'market') return true;
  if (channel === 'jobs') return event.accountId === accountId && event.jobId !== null;
  return channel === `job:${event.jobId}`;
}

function toMessage(event: EventRow, channel: string): StreamMessage {
  const isPublic = channel === 'market';
  return {
    type: 'event',
    channel,
    seq: event.seq,
    event: {
      name: event.name,
      jobId: event.jobId,
      at: toTimestamp(event.atMs),
      data: isPublic ? {} : { ...event.data, reason: event.reason },
    },
  };
}
