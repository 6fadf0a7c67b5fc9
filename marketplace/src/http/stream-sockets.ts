import { limits } from '@node3/shared/limits';
import type { WebSocket } from 'ws';

/**
 * The open sockets of this process. Anybody may open one without a key, so there are only so many
 * for each address, and one whose other end is gone is found out: nothing else would ever close it.
 */
export class StreamSockets {
  readonly #answered = new Map<WebSocket, boolean>();
  readonly #byAddress = new Map<string, number>();

  /** Counts a new socket in, or closes it where its address has enough. */
  admit(socket: WebSocket, address: string): boolean {
    const open = this.#byAddress.get(address) ?? 0;
    if (open >= limits.streamSocketsPerAddress) {
      socket.close(1013, 'too many sockets');
      return false;
    }
    this.#byAddress.set(address, open + 1);
    this.#answered.set(socket, true);
    socket.on('pong', () => this.#answered.set(socket, true));
    socket.once('close', () => this.#leave(socket, address));
    return true;
  }

  /** Asks every socket whether it is there, and ends those that did not answer the last time. */
  ping(): void {
    for (const [socket, answered] of this.#answered) {
      if (!answered) {
        socket.terminate();
        continue;
      }
      this.#answered.set(socket, false);
      socket.ping();
    }
  }

  closeAll(): void {
    for (const socket of this.#answered.keys()) socket.close(1001, 'stopping');
  }

  #leave(socket: WebSocket, address: string): void {
    this.#answered.delete(socket);
    const open = (this.#byAddress.get(address) ?? 0) - 1;
    if (open > 0) this.#byAddress.set(address, open);
    else this.#byAddress.delete(address);
  }
}
