import type { Money } from '@node3/shared/money';

/** `0.001 SOL`; a dash for what is unknown, since unknown is not zero. */
export function moneyText(money: Money | null): string {
  return money === null ? '-' : `${money.amount} ${money.asset}`;
}

/** `0.001 SOL`, or `up to 2 USDC at 0.5 USDC per GPU hour`. */
export function priceText(most: Money, bidPerGpuHour: Money | null): string {
  if (bidPerGpuHour === null) return moneyText(most);
  return `up to ${moneyText(most)} at ${moneyText(bidPerGpuHour)} per GPU hour`;
}

/** `412 ms`, `3.2 s`, `2m 05s`, `1h 02m`. */
export function durationText(ms: number): string {
  if (ms < 1) return '< 1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

/** How long ago, in the coarsest unit that still says something. */
export function ageText(timestamp: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(timestamp)) / 1_000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** The first and last characters of something long, such as an address or a signature. */
export function shorten(text: string, kept = 8): string {
  return text.length <= 2 * kept + 1 ? text : `${text.slice(0, kept)}…${text.slice(-kept)}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `17 bytes`, `1.5 MB`: decimal, as disks are sold. */
export function bytesText(bytes: number): string {
  const step = bytes < 1_000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const amount = step === 0 ? String(bytes) : (bytes / 1_000 ** step).toFixed(1);
  return `${amount} ${byteUnits[step]}`;
}
