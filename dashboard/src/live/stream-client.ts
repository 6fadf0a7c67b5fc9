import type { StreamMessage, StreamRequest } from '@node3/shared/routes/stream';

/** The part of a browser `WebSocket` that is used. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

/** What a socket tells its owner. */
export interface SocketEvents {
  opened(): void;
  closed(): void;
  received(data: unknown): void;
}

export interface StreamDeps {
  open(events: SocketEvents): Socket;
  apiKey(): string | null;
  /** Runs `run` after `delayMs` and returns what stops it. */
  later(run: () => void, delayMs: number): () => void;
  /** 0 ≤ x < 1; spreads the reconnections of many tabs. */
  random(): number;
  /** Called for every frame: the host lives. */
  onContact(): void;
}

export interface Subscription {
  channel: string;
  /** Where to resume, asked at every (re)connection; undefined means from now on. */
  since?(): number | undefined;
  /** Also called with `subscribed` and `resync`: both mean that the resource must be read again. */
  onMessage(message: StreamMessage): void;
}

export type StreamStatus = 'connecting' | 'open' | 'closed';

const pingMs = 20_000;
const silenceMs = 10_000;
const backoffMaxMs = 30_000;

/** The pause before reconnection attempt `failures` (1, 2, …): 1 s doubling to 30 s, half of it random. */
export function reconnectDelayMs(failures: number, random: number): number {
  const full = Math.min(backoffMaxMs, 1000 * 2 ** Math.min(failures - 1, 10));
  return Math.round(full / 2 + (full / 2) * random);
}

/** Channels that anybody may read; the others wait until the socket is authenticated. */
function isPublic(channel: string): boolean {
  return channel === 'market';
}

/** One WebSocket per tab for all channels; reconnects and resumes each channel by its sequence. */
export class StreamClient {
  readonly #deps: StreamDeps;
  readonly #subscriptions = new Set<Subscription>();
  readonly #seqByChannel = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #socket: Socket | null = null;
  #status: StreamStatus = 'closed';
  #authenticated = false;
  #failures = 0;
  #stopTimer: () => void = () => undefined;

  constructor(deps: StreamDeps) {
    this.#deps = deps;
  }

  readonly status = (): StreamStatus => this.#status;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Opens the socket, at once and whatever the back-off says. Does nothing while one is open. */
  connect(): void {
    if (this.#socket !== null) return;
    this.#stopTimer();
    this.#setStatus('connecting');
    // A socket that was given up may still speak; only the current one is listened to.
    const isCurrent = () => this.#socket === socket;
    const socket = this.#deps.open({
      opened: () => isCurrent() && this.#opened(),
      closed: () => isCurrent() && this.#closed(),
      received: (data) => isCurrent() && this.#received(data),
    });
    this.#socket = socket;
  }

  /** Drops the socket and connects again, such as after signing in or out. */
  restart(): void {
    this.close();
    this.connect();
  }

  close(): void {
    this.#stopTimer();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#authenticated = false;
    this.#failures = 0;
    this.#setStatus('closed');
  }

  /** @returns what ends the subscription. */
  subscribe(subscription: Subscription): () => void {
    this.#subscriptions.add(subscription);
    if (this.#mayCarry(subscription.channel)) this.#sendSubscribe(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      const { channel } = subscription;
      if ([...this.#subscriptions].some((other) => other.channel === channel)) return;
      this.#seqByChannel.delete(channel);
      if (this.#mayCarry(channel)) this.#send({ op: 'unsubscribe', channel });
    };
  }

  #mayCarry(channel: string): boolean {
    return this.#status === 'open' && (isPublic(channel) || this.#authenticated);
  }

  #opened(): void {
    this.#failures = 0;
    this.#authenticated = false;
    this.#setStatus('open');
    const apiKey = this.#deps.apiKey();
    if (apiKey !== null) this.#send({ op: 'auth', apiKey });
    for (const subscription of this.#subscriptions) {
      if (isPublic(subscription.channel)) this.#sendSubscribe(subscription);
    }
    this.#schedulePing();
  }

  #closed(): void {
    this.#socket = null;
    this.#authenticated = false;
    this.#stopTimer();
    this.#failures += 1;
    this.#setStatus('closed');
    const delayMs = reconnectDelayMs(this.#failures, this.#deps.random());
    this.#stopTimer = this.#deps.later(() => this.connect(), delayMs);
  }

  #received(data: unknown): void {
    const message = readMessage(data);
    if (message === null) return;
    this.#deps.onContact();
    this.#schedulePing();
    if (message.type === 'ready') {
      this.#becameReady(message.authenticated);
      return;
    }
    if (!('channel' in message) || message.channel === undefined) return;
    if (message.type === 'event') {
      if (message.seq <= this.#lastSeq(message.channel)) return;
      this.#seqByChannel.set(message.channel, message.seq);
    }
    // A server that counts from lower down has another history, such as a new database.
    const isReset = message.type === 'subscribed' && message.seq < this.#lastSeq(message.channel);
    if (isReset || message.type === 'resync') this.#seqByChannel.delete(message.channel);
    for (const subscription of this.#subscriptions) {
      if (subscription.channel === message.channel) subscription.onMessage(message);
    }
  }

  #lastSeq(channel: string): number {
    return this.#seqByChannel.get(channel) ?? -1;
  }

  #becameReady(authenticated: boolean): void {
    if (!authenticated || this.#authenticated) return;
    this.#authenticated = true;
    for (const subscription of this.#subscriptions) {
      if (!isPublic(subscription.channel)) this.#sendSubscribe(subscription);
    }
  }

  #sendSubscribe(subscription: Subscription): void {
    const { channel } = subscription;
    const since = subscription.since ? subscription.since() : this.#seqByChannel.get(channel);
    this.#send({ op: 'subscribe', channel, ...(since === undefined ? {} : { since }) });
  }

  #send(request: StreamRequest): void {
    this.#socket?.send(JSON.stringify(request));
  }

  /** A socket that stays silent after a ping is dead, even when the browser hasn't noticed. */
  #schedulePing(): void {
    this.#stopTimer();
    this.#stopTimer = this.#deps.later(() => {
      this.#send({ op: 'ping' });
      this.#stopTimer = this.#deps.later(() => {
        const socket = this.#socket;
        this.#closed();
        socket?.close();
      }, silenceMs);
    }, pingMs);
  }

  #setStatus(status: StreamStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }
}

function readMessage(data: unknown): StreamMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && 'type' in message
      ? (message as StreamMessage)
      : null;
  } catch {
    return null;
  }
}
