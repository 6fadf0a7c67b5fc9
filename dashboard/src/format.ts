import { type Asset, assetDecimals, type Money } from '@node3/shared/money';

/** What stands for a value nobody knows. Never 0. */
export const unknownMark = '–';

/**
 * Exact money for people: grouped whole digits, every decimal that matters, unit always written.
 * The amount stays a string all the way, because a float would change it.
 */
export function formatMoney(money: Money, language: string): string {
  const [whole = '0', fraction = ''] = money.amount.split('.');
  const parts = new Intl.NumberFormat(language, { minimumFractionDigits: 1 }).formatToParts(1.5);
  const point = parts.find((part) => part.type === 'decimal')?.value ?? '.';
  const grouped = new Intl.NumberFormat(language).format(BigInt(whole));
  const decimals = fraction.slice(0, assetDecimals[money.asset]).replace(/0+$/, '');
  return `${grouped}${decimals === '' ? '' : point + decimals} ${money.asset}`;
}

export function isZeroMoney(money: Money): boolean {
  return /^[0.]*$/.test(money.amount);
}

/** The assets worth a line: those that aren't zero, or SOL alone when all are. */
export function shownAssets(amounts: Record<Asset, Money>): Money[] {
  const nonZero = [amounts.USDC, amounts.SOL].filter((money) => !isZeroMoney(money));
  return nonZero.length > 0 ? nonZero : [amounts.SOL];
}

export function formatNumber(value: number, language: string, decimals = 1): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: decimals }).format(value);
}

/** A share of 1, with the space that stands before every other unit, too. */
export function formatPercent(ratio: number, language: string): string {
  return `${formatNumber(ratio * 100, language)} %`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** @param decimals at most. */
export function formatBytes(bytes: number, language: string, decimals = 1): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatNumber(value, language, decimals)} ${byteUnits[unit] ?? 'B'}`;
}

/** `850 ms`, `12.4 s`, `4 m 09 s`, `2 h 05 m`, `3 d 04 h`: two units at most. */
export function formatDuration(ms: number, language: string): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const totalSec = ms / 1000;
  if (totalSec < 60) return `${formatNumber(totalSec, language)} s`;
  const sec = Math.floor(totalSec);
  if (sec < 3600) return `${Math.floor(sec / 60)} m ${pad(sec % 60)} s`;
  if (sec < 86_400) return `${Math.floor(sec / 3600)} h ${pad(Math.floor((sec % 3600) / 60))} m`;
  return `${Math.floor(sec / 86_400)} d ${pad(Math.floor((sec % 86_400) / 3600))} h`;
}

/** How long something ran that has started: clocks of whole milliseconds can't tell the shortest. */
export function formatRunTime(ms: number, language: string): string {
  return ms < 1 ? '< 1 ms' : formatDuration(ms, language);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

const relativeSteps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A clock may be so much ahead before what it says lies in the future. */
const clockAheadSec = 60;

/** `3 minutes ago` or `in 2 hours`; the near past is `now`, as is a clock that is a little ahead. */
export function formatRelative(atMs: number, nowMs: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const aheadSec = Math.round((atMs - nowMs) / 1000);
  const distanceSec = aheadSec > clockAheadSec ? aheadSec : Math.max(0, -aheadSec);
  for (const [unit, seconds] of relativeSteps) {
    if (distanceSec < seconds) continue;
    const count = Math.floor(distanceSec / seconds);
    return format.format(aheadSec > 0 ? count : -count, unit);
  }
  return format.format(0, 'second');
}

/** By the clock of this machine, or in UTC, which is written then. */
export type Zone = 'local' | 'UTC';

export function formatTime(atMs: number, language: string, zone: Zone = 'local'): string {
  return inZone(atMs, language, zone, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** As `formatTime`, in fewer characters. */
export function formatShortTime(atMs: number, language: string, zone: Zone): string {
  return inZone(atMs, language, zone, { dateStyle: 'short', timeStyle: 'medium' });
}

export function formatClock(atMs: number, language: string, zone: Zone = 'local'): string {
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  return inZone(atMs, language, zone, time);
}

/** Every clock of the app counts to 24, as logs and charts do. */
export function hoursIn(zone: Zone): Intl.DateTimeFormatOptions {
  return { hourCycle: 'h23', ...(zone === 'UTC' && { timeZone: 'UTC' }) };
}

function inZone(
  atMs: number,
  language: string,
  zone: Zone,
  style: Intl.DateTimeFormatOptions,
): string {
  const text = new Intl.DateTimeFormat(language, { ...style, ...hoursIn(zone) }).format(atMs);
  return zone === 'UTC' ? `${text} UTC` : text;
}

/** Keeps both ends of an id, address or signature, which is how people compare them. */
export function shorten(text: string, head = 8, tail = 4): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}
