import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { streamUrl } from '@node3/shared/routes/stream';
import type { Contact } from '../contact.ts';
import type { Session } from '../session.ts';
import type { StreamStatus } from './stream-client.ts';

/** The part of a browser `WebSocket` that is used. */
export interface FeedSocket {
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  close(): void;
}

export interface AgentFeedDeps {
  /** @param key of the page: a socket has no other way to show it. */
  open(key: string): FeedSocket;
  key(): string | null;
  /** Runs `run` after `delayMs` and returns what stops it. */
  later(run: () => void, delayMs: number): () => void;
  onContact(): void;
}

const reconnectMs = 3_000;

/**
 * The agent's status as it sends it, every two seconds and after each change. A socket that is lost is
 * opened again after three seconds; meanwhile the page asks. Without the page's key it never opens.
 */
export class AgentFeed {
  readonly #deps: AgentFeedDeps;
  readonly #listeners = new Set<() => void>();
  readonly #readers = new Set<(status: AgentStatus) => void>();
  #socket: FeedSocket | null = null;
  #status: StreamStatus = 'closed';
  #stopTimer: () => void = () => undefined;

  constructor(deps: AgentFeedDeps) {
    this.#deps = deps;
  }

  readonly status = (): StreamStatus => this.#status;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly onMessage = (reader: (status: AgentStatus) => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  connect(): void {
    this.#stopTimer();
    const key = this.#deps.key();
    if (this.#socket !== null || key === null) return;
    const socket = this.#deps.open(key);
    this.#socket = socket;
    this.#tell('connecting');
    const isCurrent = () => this.#socket === socket;
    socket.addEventListener('open', () => {
      if (isCurrent()) this.#tell('open');
    });
    socket.addEventListener('close', () => {
      if (!isCurrent()) return;
      this.#socket = null;
      this.#tell('closed');
      this.#stopTimer = this.#deps.later(() => this.connect(), reconnectMs);
    });
    socket.addEventListener('message', ({ data }) => {
      if (!isCurrent()) return;
      this.#deps.onContact();
      const status = JSON.parse(String(data)) as AgentStatus;
      for (const reader of this.#readers) reader(status);
    });
  }

  restart(): void {
    this.close();
    this.connect();
  }

  close(): void {
    this.#stopTimer();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#tell('closed');
  }

  #tell(status: StreamStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }
}

export function browserAgentFeed(session: Session, contact: Contact): AgentFeed {
  return new AgentFeed({
    open(key) {
      const url = new URL(streamUrl, location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return new WebSocket(url, [`node3.${key}`]);
    },
    key: session.apiKey,
    later(run, delayMs) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    onContact: () => contact.answered(),
  });
}
