import type Docker from 'dockerode';
import { deliverLines } from '../deliver-lines.ts';
import type { LogLine, LogOptions } from '../executor.ts';
import { type LogFrame, LogFrameReader } from '../log-frames.ts';

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
    await deliverLines(readAll(container, options.sinceMs, signal), options.bytesMax, sink);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * Follows to the end and then looks once more: what a workload printed last without a line break
 * is stored at its end, when engines have often closed the followed log already.
 */
async function* readAll(
  container: Docker.Container,
  sinceMs: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<LogFrame> {
  const open = async (from: number | undefined) =>
    await container.logs({
      stdout: true,
      stderr: true,
      timestamps: true,
      follow: true,
      ...(from === undefined ? {} : { since: from / 1000 }),
      abortSignal: signal,
    });
  let lastAtMs = sinceMs;
  let lastFrames: string[] = [];
  for await (const frame of readFrames(await open(sinceMs))) {
    if (frame.atMs !== lastAtMs) lastFrames = [];
    lastAtMs = frame.atMs;
    lastFrames.push(keyOf(frame));
    yield frame;
  }
  for await (const frame of readFrames(await open(lastAtMs))) {
    if (lastAtMs !== undefined && frame.atMs < lastAtMs) continue;
    const seen = lastFrames.indexOf(keyOf(frame));
    if (seen < 0) yield frame;
    else lastFrames.splice(seen, 1);
  }
}

function keyOf({ atMs, payload, stream }: LogFrame): string {
  return `${atMs} ${stream} ${payload.toString('latin1')}`;
}

/** Reads the frames of an engine's answer and closes it when the reader has had enough. */
export async function* readFrames(stream: NodeJS.ReadableStream): AsyncGenerator<LogFrame> {
  const frames = new LogFrameReader();
  try {
    for await (const chunk of stream) yield* frames.push(chunk as Buffer);
  } finally {
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
  }
}
