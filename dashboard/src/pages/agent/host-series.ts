import type { ReplyOf } from '@node3/shared/contract';
import type { getHostReading } from '@node3/shared/routes/agent-devices';

export type HostReading = ReplyOf<typeof getHostReading>;

export const hostEveryMs = 3_000;
/** Half an hour of looking. */
const readingsMax = 600;
/** Longer than this nobody looked: a gap. */
const gapMs = 4 * hostEveryMs;

export function addReading(before: readonly HostReading[], next: HostReading): HostReading[] {
  return [...before, next].slice(-readingsMax);
}

type Points = (number | null)[];

export interface HostSeries {
  times: number[];
  /** Of all processors, from 0 to 1. */
  cpu: Points;
  memory: Points;
  disk: Points;
  /** Bytes a second. */
  received: Points;
  sent: Points;
}

/** Counters as what was used between two looks; nothing is known of a time in which nobody looked. */
export function hostSeries(readings: readonly HostReading[]): HostSeries {
  const all: HostSeries = { times: [], cpu: [], memory: [], disk: [], received: [], sent: [] };
  for (const [index, now] of readings.entries()) {
    const atMs = Date.parse(now.at);
    const before = readings[index - 1];
    const spanMs = before === undefined ? 0 : atMs - Date.parse(before.at);
    const isNext = before !== undefined && spanMs > 0 && spanMs <= gapMs;
    if (before !== undefined && !isNext) add(all, Date.parse(before.at) + 1, {});
    const rise = (key: CounterName) => (isNext ? riseOf(before[key], now[key]) : null);
    const perSec = (key: CounterName) => {
      const bytes = rise(key);
      return bytes === null ? null : bytes / (spanMs / 1_000);
    };
    const [busy, total] = [rise('cpuBusyMs'), rise('cpuTotalMs')];
    add(all, atMs, {
      cpu: busy === null || total === null || total === 0 ? null : Math.min(1, busy / total),
      memory: now.memoryUsedBytes,
      disk: now.diskUsedBytes,
      received: perSec('networkReceivedBytes'),
      sent: perSec('networkSentBytes'),
    });
  }
  return all;
}

type CounterName = 'cpuBusyMs' | 'cpuTotalMs' | 'networkReceivedBytes' | 'networkSentBytes';

/** A counter that began anew tells nothing. */
function riseOf(before: number | null, now: number | null): number | null {
  return before === null || now === null || now < before ? null : now - before;
}

function add(
  all: HostSeries,
  atMs: number,
  point: Partial<Record<keyof HostSeries, number | null>>,
) {
  all.times.push(atMs);
  for (const key of ['cpu', 'memory', 'disk', 'received', 'sent'] as const) {
    all[key].push(point[key] ?? null);
  }
}
