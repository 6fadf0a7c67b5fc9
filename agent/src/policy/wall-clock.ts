/** What a clock on the wall shows, in parts as they are written. */
export interface WallParts {
  year: string;
  month: string;
  day: string;
  /** `Mon`. */
  weekday: string;
  hour: string;
  minute: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in a time zone shows at a moment; null is the machine's own zone. */
export function wallPartsAt(atMs: number, timeZone: string | null): WallParts {
  const key = timeZone ?? '';
  const format = formats.get(key) ?? wallFormat(timeZone);
  formats.set(key, format);
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const part = (name: keyof WallParts) => parts.get(name) ?? '';
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    weekday: part('weekday'),
    hour: part('hour'),
    minute: part('minute'),
  };
}

/** The same as `2026-12-01T22:05`: such texts are in the order of what they say. */
export function wallMomentAt(atMs: number, timeZone: string | null): string {
  const { year, month, day, hour, minute } = wallPartsAt(atMs, timeZone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** A day before and after, a zone has the offsets that it may have at a moment. */
const dayMs = 86_400_000;

/**
 * The moments at which a clock shows a text of that form: two where an hour is repeated. Of a time that
 * is left out it is what the clock would have shown without the change, by either offset.
 */
export function momentsOf(text: string, timeZone: string | null): number[] {
  const shownMs = Date.parse(`${text}Z`);
  const moments = [shownMs - dayMs, shownMs + dayMs].map((atMs) => {
    const offsetMs = Date.parse(`${wallMomentAt(atMs, timeZone)}Z`) - atMs;
    return shownMs - offsetMs;
  });
  const shown = moments.filter((atMs) => wallMomentAt(atMs, timeZone) === text);
  return shown.length > 0 ? shown : moments;
}

function wallFormat(timeZone: string | null): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === null ? {} : { timeZone }),
  });
}

export function isTimeZone(name: string): boolean {
  try {
    wallFormat(name);
    return true;
  } catch {
    return false;
  }
}
