import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { agentLimits } from '../agent-limits.ts';

/** @returns how long to wait after the n-th failure in a row: 1 s doubling to 60 s, ± 25 %. */
export function backoffMs(failures: number, random: () => number): number {
  const doubled = agentLimits.backoffMinMs * 2 ** Math.min(Math.max(failures, 1) - 1, 16);
  return Math.min(doubled, agentLimits.backoffMaxMs) * (0.75 + random() * 0.5);
}

export interface PacedLoopOptions {
  name: string;
  log: Logger;
  random: () => number;
  /** One turn. @returns how long to rest before the next one, milliseconds. */
  run(signal: AbortSignal): Promise<number>;
  /** Called with every failure; the loop goes on whatever happens. */
  onFailure?(error: unknown): void;
}

export interface PacedLoop extends Omit<Loop, 'wake'> {
  /** Starts the next turn now, except during a back-off: news must not hammer a dead server. */
  wake(): void;
  /** Starts the next turn now, back-off or not: what made the last one fail is known to be over. */
  retry(): void;
}

/** A loop whose turns say how long to rest, with back-off and jitter after failures. */
export function startPacedLoop(options: PacedLoopOptions): PacedLoop {
  let failures = 0;
  let restMs = 0;
  const loop = startLoop({
    name: options.name,
    log: options.log,
    get intervalMs() {
      return restMs;
    },
    async run(signal) {
      try {
        restMs = await options.run(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        restMs = backoffMs(failures, options.random);
        options.log.debug({ err: error, loop: options.name, failures }, 'turn failed');
        options.onFailure?.(error);
      }
    },
  });
  return {
    wake() {
      if (failures === 0) loop.wake();
    },
    retry: () => loop.wake(),
    stop: () => loop.stop(),
  };
}
