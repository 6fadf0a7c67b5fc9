export interface Span {
  fromMs: number;
  toMs: number;
}

/** A piece of the time that is shown, and where it lies from the left, 0 to 1. */
export interface Stretch extends Span {
  left: number;
  width: number;
  /** Nothing went on, and it is drawn shorter than it was. */
  isGap: boolean;
}

export interface TimeScale {
  stretches: readonly Stretch[];
  /** Where a moment lies, 0 to 1; those outside of it lie at its edges. */
  placeOf(atMs: number): number;
  /** The moment at a place. */
  momentAt(place: number): number;
}

/** Idle time that takes more than so much of the picture is drawn as a mark instead. */
const gapShareMin = 0.1;
const gapWidth = 0.04;

/**
 * Lays a time out over a width of 1. Idle time between `busy` spans is cut short where `gaps` says so and it
 * would take much of the picture; everything else keeps its proportions.
 */
export function layTime(
  shown: Span,
  busy: readonly Span[],
  gaps: 'collapsed' | 'whole',
): TimeScale {
  const idle = gaps === 'collapsed' ? longGaps(shown, busy) : [];
  const idleMs = idle.reduce((sum, gap) => sum + lengthOf(gap), 0);
  const drawnMs = Math.max(1, lengthOf(shown) - idleMs);
  const perMs = (1 - idle.length * gapWidth) / drawnMs;
  const stretches: Stretch[] = [];
  let left = 0;
  function push(span: Span, isGap: boolean): void {
    if (lengthOf(span) <= 0) return;
    const width = isGap ? gapWidth : lengthOf(span) * perMs;
    stretches.push({ ...span, left, width, isGap });
    left += width;
  }
  let fromMs = shown.fromMs;
  for (const gap of idle) {
    push({ fromMs, toMs: gap.fromMs }, false);
    push(gap, true);
    fromMs = gap.toMs;
  }
  push({ fromMs, toMs: shown.toMs }, false);
  return {
    stretches,
    placeOf(atMs) {
      const at = Math.min(shown.toMs, Math.max(shown.fromMs, atMs));
      const on = stretches.find(({ toMs }) => at <= toMs);
      return on === undefined ? 0 : on.left + (on.width * (at - on.fromMs)) / lengthOf(on);
    },
    momentAt(place) {
      const at = Math.min(1, Math.max(0, place));
      const on = stretches.find(({ left: from, width }) => at <= from + width) ?? stretches.at(-1);
      if (on === undefined) return shown.fromMs;
      const share = Math.min(1, (at - on.left) / on.width);
      return on.fromMs + share * lengthOf(on);
    },
  };
}

function lengthOf({ fromMs, toMs }: Span): number {
  return toMs - fromMs;
}

function longGaps(shown: Span, busy: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let reachedMs = shown.fromMs;
  for (const { fromMs, toMs } of busy.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs > reachedMs) gaps.push({ fromMs: reachedMs, toMs: Math.min(fromMs, shown.toMs) });
    reachedMs = Math.max(reachedMs, Math.min(toMs, shown.toMs));
  }
  if (reachedMs < shown.toMs) gaps.push({ fromMs: reachedMs, toMs: shown.toMs });
  // Where nothing was done at all there is nothing to make room for.
  const isAllIdle = gaps.some((gap) => lengthOf(gap) === lengthOf(shown));
  return isAllIdle ? [] : gaps.filter((gap) => lengthOf(gap) > lengthOf(shown) * gapShareMin);
}

/** The shortest time that is worth looking at. */
const spanMsMin = 20;

/** The part of `whole` that is left when one zooms by a factor around its middle, or moves by a share. */
export function zoomed(shown: Span, whole: Span, factor: number, around?: number): Span {
  const middle = around ?? (shown.fromMs + shown.toMs) / 2;
  const length = Math.min(lengthOf(whole), Math.max(spanMsMin, lengthOf(shown) * factor));
  return within({ fromMs: middle - length / 2, toMs: middle + length / 2 }, whole);
}

export function moved(shown: Span, whole: Span, share: number): Span {
  const byMs = lengthOf(shown) * share;
  return within({ fromMs: shown.fromMs + byMs, toMs: shown.toMs + byMs }, whole);
}

/** As long, but not beyond the whole. */
function within(span: Span, whole: Span): Span {
  const length = Math.min(lengthOf(span), lengthOf(whole));
  const fromMs = Math.max(whole.fromMs, Math.min(span.fromMs, whole.toMs - length));
  return { fromMs, toMs: fromMs + length };
}

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
  [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400].map(
    (seconds) => seconds * 1_000,
  ),
);
const ticksMax = 5;
const tickRoom = 0.14;

/** Moments for the axis, counted from `startMs`, with room for their words between them. */
export function ticksOf(scale: TimeScale, startMs: number): { atMs: number; place: number }[] {
  const drawn = scale.stretches.filter(({ isGap }) => !isGap);
  const totalMs = drawn.reduce((sum, span) => sum + lengthOf(span), 0);
  const stepMs = steps.find((step) => totalMs / step <= ticksMax) ?? 86_400_000;
  const ticks: { atMs: number; place: number }[] = [];
  for (const { fromMs, toMs } of drawn) {
    const first = startMs + Math.ceil((fromMs - startMs) / stepMs) * stepMs;
    for (let atMs = first; atMs <= toMs; atMs += stepMs) {
      const place = scale.placeOf(atMs);
      const last = ticks.at(-1)?.place ?? -1;
      if (place - last >= tickRoom && place <= 1 - tickRoom / 2) ticks.push({ atMs, place });
    }
  }
  return ticks;
}
