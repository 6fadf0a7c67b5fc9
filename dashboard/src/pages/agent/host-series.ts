import type { ReplyOf } from '@node3/shared/contract';
import type { getHostReading } from '@node3/shared/routes/agent-devices';

export type HostReading = ReplyOf<typeof getHostReading>;

export const hostEveryMs = 3_000;
/** Half an hour of looking. */
const readingsMax = 600;
/** Sooner than this after another, counters tell more of chance than of use. */
const apartMs = 1_000;
/** Longer than this nobody looked: a gap. */
const gapMs = 4 * hostEveryMs;

/**
 * Each is later than the one before. One that comes too soon is left out; a clock that was set back
 * for longer than a gap begins anew, without what it had said of a time that is still to come.
 */
export function addReading(before: readonly HostReading[], next: HostReading): HostReading[] {
  const atMs = Date.parse(next.at);
  const last = before.at(-1);
  const sinceMs = last === undefined ? apartMs : atMs - Date.parse(last.at);
  if (sinceMs >= apartMs) return [...before, next].slice(-readingsMax);
  if (sinceMs >= -gapMs) return [...before];
  return [...before.filter(({ at }) => Date.parse(at) <= atMs - apartMs), next];
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
    const isNext = before !== undefined && spanMs <= gapMs;
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
