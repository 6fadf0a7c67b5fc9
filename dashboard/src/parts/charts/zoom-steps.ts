import type { TimeSpan } from './chart-data.ts';
import type { ZoomWhole } from './zoom-group.ts';

export type ZoomStep = 'in' | 'out' | 'earlier' | 'later';

/** No step goes closer than this; dragging does. */
const timesMax = 16;
/** A stretch so many steps long has two points at least, wherever it begins. */
const stepsMin = 2;

/**
 * The stretch of time that a step shows: half or twice as long around the same middle, or half its
 * length earlier or later, never beyond the whole. null is the whole. Where nothing closer would
 * show a line, it stays as long as it is.
 */
export function stepZoom(whole: ZoomWhole, span: TimeSpan | null, step: ZoomStep): TimeSpan | null {
  const { fromMs, toMs } = span ?? whole;
  const all = whole.toMs - whole.fromMs;
  const now = Math.min(all, Math.max(1, toMs - fromMs));
  const factor = step === 'in' ? 0.5 : step === 'out' ? 2 : 1;
  const least = Math.min(now, Math.max(all / timesMax, stepsMin * whole.stepMs));
  const length = Math.round(Math.max(least, now * factor));
  if (length >= all) return null;
  const shift = step === 'earlier' ? -now / 2 : step === 'later' ? now / 2 : 0;
  const wanted = Math.round((fromMs + toMs) / 2 + shift - length / 2);
  const start = Math.min(whole.toMs - length, Math.max(whole.fromMs, wanted));
  return { fromMs: start, toMs: start + length };
}

const keys: Readonly<Record<string, ZoomStep>> = {
  '+': 'in',
  '=': 'in',
  '-': 'out',
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
};

/** What a key does while one of the buttons has the focus. */
export function stepOfKey(key: string): ZoomStep | null {
  return Object.hasOwn(keys, key) ? (keys[key] ?? null) : null;
}
