import { createMessageValidator } from '@node3/shared/http/request-validator';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { type StreamMessage, StreamRequest } from '@node3/shared/routes/stream';
import { toTimestamp } from '@node3/shared/schema';
import type { WebSocket } from 'ws';
import { type EventPosition, followEvents } from '../live/follow-events.ts';
import { followLogs, type LogPosition } from '../live/follow-logs.ts';
import { followResources } from '../live/follow-resources.ts';
import { viewEvent } from '../services/event-views.ts';
import { viewLogLine } from '../services/job-views.ts';
import { toLineRows } from '../store/log-page.ts';
import type { EventRow } from '../store/rows.ts';
import type { KeyHolder, Requester } from './auth.ts';
import type { HttpDeps } from './http-deps.ts';

/** A socket with more unread bytes than this is closed: it comes back and resumes. */
const bufferedBytesMax = 4 * 1024 * 1024;
/** Messages that may wait for the one before them; a page sends a few when it opens. */
const waitingMax = 128;

const validate = createMessageValidator(StreamRequest);

/** One browser tab: its sign-in and its subscriptions. */
export class StreamSession {
  readonly #deps: HttpDeps;
  readonly #socket: WebSocket;
  readonly #request: KeyHolder;
  readonly #channels = new Map<string, () => void>();
  #requester: Requester | null = null;
  #leaveKey: () => void = () => undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  /** @param request what the socket was opened with. */
  constructor(deps: HttpDeps, socket: WebSocket, request: KeyHolder) {
    this.#deps = deps;
    this.#socket = socket;
    this.#request = request;
  }

  /** Before anything is received. */
  open(): void {
    this.#enqueue(() => this.#resume());
  }

  /** Handles messages one after another, so that a sign-in is done before what follows it. */
  receive(data: Buffer): void {
    if (this.#closed) return;
    this.#waiting += 1;
    if (this.#waiting > waitingMax) {
      this.#socket.close(1008, 'too many messages');
      this.close();
      return;
    }
    this.#enqueue(async () => {
      await this.#handle(data).finally(() => {
        this.#waiting -= 1;
      });
    });
  }

  #enqueue(step: () => Promise<void>): void {
    this.#queue = this.#queue.then(step).catch((error: unknown) => {
      this.#deps.log.error({ err: error }, 'stream message failed');
      this.#socket.close(1011, 'internal error');
    });
  }

  close(): void {
    this.#closed = true;
    this.#leaveChannels();
    this.#leaveKey();
  }

  #leaveChannels(): void {
    for (const leave of this.#channels.values()) leave();
    this.#channels.clear();
  }

  async #handle(data: Buffer): Promise<void> {
    if (this.#closed) return;
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
        await this.#signIn(request.apiKey);
        this.#send({ type: 'ready', authenticated: this.#requester !== null });
        return;
      case 'unsubscribe':
        this.#channels.get(request.channel)?.();
        this.#channels.delete(request.channel);
        return;
      case 'subscribe':
        await this.#subscribe(
          request.channel,
          request.since ?? null,
          request.types?.split(',') ?? null,
        );
        return;
    }
  }

  async #signIn(apiKey: string): Promise<void> {
    const requester = await this.#deps.auth.requesterByKey(apiKey, this.#request);
    if (requester === null) this.#deps.measures.refused('AUTH_INVALID');
    this.#become(requester);
  }

  /** The page's own session, if it has one: that comes with the socket. */
  async #resume(): Promise<void> {
    const requester = await this.#deps.auth.requesterBySession(this.#request);
    if (requester === null || this.#closed) return;
    this.#become(requester);
    this.#send({ type: 'ready', authenticated: true });
  }

  #become(requester: Requester | null): void {
    if (this.#closed) return;
    this.#leaveKey();
    this.#leaveKey = () => undefined;
    // What the key before opened ends with it: nobody would end it when that one is revoked.
    if (requester?.keyId !== this.#requester?.keyId) this.#leaveChannels();
    this.#requester = requester;
    if (requester === null || requester.keyId === null) return;
    const { accountId, keyId } = requester;
    this.#leaveKey = this.#deps.keyHolders.hold(accountId, keyId, () => {
      this.#socket.close(1008, 'the key has ended');
      this.close();
    });
  }

  async #subscribe(
    channel: string,
    since: number | null,
    types: readonly string[] | null,
  ): Promise<void> {
    if (this.#channels.size >= limits.streamChannelsPerSocket) {
      this.#refuse(channel, 'RATE_LIMITED', 'Too many channels on this socket.');
      return;
    }
    const [kind, jobId] = channel.split(':');
    if (kind !== 'market' && this.#requester === null) {
      this.#refuse(channel, 'AUTH_REQUIRED', 'Sign in first.');
      return;
    }
    let ranId: string | null = null;
    if (jobId !== undefined) {
      const job = await this.#deps.store.job(jobId);
      // The lines of a reused result are where it came from.
      ranId = job?.cachedFrom ?? jobId;
      if (job === null || job.accountId !== this.#requester?.accountId) {
        this.#refuse(channel, 'JOB_NOT_FOUND', 'There is no such job.');
        return;
      }
    }
    // The socket may have gone while the store was asked: nobody would end what begins now.
    if (this.#closed) return;
    this.#channels.get(channel)?.();
    if (kind === 'logs' && ranId !== null) this.#followLogs(channel, ranId, since ?? 0);
    else if (kind === 'resources' && ranId !== null) this.#followResources(channel, ranId, since);
    else if (kind === 'events') this.#followAccount(channel, since, types);
    else this.#followEvents(channel, since);
  }

  /** Everything of the account, from any place in the log on. The operator has all accounts. */
  #followAccount(channel: string, since: number | null, types: readonly string[] | null): void {
    const { feed, stopping, operatorAccountId } = this.#deps;
    const requester = this.#requester;
    if (requester === null) return;
    const isOperator = requester.keyId === null && requester.accountId === operatorAccountId;
    const accountId = isOperator ? null : requester.accountId;
    const position = { filter: { accountId, jobId: null, types }, afterSeq: since ?? feed.lastSeq };
    const left = new AbortController();
    this.#channels.set(channel, () => left.abort());
    this.#send({ type: 'subscribed', channel, seq: position.afterSeq });
    void this.#pumpAccount(channel, position, AbortSignal.any([left.signal, stopping]));
  }

  async #pumpAccount(channel: string, position: EventPosition, signal: AbortSignal): Promise<void> {
    try {
      for await (const { events } of followEvents(this.#deps, position, 'follow', signal)) {
        if (signal.aborted) return;
        this.#send({ type: 'events', channel, events: events.map(viewEvent) });
      }
    } catch (error) {
      this.#deps.log.error({ err: error }, 'stream of events failed');
      this.#socket.close(1011, 'internal error');
    }
  }

  #followEvents(channel: string, since: number | null): void {
    const { feed } = this.#deps;
    const accountId = this.#requester?.accountId ?? null;
    const backlog = since === null ? [] : feed.since(since);
    this.#send({ type: 'subscribed', channel, seq: feed.lastSeq });
    if (backlog === null) this.#send({ type: 'resync', channel });
    const deliver = (event: EventRow) => {
      if (channel === 'market') this.#sendText(publicText(event));
      else if (belongs(event, channel, accountId)) {
        this.#send(toMessage(event, channel, { ...event.data, reason: event.reason }));
      }
    };
    for (const event of backlog ?? []) deliver(event);
    this.#channels.set(channel, feed.subscribe(deliver));
  }

  #followLogs(channel: string, jobId: string, afterSeq: number): void {
    const left = new AbortController();
    this.#channels.set(channel, () => left.abort());
    this.#send({ type: 'subscribed', channel, seq: afterSeq });
    const signal = AbortSignal.any([left.signal, this.#deps.stopping]);
    void this.#pumpLogs(channel, { jobId, afterSeq, untilSeq: null, stream: null }, signal);
  }

  async #pumpLogs(channel: string, position: LogPosition, signal: AbortSignal): Promise<void> {
    try {
      for await (const blocks of followLogs(this.#deps, position, signal)) {
        if (signal.aborted) return;
        const page = toLineRows(blocks).map(viewLogLine);
        await this.#sendInTime({ type: 'lines', channel, lines: page, ended: false });
      }
      const job = await this.#deps.store.job(position.jobId);
      const ended = job === null || isTerminalJob(job.state);
      const removedAtMs = await this.#deps.store.logRemovedAtMs(position.jobId);
      const removed = removedAtMs === null ? {} : { removedAt: toTimestamp(removedAtMs) };
      if (!signal.aborted) this.#send({ type: 'lines', channel, lines: [], ended, ...removed });
    } catch (error) {
      this.#deps.log.error({ err: error }, 'log stream failed');
      this.#socket.close(1011, 'internal error');
    }
  }

  #followResources(channel: string, ranId: string, since: number | null): void {
    const left = new AbortController();
    this.#channels.set(channel, () => left.abort());
    this.#send({ type: 'subscribed', channel, seq: since ?? 0 });
    const signal = AbortSignal.any([left.signal, this.#deps.stopping]);
    void this.#pumpResources(channel, ranId, since, signal);
  }

  async #pumpResources(
    channel: string,
    ranId: string,
    since: number | null,
    signal: AbortSignal,
  ): Promise<void> {
    const jobId = channel.slice('resources:'.length);
    try {
      for await (const frame of followResources(this.#deps, ranId, since, signal)) {
        if (signal.aborted) return;
        // A reused result used what the job used that it came from.
        const resources = { ...frame.resources, jobId };
        await this.#sendInTime({ type: 'resources', channel, ...frame, resources });
      }
    } catch (error) {
      this.#deps.log.error({ err: error }, 'stream of resources failed');
      this.#socket.close(1011, 'internal error');
    }
  }

  #refuse(channel: string, code: string, detail: string): void {
    this.#send({ type: 'error', code, detail, channel });
  }

  #send(message: StreamMessage): void {
    this.#sendText(JSON.stringify(message));
  }

  /** Resolves when the socket has passed it on, so that a slow reader slows the reading. */
  async #sendInTime(message: StreamMessage): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.send(JSON.stringify(message), () => resolve());
    await promise;
  }

  #sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > bufferedBytesMax) {
      this.#deps.measures.streams.dropped('websocket');
      this.#socket.close(1013, 'too slow');
      return;
    }
    this.#socket.send(text);
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

/** Own events only; those of one job were checked when its channel was opened. */
function belongs(event: EventRow, channel: string, accountId: string | null): boolean {
  if (channel === 'jobs') return event.accountId === accountId && event.jobId !== null;
  return channel === `job:${event.jobId}`;
}

const publicTexts = new WeakMap<EventRow, string>();

/** What anybody may know of an event: that it was, and its job. Written once for all sockets. */
function publicText(event: EventRow): string {
  const known = publicTexts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify(toMessage(event, 'market', {}));
  publicTexts.set(event, text);
  return text;
}

function toMessage(event: EventRow, channel: string, data: Record<string, unknown>): StreamMessage {
  return {
    type: 'event',
    channel,
    seq: event.seq,
    event: {
      name: event.name,
      jobId: event.jobId,
      at: toTimestamp(event.atMs),
      data,
    },
  };
}
