import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A socket in front of an engine's that a test can cut, with all that goes through it, and mend. */
export class CutSocket {
  readonly path: string;
  readonly #target: string;
  readonly #open = new Set<Socket>();
  #server: Server | null = null;

  constructor(target: string, path: string) {
    this.#target = target;
    this.path = path;
  }

  async mend(): Promise<void> {
    // An attached container is told that its input ends while its output goes on.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#pass(client));
    this.#server.listen(this.path);
    await once(this.#server, 'listening');
  }

  async cut(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #pass(client: Socket): void {
    const engine = connect({ path: this.#target, allowHalfOpen: true });
    const pairs = [
      [client, engine],
      [engine, client],
    ] as const;
    for (const [from, to] of pairs) {
      this.#open.add(from);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        this.#open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
