import { Buffer } from 'node:buffer';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { EngineAddress } from './engine-socket.ts';

/** The output of a container, as frames of the engine, while somebody reads it. */
export interface LiveOutput extends AsyncIterable<Buffer> {
  destroy(): void;
}

/** Read at once at most; an engine's socket holds little more. */
const readBytes = 128 * 1024;
const headBytesMax = 16 * 1024;
const openMs = 30_000;

/**
 * Attaches to both output streams of a container. The engine's answer to that is its output without any
 * form around it, and is read into one piece of memory again and again: a fresh one for each read, as
 * the library has them, makes the garbage collector run several times for 16 MB. So what it gives is there
 * until the next is asked for, and may be changed.
 * @returns null where something between here and the engine gives the output a form of its own: the stored
 * log has it as well.
 * @throws Error where the engine refuses or can't be reached.
 */
export async function attachOutput(
  address: EngineAddress,
  containerId: string,
): Promise<LiveOutput | null> {
  const reader = new SocketReader(address);
  try {
    if (await reader.open(containerId)) return reader;
    reader.destroy();
    return null;
  } catch (error) {
    reader.destroy();
    throw error;
  }
}

class SocketReader implements LiveOutput {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #timer: NodeJS.Timeout;
  /** What was read and is not taken yet; the socket rests meanwhile. */
  #unread: Buffer | null = null;
  #end: { error: Error | null } | null = null;
  #wake: (() => void) | null = null;

  constructor(address: EngineAddress) {
    const where =
      address.kind === 'socket'
        ? { path: address.path }
        : { host: address.host, port: address.port };
    this.#host = address.kind === 'socket' ? 'engine' : `${address.host}:${address.port}`;
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    const onread = {
      buffer,
      callback: (length: number) => {
        this.#unread = buffer.subarray(0, length);
        this.#tell();
        return false;
      },
    };
    this.#socket = connect({ ...where, onread } as NetConnectOpts);
    this.#socket.on('end', () => this.#close(null));
    this.#socket.on('close', () => this.#close(null));
    this.#socket.on('error', (error) => this.#close(error));
    this.#timer = setTimeout(() => {
      this.#socket.destroy(new Error('the engine did not answer'));
    }, openMs);
  }

  /** Whether the output itself follows. */
  async open(containerId: string): Promise<boolean> {
    const what = 'stream=true&stdout=true&stderr=true';
    const lines = [
      `POST /containers/${encodeURIComponent(containerId)}/attach?${what} HTTP/1.1`,
      `Host: ${this.#host}`,
      'Connection: Upgrade',
      'Upgrade: tcp',
      'Content-Length: 0',
    ];
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    let head = Buffer.alloc(0);
    while (true) {
      const chunk = await this.#next();
      if (chunk === null) throw new Error(`the engine hung up: ${firstLine(head)}`);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end >= 0) {
        if (!/^HTTP\/1\.[01] (?:101|200) /.test(firstLine(head))) throw refusal(head, end);
        clearTimeout(this.#timer);
        if (/^transfer-encoding:/im.test(head.toString('latin1', 0, end))) return false;
        const rest = head.subarray(end + 4);
        this.#unread = rest.length === 0 ? null : rest;
        return true;
      }
      if (head.length > headBytesMax) throw new Error('the engine answered with something else');
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) yield chunk;
    } finally {
      this.destroy();
    }
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }

  /** null: it has ended. */
  async #next(): Promise<Buffer | null> {
    if (this.#unread === null && this.#end === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.#socket.resume();
      await promise;
    }
    const unread = this.#unread;
    this.#unread = null;
    if (unread === null && this.#end?.error) throw this.#end.error;
    return unread;
  }

  #close(error: Error | null): void {
    this.#end ??= { error };
    this.#tell();
  }

  #tell(): void {
    this.#wake?.();
    this.#wake = null;
  }
}

function firstLine(head: Buffer): string {
  return head.toString('latin1').split('\r\n', 1)[0] ?? '';
}

/** With what the library has in its errors too: see engine-error.ts. */
function refusal(head: Buffer, end: number): Error {
  const status = Number(/ (\d{3}) /.exec(firstLine(head))?.[1]);
  const said = /"message":\s*("(?:[^"\\]|\\.)*")/.exec(head.toString('utf8', end + 4))?.[1];
  const message = said === undefined ? 'attaching was refused' : (JSON.parse(said) as string);
  const error = new Error(`(HTTP code ${status}) unexpected - ${message}`);
  return Object.assign(error, { statusCode: status, json: { message } });
}
