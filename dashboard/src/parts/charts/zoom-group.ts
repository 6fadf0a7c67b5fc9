import type { TimeSpan } from './chart-data.ts';

/** From when until when charts have points, and how far apart two of them usually are. */
export interface ZoomWhole extends TimeSpan {
  stepMs: number;
}

/** Of one chart; null where it has no point. Gaps and doubled points do not change the usual step. */
export function wholeOf(times: readonly number[]): ZoomWhole | null {
  const [fromMs, toMs] = [times.at(0), times.at(-1)];
  if (fromMs === undefined || toMs === undefined) return null;
  const steps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
  const stepMs = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)];
  return { fromMs, toMs, stepMs: stepMs ?? Number.POSITIVE_INFINITY };
}

/** The charts that one zoom is of, as they are now. */
export class ZoomGroup {
  readonly #charts = new Set<ZoomWhole>();

  /** @returns how the chart leaves, such as when it has other points. */
  add(chart: ZoomWhole): () => void {
    this.#charts.add(chart);
    return () => {
      this.#charts.delete(chart);
    };
  }

  /** All of what the charts have, with the step of the finest; null where none has a point. */
  whole(): ZoomWhole | null {
    const charts = [...this.#charts];
    if (charts.length === 0) return null;
    return {
      fromMs: Math.min(...charts.map(({ fromMs }) => fromMs)),
      toMs: Math.max(...charts.map(({ toMs }) => toMs)),
      stepMs: Math.min(...charts.map(({ stepMs }) => stepMs)),
    };
  }
}
