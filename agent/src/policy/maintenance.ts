import { momentsOf } from './wall-clock.ts';

/**
 * The time of maintenance that a moment is in; its end is outside. Where a clock shows the same hour
 * twice, it begins with the first of both and ends with the last.
 */
export function findMaintenance(
  times: readonly string[],
  nowMs: number,
  timeZone: string | null,
): { from: string; to: string } | null {
  for (const time of times) {
    const [from = '', to = ''] = time.split('/');
    const fromMs = Math.min(...momentsOf(from, timeZone));
    const toMs = Math.max(...momentsOf(to, timeZone));
    if (fromMs <= nowMs && nowMs < toMs) return { from, to };
  }
  return null;
}

/** `2026-12-01 22:05`. */
export function sayMoment(moment: string): string {
  return moment.replace('T', ' ');
}
