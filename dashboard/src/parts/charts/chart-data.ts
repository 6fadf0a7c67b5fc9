/** One line of a time chart. `points` has a value for each time; null is a gap and stays one. */
export interface ChartSeries {
  label: string;
  points: readonly (number | null)[];
}

/** Times in milliseconds since the Unix epoch, each later than the one before. */
export interface TimeChartData {
  times: readonly number[];
  series: readonly ChartSeries[];
  /** What is shaded behind the lines, such as the middle half of all prices. */
  band?: { label: string; low: readonly (number | null)[]; high: readonly (number | null)[] };
  /** Stretches of time that are marked, such as those in which a card was too hot. */
  marked?: { label: string; spans: readonly { fromMs: number; toMs: number }[] };
}

export interface TimeSpan {
  fromMs: number;
  toMs: number;
}

/** The part of a chart within a span, be it without a point; without a span the whole. Pure. */
export function dataWithin(data: TimeChartData, span: TimeSpan | null): TimeChartData {
  if (span === null) return data;
  const end = data.times.findLastIndex((atMs) => atMs <= span.toMs) + 1;
  const first = data.times.findIndex((atMs) => atMs >= span.fromMs);
  const part = <T>(points: readonly T[]) => (first === -1 ? [] : points.slice(first, end));
  const { band } = data;
  return {
    ...data,
    times: part(data.times),
    series: data.series.map(({ label, points }) => ({ label, points: part(points) })),
    ...(band === undefined
      ? {}
      : { band: { label: band.label, low: part(band.low), high: part(band.high) } }),
  };
}

/** Days such as 2026-11-26, and of each series one value for each day; null is unknown. */
export interface BarChartData {
  days: readonly string[];
  series: readonly ChartSeries[];
}

export interface SeriesFacts {
  last: number;
  low: number;
  high: number;
  total: number;
}

/** null where nothing is known at all. */
export function factsOf(points: readonly (number | null)[]): SeriesFacts | null {
  const known = points.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return null;
  const low = known.reduce((least, value) => Math.min(least, value));
  const high = known.reduce((most, value) => Math.max(most, value));
  return { last, low, high, total: known.reduce((sum, value) => sum + value, 0) };
}

/** The spans of time in which a share of the readings was above zero. Pure. */
export function spansOf(
  times: readonly number[],
  points: readonly (number | null)[],
): { fromMs: number; toMs: number }[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  let isOpen = false;
  for (const [index, fromMs] of times.entries()) {
    const isMarked = (points[index] ?? 0) > 0;
    const toMs = times[index + 1] ?? fromMs;
    const last = spans.at(-1);
    if (isMarked && isOpen && last !== undefined) last.toMs = toMs;
    else if (isMarked) spans.push({ fromMs, toMs });
    isOpen = isMarked;
  }
  return spans;
}

/** Indices of values without a known neighbour: no line goes through them, so each is drawn as a dot. */
export function lonePoints(points: ArrayLike<number | null | undefined>): number[] {
  const isKnown = (index: number) => (points[index] ?? null) !== null;
  return Array.from(points, (_, index) => index).filter(
    (index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1),
  );
}

/** A round number at or above the highest value, for the top of an axis. */
export function niceTop(high: number): number {
  if (high <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(high));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= high) ?? 10;
  return step * power;
}
