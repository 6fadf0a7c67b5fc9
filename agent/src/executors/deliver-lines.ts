import type { LogLine } from './executor.ts';
import type { LogFrame } from './log-frames.ts';
import { LineAssembler, LogBudget } from './log-lines.ts';

/**
 * Turns frames into lines and hands them over one by one until the budget is used up. Frames come in
 * groups, as they were read, and a sink is waited for only where it says so: each wait costs more
 * than a line.
 */
export async function deliverLines(
  groups: AsyncIterable<readonly LogFrame[]>,
  bytesMax: number,
  sink: (line: LogLine) => void | Promise<void>,
): Promise<void> {
  const budget = new LogBudget(bytesMax);
  const assemblers = { stdout: new LineAssembler('stdout'), stderr: new LineAssembler('stderr') };
  const deliver = async (lines: LogLine[]) => {
    for (const line of lines) {
      const taken = budget.take(line);
      for (const next of taken.lines) {
        const taking = sink(next);
        if (taking !== undefined) await taking;
      }
      if (taken.exhausted) return false;
    }
    return true;
  };
  for await (const frames of groups) {
    const lines = frames.flatMap(({ stream, payload, atMs }) =>
      assemblers[stream].push(payload, atMs),
    );
    if (!(await deliver(lines))) return;
  }
  await deliver([...assemblers.stdout.end(), ...assemblers.stderr.end()]);
}
