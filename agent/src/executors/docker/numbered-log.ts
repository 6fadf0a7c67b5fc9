import type { Clock } from '@node3/shared/clock';
import { logMarks } from '@node3/shared/log-marks';
import type Docker from 'dockerode';
import { type Delivery, deliverLines } from '../deliver-lines.ts';
import type { LineBlock, LogLine, LogOptions, StreamBytes } from '../executor.ts';
import { LiveFrameReader, type LogFrame } from '../log-frames.ts';
import type { LiveOutput } from './attached-output.ts';
import { exactLogDriver } from './container-config.ts';
import { systemErrorCode } from './engine-error.ts';
import { EnginePatience } from './engine-patience.ts';
import { followStored, readFrames } from './log-stream.ts';

interface Source {
  container: Docker.Container;
  clock: Pick<Clock, 'nowMs'>;
  /** The output from its first byte; null where that is gone. */
  live: LiveOutput | null;
}

type Sink = (line: LogLine) => void | Promise<void>;

/** When a live output ends its container does so too, at once. */
const endMs = 2_000;
/** So much later than it is read live the engine may note when a line was written. */
const noteMs = 5_000;

/** The live output ended, and the container may have written more. */
class CutOffError extends Error {
  override readonly name = 'CutOffError';
}

/** Whoever takes the lines has failed, as a full disk does: no matter of the engine's, and not tried again. */
class SinkError extends Error {
  override readonly name = 'SinkError';
}

/** More was written than the engine keeps, and the beginning is gone: nothing can be counted. */
class BeginningGoneError extends Error {
  override readonly name = 'BeginningGoneError';
}

/** Whether a container's log is stored as the bytes that it wrote, which can be counted. */
export async function isNumbered(container: Docker.Container): Promise<boolean> {
  const { HostConfig } = await container.inspect();
  return HostConfig.LogConfig?.Type === exactLogDriver;
}

/**
 * Delivers lines with their places in their streams: live while that lasts, and otherwise from the
 * stored log, which is read from its beginning and counted. So none is missing and none comes twice,
 * whatever was cut off meanwhile.
 */
export async function streamNumberedLog(
  source: Source,
  {
    bytesMax,
    from,
    lastAtMs,
    takesBlock: takes = () => false,
  }: LogOptions & { bytesMax: number; from: StreamBytes },
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const read = { ...from };
  const last = { atMs: lastAtMs ?? Number.POSITIVE_INFINITY };
  const take: Sink = (line) => {
    if (line.stream !== 'system' && line.endsAt !== undefined) {
      read[line.stream] = line.endsAt;
      last.atMs = line.atMs;
    }
    try {
      return sink(line)?.catch(failToTake);
    } catch (error) {
      return failToTake(error);
    }
  };
  const takesBlock = (block: LineBlock) => {
    try {
      if (!takes(block)) return false;
    } catch (error) {
      return failToTake(error);
    }
    read[block.stream] = block.endsAt ?? read[block.stream];
    last.atMs = block.atMs;
    return true;
  };
  const delivery: Delivery = { bytesMax, from: read, takesBlock };
  try {
    if (source.live !== null && (await isReadLive(source, source.live, delivery, take, signal))) {
      return;
    }
    await readStored(source, { ...delivery, last }, take, signal);
  } catch (error) {
    if (!signal.aborted) throw error instanceof SinkError ? error.cause : error;
  }
}

function failToTake(cause: unknown): never {
  throw new SinkError('a line was not taken', { cause });
}

async function isReadLive(
  { container, clock }: Source,
  live: LiveOutput,
  delivery: Delivery,
  sink: Sink,
  signal: AbortSignal,
): Promise<boolean> {
  const close = () => live.destroy();
  signal.addEventListener('abort', close, { once: true });
  async function* readAttached(): AsyncGenerator<LogFrame[]> {
    const frames = new LiveFrameReader();
    for await (const chunk of live) yield frames.push(chunk, clock.nowMs());
    if (!(await hasEnded(container, signal))) throw new CutOffError('the live output was cut off');
  }
  try {
    signal.throwIfAborted();
    await deliverLines(readAttached(), delivery, sink);
    return true;
  } catch (error) {
    const isCutOff = error instanceof CutOffError || systemErrorCode(error) !== null;
    if (signal.aborted || !isCutOff) throw error;
    return false;
  } finally {
    signal.removeEventListener('abort', close);
    live.destroy();
  }
}

/** An engine that went away ends its streams too, and a program may close its output and run on. */
async function hasEnded(container: Docker.Container, signal: AbortSignal): Promise<boolean> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(endMs)]);
  try {
    await container.wait({ abortSignal });
    return true;
  } catch {
    return false;
  }
}

/** To the end, and then once more: see `readAll`. Only then a line without a line break is one. */
async function readStored(
  { container, clock }: Source,
  { last, ...delivery }: Delivery & { last: { atMs: number } },
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const patience = new EnginePatience(signal);
  for (const end of [{ end: 'goes-on' as const }, {}]) {
    for (let isRead = false; !isRead; ) {
      try {
        const stored = await followStored(container, signal);
        patience.heard();
        const frames = fromBeginning(readFrames(stored), last.atMs);
        const found = await deliverLines(frames, { ...delivery, ...end }, sink);
        if (found === 'exhausted') return;
        isRead = true;
      } catch (error) {
        if (error instanceof BeginningGoneError) {
          const text = `${logMarks.truncated}: more than the engine keeps was written unread]`;
          await sink({ stream: 'system', atMs: clock.nowMs(), text, continued: false });
          return;
        }
        await patience.bear(error);
      }
    }
  }
}

/**
 * An engine begins its file anew where it is full, which is far past the job's limit. Then its first
 * line is later than the last one that was read.
 */
async function* fromBeginning(
  groups: AsyncIterable<LogFrame[]>,
  lastAtMs: number,
): AsyncGenerator<LogFrame[]> {
  let isLooked = false;
  for await (const frames of groups) {
    const [first] = frames;
    if (!isLooked && first !== undefined) {
      if (first.atMs > lastAtMs + noteMs) throw new BeginningGoneError();
      isLooked = true;
    }
    yield frames;
  }
}
