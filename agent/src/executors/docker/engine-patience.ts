import { setTimeout as sleep } from 'node:timers/promises';
import { engineAwayMaxMs, engineRetryMs } from '../executor-limits.ts';
import { systemErrorCode } from './engine-error.ts';

/** Waits for an engine that went away, and not for ever. */
export class EnginePatience {
  readonly #signal: AbortSignal;
  #awaySinceMs: number | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** The engine has answered. */
  heard(): void {
    this.#awaySinceMs = null;
  }

  /** Resolves when it may be asked again. Throws an error that is not of its being away, or for too long. */
  async bear(error: unknown): Promise<void> {
    if (this.#signal.aborted || systemErrorCode(error) === null) throw error;
    this.#awaySinceMs ??= performance.now();
    if (performance.now() - this.#awaySinceMs > engineAwayMaxMs) throw error;
    await sleep(engineRetryMs, undefined, { signal: this.#signal });
  }
}
