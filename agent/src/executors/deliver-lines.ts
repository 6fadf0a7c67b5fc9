import type { LogLine, StreamBytes } from './executor.ts';
import type { LogFrame } from './log-frames.ts';
import { LineAssembler, LogBudget } from './log-lines.ts';

export interface Delivery {
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
 * Turns frames into lines and hands them over one by one until the budget is used up. Frames come in
 * groups, as they were read, and a sink is waited for only where it says so: each wait costs more
 * than a line.
 */
export async function deliverLines(
  groups: AsyncIterable<readonly LogFrame[]>,
  { bytesMax, from, end }: Delivery,
  sink: (line: LogLine) => void | Promise<void>,
): Promise<'read' | 'exhausted'> {
  const budget = new LogBudget(bytesMax);
  const numbering = from === undefined ? 'plain' : 'numbered';
  const assemblers = {
    stdout: new LineAssembler('stdout', numbering),
    stderr: new LineAssembler('stderr', numbering),
  };
  const isFresh = from === undefined ? () => true : leaveOut({ ...from });
  const deliver = async (lines: LogLine[]) => {
    for (const line of lines) {
      const taken = budget.take(line);
      if (isFresh(line)) {
        for (const next of taken.lines) {
          const taking = sink(next);
          if (taking !== undefined) await taking;
        }
      }
      if (taken.exhausted) return false;
    }
    return true;
  };
  for await (const frames of groups) {
    const lines = frames.flatMap(({ stream, payload, atMs }) =>
      assemblers[stream].push(payload, atMs),
    );
    if (!(await deliver(lines))) return 'exhausted';
  }
  if (end === 'goes-on') return 'read';
  const last = [...assemblers.stdout.end(), ...assemblers.stderr.end()];
  return (await deliver(last)) ? 'read' : 'exhausted';
}

/** Tells of each line whether it begins where reading goes on, or after that. */
function leaveOut(from: StreamBytes): (line: LogLine) => boolean {
  const begins: StreamBytes = { stdout: 0, stderr: 0 };
  return ({ stream, endsAt }) => {
    if (stream === 'system' || endsAt === undefined) return true;
    const isFresh = begins[stream] >= from[stream];
    begins[stream] = endsAt;
    return isFresh;
  };
}
