import type { Clock } from '@node3/shared/clock';

export interface ProgressWatch {
  /** The workload has shown that it goes on. */
  note(): void;
  /** Silence says nothing any more: the workload has ended, or nobody reads it. */
  stop(): void;
}

/**
 * Calls `onSilence` once when nothing was noted for `silenceMs`. A workload that is taken over after
 * a restart starts afresh: what it wrote meanwhile is still to be read.
 */
export function watchProgress(options: {
  clock: Pick<Clock, 'monotonicMs'>;
  silenceMs: number;
  onSilence(): void;
}): ProgressWatch {
  const { clock, silenceMs } = options;
  let lastMs = clock.monotonicMs();
  let timer = setTimeout(look, silenceMs);
  function look(): void {
    const leftMs = lastMs + silenceMs - clock.monotonicMs();
    if (leftMs <= 0) options.onSilence();
    else timer = setTimeout(look, leftMs);
  }
  return {
    note() {
      lastMs = clock.monotonicMs();
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
