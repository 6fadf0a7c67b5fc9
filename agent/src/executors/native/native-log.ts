import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputJsonBytesMax } from '../executor-limits.ts';
import { type LogFrame, LogFrameReader } from '../log-frames.ts';

const readBytes = 64 * 1024;
const pollMs = 50;

/** Yields the stored frames, then the new ones, until `hasEnded` and all is read, or the abort. */
export async function* followFrames(
  file: string,
  hasEnded: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<LogFrame[]> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return;
  const frames = new LogFrameReader();
  const buffer = Buffer.alloc(readBytes);
  try {
    while (!signal.aborted) {
      // Asked before reading: what was written before the end is then read for certain.
      const ended = hasEnded();
      const { bytesRead } = await handle.read(buffer, 0, readBytes);
      if (bytesRead > 0) yield frames.push(buffer.subarray(0, bytesRead));
      else if (ended) return;
      else await sleep(pollMs, undefined, { signal }).catch(() => {});
    }
  } finally {
    await handle.close();
  }
}

/** @returns standard output of an ended workload, or null when it is too large for a result. */
export async function readStoredStdout(file: string): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const never = new AbortController().signal;
  for await (const frames of followFrames(file, () => true, never)) {
    for (const { stream, payload } of frames) {
      if (stream !== 'stdout') continue;
      bytes += payload.length;
      parts.push(payload);
    }
    if (bytes > outputJsonBytesMax) return null;
  }
  return Buffer.concat(parts).toString('utf8');
}
