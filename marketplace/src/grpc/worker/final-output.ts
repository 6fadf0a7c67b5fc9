import type { PlainLine } from '@node3/shared/log-blocks';
import type { ExecutionRow, LogLineRow } from '../../store/rows.ts';
import type { Store } from '../../store/store.ts';

/** What a worker says of its output when a job ends. */
export interface FinalOutput {
  output: string;
  error_output: string;
}

/** As lines of one time, those of the output first. */
export function finalLines({ output, error_output: errors }: FinalOutput, atMs: number) {
  const linesOf = (stream: PlainLine['stream'], text: string): PlainLine[] =>
    text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => ({ stream, atMs, text: line, partial: false }));
  return [...linesOf('stdout', output), ...linesOf('stderr', errors)];
}

type Line = Pick<PlainLine, 'stream' | 'text'>;

/**
 * How many of the first lines a log ends with: they came with a report before, whose answer the worker
 * has never seen, or while the job ran. Takes as long as both are (Knuth, Morris and Pratt).
 */
export function countKnown(log: readonly Line[], lines: readonly Line[]): number {
  const isSame = (a: Line | undefined, b: Line | undefined) =>
    a?.text === b?.text && a?.stream === b?.stream;
  const backs: number[] = [0];
  let known = 0;
  const next = (line: Line | undefined) => {
    while (known > 0 && !isSame(line, lines[known])) known = backs[known - 1] ?? 0;
    if (isSame(line, lines[known])) known += 1;
  };
  for (let at = 1; at < lines.length; at += 1) {
    next(lines[at]);
    backs.push(known);
  }
  known = 0;
  // No more of it can be the same.
  for (const line of log.slice(-lines.length)) next(line);
  return known;
}

/** The last lines of what an execution has written, at most so many. */
export async function readLogEnd(
  store: Pick<Store, 'job' | 'readLogs'>,
  { jobId, attempt, logSeq }: Pick<ExecutionRow, 'jobId' | 'attempt' | 'logSeq'>,
  count: number,
): Promise<LogLineRow[]> {
  const logLines = (await store.job(jobId))?.logLines ?? 0;
  const lines: LogLineRow[] = [];
  let afterSeq = Math.max(0, logLines - Math.min(count, logSeq));
  while (afterSeq < logLines) {
    const page = await store.readLogs({ jobId, afterSeq, limit: count, stream: null });
    const last = page.at(-1);
    if (last === undefined) break;
    lines.push(...page.filter((line) => line.attempt === attempt));
    afterSeq = last.seq;
  }
  return lines;
}
