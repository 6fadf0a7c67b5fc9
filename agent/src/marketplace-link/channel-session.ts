import { fromProblem, MarketError, type Problem } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { type BlocksMessage, toLogsFrame } from '@node3/shared/logs-frame';
import { toFrames } from '@node3/shared/message-frames';
import type { WebSocket } from 'ws';
import type { ChannelCall } from './channel-calls.ts';
import { FrameMemory } from './frame-memory.ts';

/** The socket went away before the answer came: the call may or may not have been handled. */
export class ChannelLostError extends Error {
  override readonly name = 'ChannelLostError';
}

export interface ChannelEvents {
  /** A numbered message of the marketplace, not checked yet. */
  onMessage(seq: number, message: unknown): void;
  /** A problem that answers no request, such as why the socket will be closed. */
  onProblem(problem: MarketError): void;
  onClose(code: number): void;
}

export interface ChannelCallOptions {
  signal?: AbortSignal;
  timeoutMs: number;
}

interface Pending {
  resolve(body: unknown): void;
  reject(error: unknown): void;
}

/** One socket from its first byte to its last: numbers requests, joins frames, matches answers. */
export class ChannelSession {
  readonly #socket: WebSocket;
  readonly #events: ChannelEvents;
  readonly #pending = new Map<number, Pending>();
  #outbound: string[] = [];
  #nextId = 1;
  readonly #memory = new FrameMemory();
  /** Whether lines in blocks leave as bytes: the marketplace has said that it takes them. */
  sendsLogBytes = false;
  #closed = false;

  constructor(socket: WebSocket, events: ChannelEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on('message', (data) => this.#receive((data as Buffer).toString()));
    socket.once('close', (code) => this.#lose(code));
    // Its close event follows and says the same.
    socket.on('error', () => undefined);
  }

  /**
   * Sends a request and waits for its answer. One that does not come in time means that the socket
   * is dead, whatever TCP still believes. Throws the MarketError of the answer, ChannelLostError,
   * or the reason of the signal.
   */
  async call(call: ChannelCall, options: ChannelCallOptions): Promise<unknown> {
    options.signal?.throwIfAborted();
    if (this.#closed) throw new ChannelLostError('the socket is closed');
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { resolve, reject });
    const message = { id, type: call.type, ...call.fields };
    if (this.sendsLogBytes && hasBlocks(message)) this.#sendNow(message);
    else this.#send(message);
    const timer = setTimeout(() => this.terminate(), options.timeoutMs);
    const onAbort = () => reject(options.signal?.reason);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      this.#pending.delete(id);
    }
  }

  /** Sends what waits, then says goodbye. */
  close(): void {
    this.#flush();
    this.#socket.close(1000);
  }

  /** Hangs up without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  #send(message: object): void {
    if (this.#outbound.length === 0) setImmediate(() => this.#flush());
    this.#outbound.push(JSON.stringify(message));
  }

  /** Behind what waits, so that the order stays. */
  #sendNow(message: BlocksMessage): void {
    this.#flush();
    if (!this.#isOpen()) return;
    const frame = toLogsFrame(message, (length) => this.#memory.take(length));
    this.#socket.send(frame, () => this.#memory.giveBack(frame));
  }

  #flush(): void {
    const messages = this.#outbound;
    this.#outbound = [];
    if (!this.#isOpen()) return;
    for (const frame of toFrames(messages)) this.#socket.send(frame);
  }

  #isOpen(): boolean {
    return !this.#closed && this.#socket.readyState === this.#socket.OPEN;
  }

  #receive(text: string): void {
    let frame: unknown;
    try {
      frame = JSON.parse(text);
    } catch {
      this.terminate();
      return;
    }
    const messages: unknown[] = Array.isArray(frame) ? frame : [frame];
    for (const message of messages.slice(0, limits.agentMessagesPerFrame)) this.#handle(message);
  }

  #handle(message: unknown): void {
    const { type, id, body, problem, seq, ...rest } = Object(message) as Record<string, unknown>;
    if (type === 'reply' && typeof id === 'number') {
      this.#pending.get(id)?.resolve(body);
      return;
    }
    if (type === 'problem') {
      const error = fromProblem((problem as Problem | undefined)?.status ?? 500, problem);
      const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
      if (pending === undefined) this.#events.onProblem(error);
      else pending.reject(error);
      return;
    }
    if (typeof seq === 'number') this.#events.onMessage(seq, { type, ...rest });
  }

  #lose(code: number): void {
    this.#closed = true;
    const lost = new ChannelLostError(`the socket was closed with code ${code}`);
    for (const pending of this.#pending.values()) pending.reject(lost);
    this.#pending.clear();
    this.#memory.clear();
    this.#events.onClose(code);
  }
}

function hasBlocks(message: object): message is BlocksMessage {
  return 'blocks' in message && Array.isArray(message.blocks);
}
