import type { EventRow } from '../store/rows.ts';

/** How many starts are remembered of each sort: hours of a quiet market, minutes of a busy one. */
const startsKept = 256;
/** Fewer than this say nothing about the next one. */
const startsMin = 5;

export interface StartEstimate {
  startSecP50: number;
  startSecP90: number;
  samples: number;
}

/** How long jobs with and without GPUs lately waited from their posting to their start. */
export class StartWaits {
  readonly #waitsMs = { gpu: [] as number[], cpu: [] as number[] };

  /** Takes what `job.started` says; other events are none of its business. */
  note(events: readonly Pick<EventRow, 'name' | 'data'>[]): void {
    for (const { name, data } of events) {
      if (name !== 'job.started' || typeof data['waitMs'] !== 'number') continue;
      const waits = this.#waitsMs[data['gpus'] === 0 ? 'cpu' : 'gpu'];
      waits.push(data['waitMs']);
      if (waits.length > startsKept) waits.shift();
    }
  }

  /** null while too few have started to say anything. */
  estimate(sort: 'gpu' | 'cpu'): StartEstimate | null {
    const sorted = this.#waitsMs[sort].toSorted((a, b) => a - b);
    if (sorted.length < startsMin) return null;
    const at = (share: number) =>
      Math.max(0, sorted[Math.ceil(share * sorted.length) - 1] ?? 0) / 1_000;
    return { startSecP50: at(0.5), startSecP90: at(0.9), samples: sorted.length };
  }
}
