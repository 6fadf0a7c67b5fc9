import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { agentLimits } from '../agent-limits.ts';
import type { Executor } from '../executors/executor.ts';

export interface DiskGuardDeps {
  /** @returns free bytes; null where the system does not tell. */
  read: () => Promise<number | null>;
  /** Free space that jobs never get, bytes. */
  floorBytes: () => number;
  executors: () => readonly Pick<Executor, 'name' | 'freeDisk'>[];
  log: Logger;
  /** New work may be taken now and could not before, or the other way round. */
  onChange: () => void;
}

/**
 * Watches the disk of the agent. Below the floor no new work is taken, and before it comes to that
 * what was only kept to be quick goes: the images that jobs brought here.
 */
export class DiskGuard {
  readonly #deps: DiskGuardDeps;
  #freeBytes: number | null = null;
  #loop: Loop | null = null;

  constructor(deps: DiskGuardDeps) {
    this.#deps = deps;
  }

  /** null before the first look, and where the system does not tell. */
  get freeBytes(): number | null {
    return this.#freeBytes;
  }

  /** Whether the disk is known to be too full for new work. */
  get isLow(): boolean {
    return this.#freeBytes !== null && this.#freeBytes <= this.#deps.floorBytes();
  }

  /** Resolves after the first look, whatever it found. */
  start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { log } = this.#deps;
    const run = () => this.look().finally(resolve);
    this.#loop = startLoop({ name: 'disk', log, intervalMs: agentLimits.sampleIntervalMs, run });
    return promise;
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  async look(): Promise<void> {
    const wasLow = this.isLow;
    this.#freeBytes = await this.#deps.read();
    if (this.isLow) await this.#makeRoom();
    if (this.isLow === wasLow) return;
    const facts = { freeBytes: this.#freeBytes, floorBytes: this.#deps.floorBytes() };
    if (this.isLow) this.#deps.log.warn(facts, 'the disk is too full for new jobs');
    else this.#deps.log.info(facts, 'the disk has room for jobs again');
    this.#deps.onChange();
  }

  async #makeRoom(): Promise<void> {
    const { executors, floorBytes, log, read } = this.#deps;
    for (const executor of executors()) {
      const missing = floorBytes() + agentLimits.diskRoomBytes - (this.#freeBytes ?? 0);
      if (!this.isLow) return;
      try {
        await executor.freeDisk?.(missing);
      } catch (error) {
        log.warn({ err: error, executor: executor.name }, 'no disk space could be freed');
      }
      this.#freeBytes = await read();
    }
  }
}
