import type { Socket } from 'node:net';

type Connection = Pick<Socket, 'remoteAddress' | 'once' | 'destroy'>;

/** A proxy on this machine, or a forwarded port, has the connections of everybody. */
const loopback = /^(?:::ffff:)?127\.|^::1$/;

/** Which connections there are: so many at once, and from one address half of them. */
export class OpenConnections {
  readonly #max: number;
  readonly #perAddress: number;
  readonly #open = new Set<Connection>();
  readonly #counts = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
    this.#perAddress = Math.ceil(max / 2);
  }

  /** Whether there is room for one; then it counts until it is closed. */
  admit(connection: Connection): boolean {
    const address = connection.remoteAddress ?? '';
    const count = this.#counts.get(address) ?? 0;
    const isFull = count >= this.#perAddress && !loopback.test(address);
    if (this.#open.size >= this.#max || isFull) return false;
    this.#open.add(connection);
    this.#counts.set(address, count + 1);
    connection.once('close', () => this.#forget(connection, address));
    return true;
  }

  destroy(): void {
    for (const connection of this.#open) connection.destroy();
  }

  #forget(connection: Connection, address: string): void {
    this.#open.delete(connection);
    const left = (this.#counts.get(address) ?? 1) - 1;
    if (left === 0) this.#counts.delete(address);
    else this.#counts.set(address, left);
  }
}
