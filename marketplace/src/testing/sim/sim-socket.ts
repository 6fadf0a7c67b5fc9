import { EventEmitter } from 'node:events';
import type { Owner } from './owner.ts';
import type { Direction, SimNetwork } from './sim-network.ts';

const states = { connecting: 0, open: 1, closed: 3 } as const;
/** The code of a socket that broke without a word. */
const broken = 1006;

/** One direction of a connection: nothing overtakes, nothing is lost while both ends live. */
interface Pipe {
  direction: Direction;
  lastArrivalMs: number;
  /** What arrived while the link was cut, oldest first. */
  blocked: (() => void)[];
}

/** What both ends of a connection share. */
export class SimWire {
  readonly client: SimSocket;
  readonly server: SimSocket;
  readonly #link: string;
  readonly #network: SimNetwork;
  readonly #pipes: Record<Direction, Pipe> = {
    'to-market': { direction: 'to-market', lastArrivalMs: 0, blocked: [] },
    'from-market': { direction: 'from-market', lastArrivalMs: 0, blocked: [] },
  };

  constructor(network: SimNetwork, link: string, client: Owner) {
    this.#network = network;
    this.#link = link;
    this.client = new SimSocket(this, 'to-market', client);
    this.server = new SimSocket(this, 'from-market', null);
  }

  otherEnd(end: SimSocket): SimSocket {
    return end === this.client ? this.server : this.client;
  }

  /** Delivers in order, later when packets are lost, and not before a cut has healed. */
  carry(direction: Direction, receiver: Owner, deliver: () => void): void {
    const pipe = this.#pipes[direction];
    const { time } = this.#network;
    const nowMs = time.monotonicMs();
    const arrivalMs = Math.max(nowMs + this.#network.streamDelayMs(), pipe.lastArrivalMs);
    pipe.lastArrivalMs = arrivalMs;
    const arrive = () => {
      if (pipe.blocked.length > 0 || this.#network.isCut(this.#link, direction)) {
        pipe.blocked.push(deliver);
        if (pipe.blocked.length === 1) this.#retry(pipe, receiver);
      } else deliver();
    };
    time.after(arrivalMs - nowMs, arrive, receiver, 'message');
  }

  #retry(pipe: Pipe, receiver: Owner): void {
    const again = () => {
      if (this.#network.isCut(this.#link, pipe.direction)) this.#retry(pipe, receiver);
      else for (const deliver of pipe.blocked.splice(0)) deliver();
    };
    this.#network.time.after(1_000, again, receiver, 'message');
  }
}

/** One end of a connection, with as much of a WebSocket as both ends use. */
export class SimSocket extends EventEmitter {
  readonly OPEN = states.open;
  readonly bufferedAmount = 0;
  readyState: number = states.connecting;
  /** The process that has this end; null until somebody answers. */
  owner: Owner | null;
  readonly #wire: SimWire;
  readonly #direction: Direction;

  constructor(wire: SimWire, direction: Direction, owner: Owner | null) {
    super();
    this.#wire = wire;
    this.#direction = direction;
    this.owner = owner;
  }

  send(text: string): void {
    this.#toOtherEnd((other) => other.emit('message', Buffer.from(text), false));
  }

  ping(): void {
    this.#toOtherEnd((other) => other.#toOtherEnd((self) => self.emit('pong')));
  }

  close(code: number = broken): void {
    this.#toOtherEnd((other) => other.lose(code));
    this.lose(code);
  }

  terminate(): void {
    this.close(broken);
  }

  /** The connection is there. */
  opened(): void {
    if (this.readyState !== states.connecting) return;
    this.readyState = states.open;
    this.emit('open');
  }

  /** This end is over; whoever listens hears it once. */
  lose(code: number): void {
    if (this.readyState === states.closed) return;
    const wasOpen = this.readyState === states.open;
    this.readyState = states.closed;
    if (!wasOpen) this.emit('error', new Error('the connection was refused'));
    this.emit('close', code);
  }

  #toOtherEnd(act: (other: SimSocket) => void): void {
    const other = this.#wire.otherEnd(this);
    if (this.readyState !== states.open || other.owner === null) return;
    this.#wire.carry(this.#direction, other.owner, () => {
      if (other.readyState === states.open) act(other);
    });
  }
}
