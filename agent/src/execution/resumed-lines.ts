import type { LogLine } from '../executors/executor.ts';
import type { Journal, SpooledLine } from '../journal/journal.ts';

export interface ResumePoint {
  /** Where reading goes on; undefined for from the beginning. */
  sinceMs: number | undefined;
  /** Whether a line as the workload wrote it is surely of before: it has its place already. */
  isBefore(line: LogLine): boolean;
  /** Whether none of the lines of a time can have been read by it. */
  isAfter(atMs: number): boolean;
  /** Whether a line was read by the earlier process already; each copy is recognised once. */
  isRepeated(line: LogLine): boolean;
}

/** Where bytes are counted nothing has to be recognised. */
export const atPlace: ResumePoint = {
  sinceMs: undefined,
  isBefore: () => false,
  isAfter: () => true,
  isRepeated: () => false,
};

/** Enough to hold every line that an engine stamps with one and the same millisecond. */
const linesCompared = 200;

/**
 * Finds where the earlier process stopped reading. Engines resume by time and include the whole
 * last millisecond, so its lines come twice and are told apart by their content. Lines of one stream
 * come in the order of their times, those of both may not.
 */
export function findResumePoint(journal: Journal, executionId: string): ResumePoint {
  const known = journal
    .tailLines(executionId, linesCompared)
    .filter((line) => line.stream !== 'system');
  const lastMsOf = (name: LogLine['stream']) =>
    (known.findLast(({ stream }) => stream === name) ?? known[0])?.atMs;
  const lastMs = { stdout: lastMsOf('stdout'), stderr: lastMsOf('stderr') };
  const counts = new Map<string, number>();
  for (const { stream, text, atMs } of known) {
    if (stream === 'system' || atMs !== lastMs[stream]) continue;
    const key = keyOf(stream, text);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const isBefore = ({ atMs, stream }: LogLine) =>
    stream !== 'system' && Math.round(atMs) < (lastMs[stream] ?? 0);
  const last = known.at(-1);
  const lastOfAllMs = Math.max(lastMs.stdout ?? 0, lastMs.stderr ?? 0);
  return {
    sinceMs: last === undefined ? undefined : Math.min(last.atMs, ...openSince(known)),
    isBefore,
    isAfter: (atMs) => last === undefined || Math.round(atMs) > lastOfAllMs,
    isRepeated(line) {
      if (line.stream === 'system' || last === undefined) return false;
      if (isBefore(line)) return true;
      const key = keyOf(line.stream, line.text);
      const left = counts.get(key) ?? 0;
      if (Math.round(line.atMs) !== lastMs[line.stream] || left === 0) return false;
      counts.set(key, left - 1);
      return true;
    },
  };
}

/** When the lines began that were not at their end: their pieces mean something only together. */
function openSince(known: readonly SpooledLine[]): number[] {
  return (['stdout', 'stderr'] as const).flatMap((stream) => {
    const lines = known.filter((line) => line.stream === stream);
    const end = lines.findLastIndex((line) => !line.partial);
    return lines.slice(end + 1, end + 2).map(({ atMs }) => atMs);
  });
}

function keyOf(stream: string, text: string): string {
  return `${stream} ${text}`;
}
