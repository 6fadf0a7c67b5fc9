import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import { logMarks } from '@node3/shared/log-marks';
import { withoutControls } from '@node3/shared/log-text';
import type { LineBlock, LogLine } from '../executors/executor.ts';
import { logLinesMax } from '../executors/log-lines.ts';
import { BlockGatherer, type ByteBlock } from '../journal/byte-blocks.ts';
import type { Journal } from '../journal/journal.ts';
import { LogPace } from './log-pace.ts';
import type { ReadPlace } from './read-place.ts';

export interface LogSpoolDeps {
  journal: Journal;
  clock: Clock;
  executionId: string;
  /** Cap on the bytes of the workload's output over its whole life. */
  bytesMax: number;
  /** Jobs that share the disk, this one included. */
  liveJobs(): number;
  /** Called after lines were written. */
  onLines(): void;
}

/** Bytes gathered in memory before they are written, whatever the time. */
const bufferBytesMax = 1024 * 1024;
/** A line waits this long for others that were printed with it. */
const gatherMs = 5;
/** Commits begin so far apart at least: a line every few milliseconds costs 67 a second, and not 200. */
const commitEveryMs = 15;
/** The rest after a commit in times of what it took, for each job: a slow disk is not kept busy with lines. */
const restPerCommit = 4;

/**
 * Puts the lines of one execution on disk in batches, so that a chatty job costs some commits a
 * second and not one per line, and cuts them off visibly at the job's log limit.
 */
export class LogSpool {
  readonly #deps: LogSpoolDeps;
  readonly #gathered = new BlockGatherer();
  /** Those of them that could not be written yet. */
  #blocks: ByteBlock[] = [];
  #lineCount = 0;
  #bufferBytes = 0;
  /** Bytes of the workload's output in this buffer, line breaks included. */
  #outputBytes = 0;
  #bytesLeft: number;
  #linesLeft: number;
  #truncated: boolean;
  readonly #pace: LogPace;
  /** Lines that were refused since that was said last. */
  #dropped = 0;
  /** Streams whose line lost a piece and has not ended. */
  readonly #broken = new Set<LogLine['stream']>();
  #place: Pick<ReadPlace, 'marks'> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** When the next commit is due at the earliest; monotonic milliseconds. */
  #restedAtMs = 0;

  constructor(deps: LogSpoolDeps) {
    this.#deps = deps;
    const cursor = deps.journal.find(deps.executionId)?.lines;
    this.#bytesLeft = deps.bytesMax - (cursor?.bytes ?? 0);
    this.#linesLeft = logLinesMax(deps.bytesMax) - (cursor?.spooled ?? 0);
    this.#truncated = cursor?.truncated ?? false;
    this.#pace = new LogPace(deps.clock);
  }

  /**
   * Whether there is room for a line as the workload wrote it: asked before it is looked at any closer.
   * Once a piece of a long line is refused the rest of that line is, so that none of it is shown
   * without what came before.
   */
  admits({ stream, continued }: LogLine): boolean {
    if (stream === 'system') return true;
    if (this.#truncated) return false;
    const isAdmitted = !this.#broken.has(stream) && this.#pace.take();
    if (isAdmitted) {
      this.#sayDropped();
      return true;
    }
    this.#dropped += 1;
    if (continued) this.#broken.add(stream);
    else this.#broken.delete(stream);
    return false;
  }

  /** The same for lines that come together, of so many bytes; they are taken one by one where not all fit. */
  admitsBlock({ stream, bytes, lineCount }: LineBlock): boolean {
    if (this.#truncated || this.#broken.has(stream)) return false;
    if (bytes.length > this.#bytesLeft || lineCount > this.#linesLeft) return false;
    if (!this.#pace.take(lineCount)) return false;
    this.#sayDropped();
    return true;
  }

  /** Lines that were admitted. */
  addBlock({ stream, atMs, bytes, lineCount }: LineBlock): void {
    this.#bytesLeft -= bytes.length;
    this.#linesLeft -= lineCount;
    this.#push({ stream, atMs, lineCount, bytes }, bytes.length);
  }

  /** From now on the place up to which the output was read is written with its lines. */
  track(place: Pick<ReadPlace, 'marks'>): void {
    this.#place = place;
  }

  /** A line of the workload, or of its executor, which is bounded by the executor itself. */
  add(line: LogLine): void {
    const { stream, atMs, text, continued } = line;
    if (stream === 'system') {
      const isEnd = text.startsWith(logMarks.truncated);
      if (isEnd && this.#truncated) return;
      this.#truncated ||= isEnd;
      this.#push(systemLine(text, atMs));
      return;
    }
    if (this.#truncated) return;
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes > this.#bytesLeft || this.#linesLeft <= 0) {
      this.#truncated = true;
      const { bytesMax } = this.#deps;
      const limit =
        bytes > this.#bytesLeft ? `${bytesMax} bytes` : `${logLinesMax(bytesMax)} lines`;
      this.say(`${logMarks.truncated}: the job's log limit of ${limit} is reached]`);
      return;
    }
    this.#bytesLeft -= bytes;
    this.#linesLeft -= 1;
    const lineText = Buffer.from(continued ? text : `${text}\n`);
    this.#push({ stream, atMs, lineCount: 1, bytes: lineText }, bytes);
  }

  #sayDropped(): void {
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0;
    const rate = `more than ${limits.logLinesPerSec} lines a second`;
    this.say(`${logMarks.truncated}: ${dropped} lines are missing here, of ${rate}]`);
  }

  /** A line of the agent's own. */
  say(text: string): void {
    this.#push(systemLine(text, this.#deps.clock.nowMs()));
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#sayDropped();
    this.#blocks.push(...this.#gathered.take());
    if (this.#blocks.length === 0) return;
    const read = this.#place?.marks ?? null;
    const facts = { bytes: this.#outputBytes, truncated: this.#truncated, read };
    const { clock, executionId, journal } = this.#deps;
    const startedAtMs = clock.monotonicMs();
    // Where that fails they stay: a place after them is never written without them.
    journal.appendBlocks(executionId, this.#blocks, facts);
    this.#blocks = [];
    this.#lineCount = 0;
    this.#bufferBytes = 0;
    this.#outputBytes = 0;
    const endedAtMs = clock.monotonicMs();
    const restMs = restPerCommit * this.#deps.liveJobs() * (endedAtMs - startedAtMs);
    const rested = endedAtMs + Math.min(restMs, limits.logBatchMs);
    this.#restedAtMs = Math.max(rested, startedAtMs + commitEveryMs);
    this.#deps.onLines();
  }

  /** Forgets what was not written: the journal may be closed already. */
  discard(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#blocks = [];
    this.#gathered.take();
  }

  #push(block: ByteBlock, outputBytes = 0): void {
    this.#gathered.add({ ...block, atMs: Math.round(block.atMs) });
    this.#lineCount += block.lineCount;
    this.#bufferBytes += block.bytes.length;
    this.#outputBytes += outputBytes;
    const full = this.#lineCount >= limits.logLinesPerBatch || this.#bufferBytes > bufferBytesMax;
    if (full) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#waitMs());
  }

  #waitMs(): number {
    return Math.max(gatherMs, this.#restedAtMs - this.#deps.clock.monotonicMs());
  }
}

/** Its text is the agent's own, and may quote what has line breaks. */
function systemLine(text: string, atMs: number): ByteBlock {
  const bytes = Buffer.from(`${withoutControls(text, 'keep')}\n`);
  return { stream: 'system', atMs, lineCount: 1, bytes };
}
