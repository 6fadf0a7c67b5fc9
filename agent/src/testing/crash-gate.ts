import type { WebSocket } from 'ws';
import type { Journal } from '../journal/journal.ts';
import type { OpenSocket } from '../marketplace-link/channel.ts';
import type { writePrivateFile } from '../secrets.ts';

/**
 * Plays a killed process inside a living one. Everything that reaches out of an agent goes through
 * the gate; after `crash` nothing gets out any more, and answers that were on their way never come.
 */
export class CrashGate {
  #crashed = false;
  #journal: Journal | null = null;

  readonly #sockets = new Set<WebSocket>();
  readonly #writes = new Set<Promise<void>>();

  /** From now on this agent has no effect on anything, and its data directory is free. */
  crash(): void {
    this.#crashed = true;
    for (const socket of this.#sockets) {
      socket.removeAllListeners();
      // What terminating it says in passing is nobody's business any more.
      socket.on('error', () => undefined);
      socket.terminate();
    }
    this.#journal?.close();
  }

  /** Remembers the journal, to let go of its file as the death of a process would. */
  wrapJournal(journal: Journal): Journal {
    this.#journal = journal;
    return this.wrap(journal);
  }

  wrapWrite(write: typeof writePrivateFile): typeof writePrivateFile {
    return (path, text) =>
      this.#pass(() => {
        const written = write(path, text);
        this.#writes.add(written);
        return written.finally(() => this.#writes.delete(written));
      });
  }

  /** A killed process has written a file or not; the next one begins when that is decided. */
  async written(): Promise<void> {
    await Promise.allSettled(this.#writes);
  }

  wrapFetch(send: typeof fetch): typeof fetch {
    return (input, init) => this.#pass(() => send(input, init));
  }

  wrapSockets(open: OpenSocket): OpenSocket {
    return (url, apiKey) => {
      const socket = this.#pass(() => open(url, apiKey));
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      return socket;
    };
  }

  wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.#pass(() => Reflect.apply(member, target, args));
      },
    });
  }

  #pass<T>(call: () => T): T {
    if (this.#crashed) throw new Error('this process is dead');
    const result = call();
    return result instanceof Promise ? (this.#hold(result) as T) : result;
  }

  #hold(result: Promise<unknown>): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    result.then(
      (value) => this.#crashed || resolve(value),
      (error: unknown) => this.#crashed || reject(error),
    );
    return promise;
  }
}
