import type Docker from 'dockerode';
import type { LogLine, LogOptions } from '../executor.ts';
import { LineAssembler, LogBudget } from '../log-lines.ts';
import { LogFrameReader } from './log-frames.ts';

/**
 * Follows a container's stored log until the container ends, so a line is never lost to a reader
 * that came late. Reading waits for the sink, which makes the engine wait in turn.
 */
export async function streamLogs(
  container: Docker.Container,
  options: LogOptions & { bytesMax: number },
  sink: (line: LogLine) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const stream = await container.logs({
    stdout: true,
    stderr: true,
    timestamps: true,
    follow: true,
    ...(options.sinceMs === undefined ? {} : { since: options.sinceMs / 1000 }),
    abortSignal: signal,
  });
  const budget = new LogBudget(options.bytesMax);
  const frames = new LogFrameReader();
  const assemblers = { stdout: new LineAssembler('stdout'), stderr: new LineAssembler('stderr') };
  const deliver = async (lines: LogLine[]) => {
    for (const line of lines) {
      const taken = budget.take(line);
      for (const next of taken.lines) await sink(next);
      if (taken.exhausted) return false;
    }
    return true;
  };
  try {
    for await (const chunk of stream) {
      for (const frame of frames.push(chunk as Buffer)) {
        const lines = assemblers[frame.stream].push(frame.payload, frame.atMs);
        if (!(await deliver(lines))) return;
      }
    }
    await deliver([...assemblers.stdout.end(), ...assemblers.stderr.end()]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
  }
}
