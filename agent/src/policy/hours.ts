import { wallPartsAt } from './wall-clock.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minutesPerDay = 1440;

/** A daily window of local time; one that ends before it begins goes over midnight. */
interface HoursWindow {
  /** On which days it begins, Monday being 0. */
  days: readonly number[];
  fromMinute: number;
  toMinute: number;
}

/** What the clock on the wall shows. */
export interface WallTime {
  /** Monday is 0. */
  day: number;
  /** Since midnight by that clock, 0…1439. */
  minute: number;
}

/** Reads a window such as `mon-fri 22:00-08:00`. The schema has checked how it is written. */
export function parseWindow(text: string): HoursWindow {
  const [times = '', names] = text.split(' ').toReversed();
  const [fromMinute = 0, toMinute = 0] = times.split('-').map(minuteOf);
  return { days: names === undefined ? [...days.keys()] : daysOf(names), fromMinute, toMinute };
}

function minuteOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}

/** `fri-mon` goes over the end of the week. */
function daysOf(text: string): number[] {
  const [first = '', last = first] = text.split('-');
  const from = days.indexOf(first);
  const count = ((days.indexOf(last) - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => (from + index) % 7);
}

/** Whether a wall clock is inside a window. Its end is outside; equal ends are a whole day. */
export function isWithinHours(hours: readonly string[], { day, minute }: WallTime): boolean {
  const before = (day + 6) % 7;
  return hours.map(parseWindow).some((window) => {
    const { fromMinute, toMinute } = window;
    const length = (toMinute - fromMinute + minutesPerDay) % minutesPerDay || minutesPerDay;
    const today = window.days.includes(day) && minute >= fromMinute;
    const since = minute - fromMinute;
    if (today && since < length) return true;
    return window.days.includes(before) && since + minutesPerDay < length;
  });
}

/** What a clock in a time zone shows at a moment; null is the machine's own zone. */
export function wallTimeAt(atMs: number, timeZone: string | null): WallTime {
  const { weekday, hour, minute } = wallPartsAt(atMs, timeZone);
  return { day: days.indexOf(weekday.toLowerCase()), minute: Number(hour) * 60 + Number(minute) };
}

/** `sat 09:05`. */
export function sayWallTime({ day, minute }: WallTime): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${days[day] ?? ''} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
