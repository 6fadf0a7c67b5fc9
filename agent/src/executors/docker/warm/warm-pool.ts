import { randomBytes } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { readAvailableMemory } from '../../../observability/available-memory.ts';
import type { LiveOutput } from '../attached-output.ts';
import { toStartError } from '../start-error.ts';
import type { WarmShape } from './warm-shape.ts';

/** A container that waits for a job. */
export interface WarmBox {
  boxId: string;
  /** What its job will write. */
  output: LiveOutput;
  isWaiting(): Promise<boolean>;
  /** Gives it the processors of its job. @returns whether it still waits. */
  claim(): Promise<boolean>;
  /** Tells it what it is. */
  start(line: string): Promise<void>;
  /** Lets go of one that was told nothing: engines keep the connection to it, even when it is gone. */
  close(): void;
}

/** The runtime does not let a container change while it runs: no other try will end otherwise. */
export class WarmRefusedError extends Error {
  override readonly name = 'WarmRefusedError';
}

/** What the provider allows at this moment; another `version` is another policy. */
export interface WarmPolicy {
  containersMax: number;
  version: unknown;
  /** What all that waits may have together, bytes: memory that no job has; 0 while no job is taken. */
  memoryBytes: number;
}

export interface WarmPoolDeps {
  clock: Clock;
  log: Logger;
  policy(): WarmPolicy;
  /** Makes one and starts it. */
  make(shape: WarmShape, boxId: string): Promise<WarmBox>;
  /** Removes all traces of one. */
  remove(boxId: string): Promise<void>;
  /** Tests say how much memory is left; null: nobody knows. */
  availableMemory?(): Promise<number | null>;
}

interface Idle {
  shape: WarmShape;
  box: WarmBox;
  madeAtMs: number;
  version: unknown;
}

const intervalMs = 2_000;
/** The next container is made when the job that took the last one has had its start. */
const refillMs = 200;
/** With less left on the machine, or nobody knows how much, nothing waits. */
const freeMemoryBytesMin = 2 * 1024 ** 3;
/** A shape that nobody asked for in this time is forgotten, and no container waits longer. */
const idleMsMax = 30 * 60_000;
/** Shapes in which no container starts, such as those of images without a shell. */
const unfitMax = 256;

/**
 * Started containers that wait for a job like those before, one for each kind of job and for the kinds that
 * were asked for last. Each is given to one job and never back.
 */
export class WarmPool {
  readonly #deps: WarmPoolDeps;
  readonly #idle = new Map<string, Idle>();
  /** Latest first. */
  #wanted: { shape: WarmShape; atMs: number }[] = [];
  readonly #unfit = new Set<string>();
  /** Those that could not be removed, such as by an engine that was away. */
  readonly #leftovers = new Set<string>();
  /** Being made or looked at. */
  readonly #held = new Set<string>();
  #loop: Loop | null = null;
  #refusal: string | null = null;

  constructor(deps: WarmPoolDeps) {
    this.#deps = deps;
  }

  get isOn(): boolean {
    return this.#refusal === null && this.#deps.policy().containersMax > 0;
  }

  /** What the runtime said to a container that was to wait; null while nothing speaks against it. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** Containers that a job would get at once. */
  get waiting(): string[] {
    return [...this.#idle.values()].map(({ box }) => box.boxId);
  }

  /** Whether a container is here for a later job, or is being made or given to one. */
  has(boxId: string): boolean {
    if (this.#held.has(boxId)) return true;
    return this.waiting.includes(boxId);
  }

  /**
   * @param note says in a file whose the container is; where that fails nobody gets it.
   * @returns a container that is the caller's from now on; null when none waits, whatever was noted.
   */
  async take({ key }: WarmShape, note: (boxId: string) => void): Promise<WarmBox | null> {
    const idle = this.#idle.get(key);
    if (idle === undefined) return null;
    this.#idle.delete(key);
    const { box } = idle;
    this.#held.add(box.boxId);
    let isGiven = false;
    try {
      note(box.boxId);
      isGiven = this.#isFresh(idle) && (await box.claim());
    } catch (error) {
      this.#deps.log.warn({ err: error, boxId: box.boxId }, 'a container that waited is not used');
    }
    this.#held.delete(box.boxId);
    if (isGiven) return box;
    void this.#drop(box);
    return null;
  }

  /** Notes that a job of this kind has started: the next one may be like it. */
  want(shape: WarmShape): void {
    if (!this.isOn || this.#unfit.has(shape.key)) return;
    const others = this.#wanted.filter((each) => each.shape.key !== shape.key);
    this.#wanted = [{ shape, atMs: this.#deps.clock.monotonicMs() }, ...others];
    this.#wanted.length = Math.min(this.#wanted.length, this.#deps.policy().containersMax);
    this.#loop ??= startLoop({
      name: 'warm-pool',
      intervalMs,
      log: this.#deps.log,
      run: (signal) => this.#turn(signal),
    });
    setTimeout(() => this.#loop?.wake(), refillMs).unref();
  }

  /** Ends what may not wait any more, such as where a job gets its memory or no job is taken. */
  async makeRoom(): Promise<void> {
    const fitting = new Set((await this.#fitting()).map(({ key }) => key));
    const over = [...this.#idle].filter(([key, idle]) => !fitting.has(key) || !this.#isFresh(idle));
    for (const [key] of over) this.#idle.delete(key);
    await Promise.all(over.map(([, { box }]) => this.#drop(box)));
  }

  /** Leaves nothing that waits. */
  async close(): Promise<void> {
    await this.#loop?.stop();
    this.#loop = null;
    this.#wanted = [];
    const idle = [...this.#idle.values()];
    this.#idle.clear();
    await Promise.all(idle.map(({ box }) => this.#drop(box)));
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const sinceMs = this.#deps.clock.monotonicMs() - idleMsMax;
    this.#wanted = this.#wanted.filter(({ atMs }) => atMs > sinceMs);
    for (const boxId of this.#leftovers) await this.#remove(boxId);
    await this.makeRoom();
    for (const [key, idle] of this.#idle) {
      if (await idle.box.isWaiting().catch(() => false)) continue;
      // It may have been taken meanwhile.
      if (this.#idle.get(key) !== idle) continue;
      this.#idle.delete(key);
      this.#forget(key);
      await this.#drop(idle.box);
    }
    for (const shape of await this.#fitting()) {
      if (!this.#idle.has(shape.key) && !signal.aborted) await this.#make(shape);
    }
    await this.makeRoom();
  }

  /** What may wait at this moment, of what was asked for last. */
  async #fitting(): Promise<WarmShape[]> {
    const availableBytes = await (this.#deps.availableMemory?.() ?? readAvailableMemory());
    if (availableBytes === null || availableBytes < freeMemoryBytesMin) return [];
    const { containersMax, memoryBytes } = this.#deps.policy();
    let leftBytes = memoryBytes;
    return this.#wanted.slice(0, containersMax).flatMap(({ shape }) => {
      if (shape.memoryBytes > leftBytes) return [];
      leftBytes -= shape.memoryBytes;
      return [shape];
    });
  }

  /** Until a job like those asks again. */
  #forget(key: string): void {
    this.#wanted = this.#wanted.filter(({ shape }) => shape.key !== key);
  }

  #isFresh({ madeAtMs, version }: Idle): boolean {
    const { containersMax, version: now } = this.#deps.policy();
    const ageMs = this.#deps.clock.monotonicMs() - madeAtMs;
    return containersMax > 0 && version === now && ageMs < idleMsMax;
  }

  async #make(shape: WarmShape): Promise<void> {
    const { clock, log } = this.#deps;
    const boxId = `warm-${randomBytes(12).toString('hex')}`;
    const { version } = this.#deps.policy();
    this.#held.add(boxId);
    try {
      const box = await this.#deps.make(shape, boxId);
      this.#idle.set(shape.key, { shape, box, madeAtMs: clock.monotonicMs(), version });
    } catch (error) {
      if (error instanceof WarmRefusedError) this.#refuse(error);
      else log.warn({ err: error }, 'no container can wait for jobs like this one');
      const isUnfit = toStartError(error).reason === 'command_not_found';
      if (isUnfit && this.#unfit.size < unfitMax) this.#unfit.add(shape.key);
      this.#forget(shape.key);
      await this.#remove(boxId);
    } finally {
      this.#held.delete(boxId);
    }
  }

  /** Until the agent starts again: each job would lose a container and be told nothing. */
  #refuse(error: WarmRefusedError): void {
    this.#refusal = error.message;
    this.#wanted = [];
    this.#deps.log.warn({ err: error }, 'no container waits for jobs here: its runtime refuses');
  }

  async #drop(box: WarmBox): Promise<void> {
    box.close();
    await this.#remove(box.boxId);
  }

  async #remove(boxId: string): Promise<void> {
    try {
      await this.#deps.remove(boxId);
      this.#leftovers.delete(boxId);
    } catch (error) {
      this.#leftovers.add(boxId);
      this.#deps.log.warn({ err: error, boxId }, 'a container that waited was not removed');
    }
  }
}
