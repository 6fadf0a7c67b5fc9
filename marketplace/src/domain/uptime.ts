/** Days are those of UTC. */
const dayMs = 86_400_000;

/** A time in which an agent was there without a break. */
export interface Spell {
  fromMs: number;
  toMs: number;
}

/** What is known of when an agent was there. */
export interface PresenceRecord {
  /** Before it nothing was counted. */
  knownFromMs: number;
  /** Up to here the days are counted. */
  countedToMs: number;
  days: readonly PresenceDay[];
}

export interface PresenceDay {
  startMs: number;
  presentMs: number;
}

export interface UptimePeriod {
  days: number;
  /** 0 to 1, of the time that is known; null where none is. */
  share: number | null;
  /** The same of as many days before. */
  before: number | null;
}

export const uptimePeriods = [7, 30] as const;

/** The oldest day that any of the periods needs. */
export function firstUptimeDayMs(nowMs: number): number {
  return startOfDay(nowMs) - (2 * Math.max(...uptimePeriods) - 1) * dayMs;
}

export function startOfDay(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs;
}

/** The part of each day that spells cover. */
export function daysOfSpells(spells: readonly Spell[]): PresenceDay[] {
  const days = new Map<number, number>();
  for (const { fromMs, toMs } of spells) {
    for (let startMs = startOfDay(fromMs); startMs < toMs; startMs += dayMs) {
      const part = Math.min(toMs, startMs + dayMs) - Math.max(fromMs, startMs);
      days.set(startMs, (days.get(startMs) ?? 0) + part);
    }
  }
  return [...days].map(([startMs, presentMs]) => ({ startMs, presentMs }));
}

/**
 * How much of the last days an agent was there, today up to now among them.
 * @param uncountedMs what it was there since the days were counted.
 */
export function uptimeOf(
  record: PresenceRecord | null,
  { nowMs, uncountedMs }: { nowMs: number; uncountedMs: number },
): UptimePeriod[] {
  return uptimePeriods.map((days) => {
    if (record === null) return { days, share: null, before: null };
    const fromMs = startOfDay(nowMs) - (days - 1) * dayMs;
    return {
      days,
      share: shareOf(record, { fromMs, toMs: nowMs }, uncountedMs),
      before: shareOf(record, { fromMs: fromMs - days * dayMs, toMs: fromMs }, 0),
    };
  });
}

function shareOf(
  { days, knownFromMs }: PresenceRecord,
  { fromMs, toMs }: Spell,
  uncountedMs: number,
): number | null {
  const knownMs = toMs - Math.max(fromMs, knownFromMs);
  if (knownMs <= 0) return null;
  const presentMs = days
    .filter(({ startMs }) => startMs >= fromMs && startMs < toMs)
    .reduce((sum, day) => sum + day.presentMs, uncountedMs);
  // Rounded down, so that all but a minute is not called all.
  return Math.floor(Math.min(1, presentMs / knownMs) * 1_000) / 1_000;
}
