/** The time of maintenance that a moment of the wall clock is in; its end is outside. */
export function findMaintenance(
  times: readonly string[],
  now: string,
): { from: string; to: string } | null {
  for (const time of times) {
    const [from = '', to = ''] = time.split('/');
    if (from <= now && now < to) return { from, to };
  }
  return null;
}

/** `2026-12-01 22:05`. */
export function sayMoment(moment: string): string {
  return moment.replace('T', ' ');
}
