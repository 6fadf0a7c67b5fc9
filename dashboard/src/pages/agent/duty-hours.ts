const msPerHour = 3_600_000;

export interface DutyDay {
  /** Midnight where the reader is, milliseconds since the Unix epoch. */
  startMs: number;
  /** Of each hour the share in which a job had the device; null where nobody looked. */
  hours: (number | null)[];
}

const hoursPerDay = 24;

/**
 * The last days of a device, hour by hour on the reader's clock, oldest first. `points` has a value for
 * each of `times`. An hour with no value at all is unknown. Pure but for the time zone of the machine.
 */
export function dutyByHour(
  times: readonly number[],
  points: readonly (number | null)[],
  days: number,
): DutyDay[] {
  const last = times.at(-1);
  if (last === undefined) return [];
  const found: DutyDay[] = [];
  for (let back = days - 1; back >= 0; back -= 1) {
    const midnight = new Date(last);
    midnight.setHours(0, 0, 0, 0);
    midnight.setDate(midnight.getDate() - back);
    const startMs = midnight.getTime();
    const hours = Array.from({ length: hoursPerDay }, (_, hour) => {
      const [fromMs, toMs] = [startMs + hour * msPerHour, startMs + (hour + 1) * msPerHour];
      const known = points.filter((value, index): value is number => {
        const atMs = times[index] ?? 0;
        return value !== null && atMs >= fromMs && atMs < toMs;
      });
      return known.length === 0
        ? null
        : known.reduce((sum, value) => sum + value, 0) / known.length;
    });
    found.push({ startMs, hours });
  }
  return found;
}
