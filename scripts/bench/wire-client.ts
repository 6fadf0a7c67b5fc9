import { connect, type Socket } from 'node:net';

export interface WireAnswer {
  status: number;
  body: string;
}

interface WireCall {
  text: string;
  resolve(answer: WireAnswer): void;
  reject(error: Error): void;
}

const headEnd = '\r\n\r\n';

/**
 * HTTP/1.1 by hand over kept connections, one request at a time on each: costs a load process about
 * 15 µs a request, a tenth of what a full client does, so that the server is what is measured.
 * Knows answers with a `content-length` only, and nothing of redirects or retries.
 */
export class WireClient {
  readonly #free: WireConnection[] = [];
  readonly #all: WireConnection[] = [];
  readonly #waiting: WireCall[] = [];
  readonly #head: string;

  constructor(url: string, connections: number, headers: Record<string, string> = {}) {
    const { hostname, port } = new URL(url);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#head = ` HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${lines.join('')}`;
    for (let opened = 0; opened < connections; opened += 1) {
      const connection = new WireConnection(hostname, Number(port), () => this.#next(connection));
      this.#all.push(connection);
      this.#free.push(connection);
    }
  }

  get(path: string): Promise<WireAnswer> {
    return this.#send(`GET ${path}${this.#head}\r\n`);
  }

  /** @param body JSON text. */
  post(path: string, body: string): Promise<WireAnswer> {
    const length = Buffer.byteLength(body);
    const about = `content-type: application/json\r\ncontent-length: ${length}`;
    return this.#send(`POST ${path}${this.#head}${about}${headEnd}${body}`);
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #send(text: string): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const call = { text, resolve, reject };
      const connection = this.#free.pop();
      if (connection === undefined) this.#waiting.push(call);
      else connection.send(call);
    });
  }

  #next(connection: WireConnection): void {
    const call = this.#waiting.shift();
    if (call === undefined) this.#free.push(connection);
    else connection.send(call);
  }
}

class WireConnection {
  readonly #open: () => Socket;
  readonly #onFree: () => void;
  #socket: Socket;
  #call: WireCall | null = null;
  #received = '';

  constructor(host: string, port: number, onFree: () => void) {
    this.#onFree = onFree;
    this.#open = () => {
      const socket = connect({ host, port, noDelay: true });
      // Lengths are counted in bytes, and a latin1 text has one character for each.
      socket.setEncoding('latin1');
      socket.on('data', (chunk) => this.#read(String(chunk)));
      socket.on('error', (error) => this.#fail(error));
      socket.on('close', () => this.#fail(new Error('the server closed the connection')));
      return socket;
    };
    this.#socket = this.#open();
  }

  send(call: WireCall): void {
    this.#call = call;
    // Servers end connections that were idle for some seconds.
    if (this.#socket.destroyed) this.#socket = this.#open();
    this.#socket.write(call.text);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    this.#received += chunk;
    const end = this.#received.indexOf(headEnd);
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#fail(new Error(`an answer without a content-length: ${head}`));
      return;
    }
    const total = end + headEnd.length + Number(length);
    if (this.#received.length < total) return;
    const body = this.#received.slice(end + headEnd.length, total);
    this.#received = this.#received.slice(total);
    const call = this.#call;
    this.#call = null;
    this.#onFree();
    call?.resolve({ status: Number(head.slice(9, 12)), body });
  }

  #fail(error: Error): void {
    const call = this.#call;
    this.#call = null;
    call?.reject(error);
  }
}
