import type { LineBlock, LogLine, StreamBytes } from '../executors/executor.ts';
import type { ReadMark, ReadMarks } from '../journal/journal.ts';

/**
 * How far the output of a workload was read, by its bytes, for executors that number them. A place is
 * the end of a whole line: after a restart a line that was read in part comes again from its beginning,
 * since its pieces mean something only together, and those that were kept are left out.
 */
export class ReadPlace {
  readonly #marks: ReadMarks;
  /** Pieces that an earlier process has kept of the line it was in. */
  readonly #kept: StreamBytes;
  #isNumbered: boolean;

  constructor(known: ReadMarks | null) {
    this.#isNumbered = known !== null;
    this.#kept = { stdout: known?.stdout.pieces ?? 0, stderr: known?.stderr.pieces ?? 0 };
    const begin = (mark?: ReadMark) => ({ at: mark?.at ?? 0, pieces: 0 });
    this.#marks = { stdout: begin(known?.stdout), stderr: begin(known?.stderr) };
  }

  /** Where reading goes on; undefined where bytes were not counted. */
  get from(): StreamBytes | undefined {
    const { stdout, stderr } = this.#marks;
    return this.#isNumbered ? { stdout: stdout.at, stderr: stderr.at } : undefined;
  }

  /** What is to be kept together with the lines so far; null where nothing was numbered. */
  get marks(): ReadMarks | null {
    if (!this.#isNumbered) return null;
    const markOf = (stream: keyof ReadMarks): ReadMark => {
      const { at, pieces } = this.#marks[stream];
      return { at, pieces: Math.max(pieces, this.#kept[stream]) };
    };
    return { stdout: markOf('stdout'), stderr: markOf('stderr') };
  }

  /** Whether a line was kept in part by the earlier process: it is looked at again from its beginning. */
  isBegun({ stream }: Pick<LogLine, 'stream'>): boolean {
    return stream !== 'system' && this.#marks[stream].pieces < this.#kept[stream];
  }

  /** Hands over whole lines, when none is begun, with the place after them. */
  passBlock({ stream, endsAt }: LineBlock, keep: () => void): void {
    if (endsAt !== undefined) {
      this.#isNumbered = true;
      this.#endLine(stream, endsAt);
    }
    keep();
  }

  /** Hands over what is shown of a line, but for what was kept before, with the place after each. */
  pass(line: LogLine, shown: readonly LogLine[], keep: (line: LogLine) => void): void {
    const { stream, endsAt } = line;
    if (stream === 'system' || endsAt === undefined) {
      shown.forEach(keep);
      return;
    }
    this.#isNumbered = true;
    const mark = this.#marks[stream];
    const end = () => this.#endLine(stream, endsAt);
    shown.forEach((piece, index) => {
      mark.pieces += 1;
      const isKept = mark.pieces <= this.#kept[stream];
      if (!line.continued && index === shown.length - 1) end();
      if (!isKept) keep(piece);
    });
    if (!line.continued && shown.length === 0) end();
  }

  #endLine(stream: keyof ReadMarks, endsAt: number): void {
    this.#marks[stream].at = endsAt;
    this.#marks[stream].pieces = 0;
    this.#kept[stream] = 0;
  }
}
