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
    const stream = await container.logs({
      stdout: true,
      stderr: true,
      timestamps: true,
      follow: true,
      ...(options.sinceMs === undefined ? {} : { since: options.sinceMs / 1000 }),
      abortSignal: signal,
    });
    await deliverLines(readFrames(stream), options.bytesMax, sink);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
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
