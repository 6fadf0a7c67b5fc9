import type { PlainLine } from '@node3/shared/log-blocks';
import type { ExecutionRow } from '../../store/rows.ts';
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

/** Of a log, at once: each may be as long as a line can be. */
const linesPerRead = 500;

/**
 * Counts how many of the first lines a log ends with: they came with a report before, whose answer the worker
 * has never seen. It hears the log line by line and keeps none (Knuth, Morris and Pratt).
 */
export class KnownLines {
  readonly #lines: readonly Line[];
  /** Where the longest other beginning ends with which the lines so far end. */
  readonly #backs: number[] = [0];
  #known = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
    for (let at = 1; at < lines.length; at += 1) {
      this.next(lines[at]);
      this.#backs.push(this.#known);
    }
    this.#known = 0;
  }

  next(line: Line | undefined): void {
    while (this.#known > 0 && !isSame(line, this.#lines[this.#known])) this.#back();
    if (isSame(line, this.#lines[this.#known])) this.#known += 1;
  }

  /** Whole parts of so many lines, or all: what ends in another place is not of a report. */
  count(partLines: number): number {
    while (this.#known % partLines !== 0 && this.#known !== this.#lines.length) this.#back();
    return this.#known;
  }

  #back(): void {
    this.#known = this.#backs[this.#known - 1] ?? 0;
  }
}

function isSame(a: Line | undefined, b: Line | undefined): boolean {
  return a?.text === b?.text && a?.stream === b?.stream;
}

/** How many of the lines of a report are what an execution has written last. */
export async function countWritten(
  store: Pick<Store, 'job' | 'readLogs'>,
  { jobId, attempt, logSeq }: Pick<ExecutionRow, 'jobId' | 'attempt' | 'logSeq'>,
  lines: readonly Line[],
  partLines: number,
): Promise<number> {
  const logLines = (await store.job(jobId))?.logLines ?? 0;
  const known = new KnownLines(lines);
  // No more of it can be the same.
  let afterSeq = Math.max(0, logLines - Math.min(lines.length, logSeq));
  while (afterSeq < logLines) {
    const page = await store.readLogs({ jobId, afterSeq, limit: linesPerRead, stream: null });
    const last = page.at(-1);
    if (last === undefined) break;
    for (const line of page) if (line.attempt === attempt) known.next(line);
    afterSeq = last.seq;
  }
  return known.count(partLines);
}
