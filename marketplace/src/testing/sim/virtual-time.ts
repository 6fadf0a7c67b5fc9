import type { Clock } from '@node3/shared/clock';
import { EventQueue, type SimEvent } from './event-queue.ts';
import { newOwner, type Owner } from './owner.ts';

/** The year is the one of every other test; only differences matter. */
export const simEpochMs = 1_800_000_000_000;

const setImmediateForReal = setImmediate;

interface Immediate {
  owner: Owner;
  cancelled: boolean;
  act: () => void;
}

/**
 * Time that jumps from one event to the next. Each event runs with everything that follows from it
 * before the next one begins, as in an event loop: first what is due, then what was put off to the
 * end of the turn. So the same seed makes the same history.
 */
export class VirtualTime implements Clock {
  /** What belongs to no process: the network, requesters, faults. */
  readonly world = newOwner('world');
  #nowMs = 0;
  #order = 0;
  #current: Owner = this.world;
  readonly #queue = new EventQueue();
  readonly #immediates: Immediate[] = [];
  events = 0;

  nowMs(): number {
    return simEpochMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** Whose code runs at the moment: its timers die with it. */
  get current(): Owner {
    return this.#current;
  }

  /** From here on the event that is under way belongs to somebody else: a message has arrived. */
  become(owner: Owner): void {
    this.#current = owner;
  }

  after(
    delayMs: number,
    act: () => void,
    owner: Owner = this.#current,
    kind: SimEvent['kind'] = 'timer',
  ): SimEvent {
    const atMs = this.#nowMs + Math.max(0, Math.round(delayMs));
    this.#order += 1;
    const event = { atMs, order: this.#order, owner, kind, cancelled: false, act };
    this.#queue.push(event);
    return event;
  }

  atEndOfTurn(act: () => void): Immediate {
    const immediate = { owner: this.#current, cancelled: false, act };
    this.#immediates.push(immediate);
    return immediate;
  }

  /** Whether something was put off to the end of this turn, such as a commit. */
  get isMidTurn(): boolean {
    return this.#immediates.length > 0;
  }

  /** Resolves after this much time of whoever asks. */
  sleep(delayMs: number, owner: Owner = this.#current): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve, owner);
    });
  }

  /** Goes on until this is done. */
  async complete<T>(work: Promise<T>): Promise<T> {
    const over = { isSo: false };
    const mark = () => {
      over.isSo = true;
    };
    work.then(mark, mark);
    await turn();
    while (!over.isSo && (await this.step()));
    return work;
  }

  /** Runs the next event and all that follows from it. false when there is none. */
  async step(): Promise<boolean> {
    const next = this.#queue.peek();
    if (next !== null && next.atMs <= this.#nowMs) return this.#runNext();
    const immediate = this.#immediates.shift();
    if (immediate !== undefined) {
      if (!immediate.cancelled && !immediate.owner.dead) {
        await this.#run(immediate.owner, immediate.act);
      }
      return true;
    }
    return next === null ? false : this.#runNext();
  }

  async #runNext(): Promise<boolean> {
    const event = this.#queue.pop();
    if (event === null) return false;
    this.#nowMs = Math.max(this.#nowMs, event.atMs);
    const { owner } = event;
    if (event.cancelled || owner.dead) return true;
    if (owner.stillUntilMs > this.#nowMs) {
      event.atMs = putOff(event);
      this.#queue.push(event);
      return true;
    }
    this.events += 1;
    await this.#run(owner, event.act);
    return true;
  }

  async #run(owner: Owner, act: () => void): Promise<void> {
    this.#current = owner;
    act();
    await turn();
    this.#current = this.world;
  }
}

/** What came while its owner stood still. The timers of a machine that slept go on where they were. */
function putOff({ owner, kind, atMs }: SimEvent): number {
  const slept = owner.stillUntilMs - owner.stillSinceMs;
  const shifts = kind === 'timer' && owner.stillness === 'asleep';
  return shifts ? atMs + slept : owner.stillUntilMs;
}

/** A real turn of the event loop: by then every promise that could be settled has been. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediateForReal(resolve);
  });
}
