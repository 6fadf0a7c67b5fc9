import type { LogLine } from '../executors/executor.ts';
import type { Journal } from '../journal/journal.ts';

export interface ResumePoint {
  /** Where reading goes on; undefined for from the beginning. */
  sinceMs: number | undefined;
  /** Whether a line was read by the earlier process already; each copy is recognised once. */
  isRepeated(line: LogLine): boolean;
}

/** Enough to hold every line that an engine stamps with one and the same millisecond. */
const linesCompared = 200;

/**
 * Finds where the earlier process stopped reading. Engines resume by time and include the whole
 * last millisecond, so its lines come twice and are told apart by their content.
 */
export function findResumePoint(journal: Journal, executionId: string): ResumePoint {
  const known = journal
    .tailLines(executionId, linesCompared)
    .filter((line) => line.stream !== 'system');
  const sinceMs = known.at(-1)?.atMs;
  const counts = new Map<string, number>();
  for (const line of known) {
    if (line.atMs !== sinceMs) continue;
    const key = keyOf(line.stream, line.text);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return {
    sinceMs,
    isRepeated(line) {
      if (sinceMs === undefined || line.stream === 'system') return false;
      if (Math.round(line.atMs) < sinceMs) return true;
      const key = keyOf(line.stream, line.text);
      const left = counts.get(key) ?? 0;
      if (Math.round(line.atMs) !== sinceMs || left === 0) return false;
      counts.set(key, left - 1);
      return true;
    },
  };
}

function keyOf(stream: string, text: string): string {
  return `${stream} ${text}`;
}
