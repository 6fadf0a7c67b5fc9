import type { LogLine } from './executor.ts';
import type { LogFrame } from './log-frames.ts';
import { LineAssembler, LogBudget } from './log-lines.ts';

/** Turns frames into lines and hands them over one by one until the budget is used up. */
export async function deliverLines(
  frames: AsyncIterable<LogFrame>,
  bytesMax: number,
  sink: (line: LogLine) => void | Promise<void>,
): Promise<void> {
  const budget = new LogBudget(bytesMax);
  const assemblers = { stdout: new LineAssembler('stdout'), stderr: new LineAssembler('stderr') };
  const deliver = async (lines: LogLine[]) => {
    for (const line of lines) {
      const taken = budget.take(line);
      for (const next of taken.lines) await sink(next);
      if (taken.exhausted) return false;
    }
    return true;
  };
  for await (const frame of frames) {
    const lines = assemblers[frame.stream].push(frame.payload, frame.atMs);
    if (!(await deliver(lines))) return;
  }
  await deliver([...assemblers.stdout.end(), ...assemblers.stderr.end()]);
}
