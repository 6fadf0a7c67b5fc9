import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { agentLimits } from '../agent-limits.ts';

/** The part of a WebSocket that the feed uses. */
export interface FeedSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  on(event: 'close' | 'error', listener: () => void): unknown;
}

export interface StatusFeedDeps {
  log: Logger;
  /** The status as JSON text. */
  body(): string;
}

/** A tab that reads slower than this has older messages to read first. */
const bufferBytesMax = 256 * 1024;
/** Several changes in a row make one message. */
const gatherMs = 50;

/** Sends the status to every open tab, every two seconds and soon after a change. */
export class StatusFeed {
  readonly #deps: StatusFeedDeps;
  readonly #sockets = new Set<FeedSocket>();
  readonly #loop: Loop;
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: StatusFeedDeps) {
    this.#deps = deps;
    this.#loop = startLoop({
      name: 'status-feed',
      log: deps.log,
      intervalMs: agentLimits.statusPushMs,
      run: async () => this.#push(),
    });
  }

  add(socket: FeedSocket): void {
    if (this.#sockets.size >= agentLimits.streamClients) {
      socket.close(1013, 'too many open dashboards');
      return;
    }
    this.#sockets.add(socket);
    const leave = () => this.#sockets.delete(socket);
    socket.on('close', leave);
    socket.on('error', leave);
    socket.send(this.#deps.body());
  }

  /** The status changed. */
  changed(): void {
    if (this.#sockets.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#push();
    }, gatherMs);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#loop.stop();
    for (const socket of this.#sockets) socket.close(1001, 'the agent is stopping');
  }

  #push(): void {
    if (this.#sockets.size === 0) return;
    const body = this.#deps.body();
    for (const socket of this.#sockets) {
      if (socket.bufferedAmount < bufferBytesMax) socket.send(body);
    }
  }
}
