import { Buffer } from 'node:buffer';
import type { LineBlock, LogLine, LogOptions, StreamBytes } from './executor.ts';
import type { LogFrame } from './log-frames.ts';
import { isBlock, LineAssembler, LogBudget, splitBlock } from './log-lines.ts';

export interface Delivery extends Pick<LogOptions, 'takesBlock'> {
  bytesMax: number;
  /**
   * For frames from the beginning of both streams: lines are numbered, and those that begin before so
   * many bytes are counted and left out.
   */
  from?: StreamBytes;
  /** What a stream ends with, without a line break, is a line unless it is said that it goes on. */
  end?: 'goes-on';
}

/**
 * Turns frames into lines and hands them over, those that were read together at once where they are
 * taken so, until the budget is used up. Frames come in groups, as they were read, and a sink is
 * waited for only where it says so: each wait costs more than a line.
 */
export async function deliverLines(
  groups: AsyncIterable<readonly LogFrame[]>,
  { bytesMax, from, end, takesBlock }: Delivery,
  sink: (line: LogLine) => void | Promise<void>,
): Promise<'read' | 'exhausted'> {
  const budget = new LogBudget(bytesMax);
  const numbering = from === undefined ? 'plain' : 'numbered';
  const assemblers = {
    stdout: new LineAssembler('stdout', numbering),
    stderr: new LineAssembler('stderr', numbering),
  };
  const place = new Place(from ?? { stdout: 0, stderr: 0 });
  const deliverLine = async (line: LogLine) => {
    const taken = budget.take(line);
    if (place.pass(line)) {
      for (const next of taken.lines) {
        const taking = sink(next);
        if (taking !== undefined) await taking;
      }
    }
    return !taken.exhausted;
  };
  const deliver = async (found: (LogLine | LineBlock)[]) => {
    for (const each of found) {
      if (isBlock(each) && budget.holds(each) && place.passBlock(each, takesBlock)) {
        budget.spend(each);
        continue;
      }
      for (const line of isBlock(each) ? splitBlock(each) : [each]) {
        if (!(await deliverLine(line))) return false;
      }
    }
    return true;
  };
  for await (const frames of groups) {
    for (const { stream, payload, atMs } of joinFrames(frames)) {
      if (!(await deliver(assemblers[stream].push(payload, atMs)))) return 'exhausted';
    }
  }
  if (end === 'goes-on') return 'read';
  const last = [...assemblers.stdout.end(), ...assemblers.stderr.end()];
  return (await deliver(last)) ? 'read' : 'exhausted';
}

/** Tells what begins where reading goes on, or after that. */
class Place {
  readonly #from: StreamBytes;
  /** Where the next line of each stream begins. */
  readonly #begins: StreamBytes = { stdout: 0, stderr: 0 };

  constructor(from: StreamBytes) {
    this.#from = { ...from };
  }

  /** Whether a line is to be handed over. */
  pass({ stream, endsAt }: LogLine): boolean {
    if (stream === 'system' || endsAt === undefined) return true;
    const isFresh = this.#begins[stream] >= this.#from[stream];
    this.#begins[stream] = endsAt;
    return isFresh;
  }

  /** Whether a block is done with: left out, or taken. */
  passBlock(block: LineBlock, takesBlock: Delivery['takesBlock'] = () => false): boolean {
    const { stream, endsAt } = block;
    const isFresh = endsAt === undefined || this.#begins[stream] >= this.#from[stream];
    const isOld = endsAt !== undefined && endsAt <= this.#from[stream];
    if (!isOld && !(isFresh && takesBlock(block))) return false;
    if (endsAt !== undefined) this.#begins[stream] = endsAt;
    return true;
  }
}

/** Frames in a row that were read at once are one: an engine's have no more to do with lines. */
function joinFrames(frames: readonly LogFrame[]): LogFrame[] {
  const joined: LogFrame[] = [];
  let run: LogFrame[] = [];
  const close = () => {
    const [first] = run;
    if (first === undefined) return;
    const payloads = run.map(({ payload }) => payload);
    joined.push(run.length === 1 ? first : { ...first, payload: Buffer.concat(payloads) });
    run = [];
  };
  for (const frame of frames) {
    const last = run.at(-1);
    if (last?.stream !== frame.stream || last.atMs !== frame.atMs) close();
    run.push(frame);
  }
  close();
  return joined;
}
