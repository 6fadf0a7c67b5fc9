import type Docker from 'dockerode';
import { deliverLines } from '../deliver-lines.ts';
import type { LogLine, LogOptions } from '../executor.ts';
import { type LogFrame, LogFrameReader } from '../log-frames.ts';
import { EnginePatience } from './engine-patience.ts';

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
  try {
    await deliverLines(readAll(container, options.sinceMs, signal), options, sink);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * Follows to the end and then looks once more: what a workload printed last without a line break
 * is stored at its end, when engines have often closed the followed log already. An engine that goes
 * away meanwhile, such as for an upgrade, is asked again from where it stopped.
 */
async function* readAll(
  container: Docker.Container,
  sinceMs: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<LogFrame[]> {
  const position: LogPosition = { atMs: sinceMs, frames: [] };
  const patience = new EnginePatience(signal);
  for (let ends = 0; ends < 2; ) {
    try {
      for await (const frames of readFrom(container, position, signal)) {
        patience.heard();
        yield frames;
      }
      ends += 1;
    } catch (error) {
      await patience.bear(error);
    }
  }
}

/** How far a log was read: the instant of its last frame, and all frames that were read of it. */
interface LogPosition {
  atMs: number | undefined;
  frames: LogFrame[];
}

/** One reading from where the last one ended. */
async function* readFrom(
  container: Docker.Container,
  position: LogPosition,
  signal: AbortSignal,
): AsyncGenerator<LogFrame[]> {
  const { atMs: fromMs } = position;
  const repeated = position.frames.map(keyOf);
  const hasRead = repeated.length > 0;
  const isFresh = (frame: LogFrame) => {
    if (hasRead && fromMs !== undefined && frame.atMs < fromMs) return false;
    const seen = repeated.length === 0 ? -1 : repeated.indexOf(keyOf(frame));
    if (seen >= 0) repeated.splice(seen, 1);
    return seen < 0;
  };
  const since = fromMs === undefined ? {} : { since: fromMs / 1000 };
  for await (const frames of readFrames(await followStored(container, signal, since))) {
    const fresh = frames.filter(isFresh);
    for (const frame of fresh) {
      if (frame.atMs !== position.atMs) position.frames = [];
      position.atMs = frame.atMs;
      position.frames.push(frame);
    }
    if (fresh.length > 0) yield fresh;
  }
}

/** Asks for the stored log and what comes to it, until the container ends. */
export function followStored(
  container: Docker.Container,
  signal: AbortSignal,
  since: { since?: number } = {},
): Promise<NodeJS.ReadableStream> {
  const both = { stdout: true, stderr: true, timestamps: true } as const;
  return container.logs({ ...both, follow: true, ...since, abortSignal: signal });
}

function keyOf({ atMs, payload, stream }: LogFrame): string {
  return `${atMs} ${stream} ${payload.toString('latin1')}`;
}

/**
 * Reads the frames of an engine's answer, those of each piece at once, and closes it when the reader
 * has had enough.
 */
export async function* readFrames(stream: NodeJS.ReadableStream): AsyncGenerator<LogFrame[]> {
  const frames = new LogFrameReader();
  try {
    for await (const chunk of stream) yield frames.push(chunk as Buffer);
  } finally {
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
  }
}
