import { type LogStream, logStreams } from '@node3/shared/routes/jobs';
import type { LogStreams } from '../job-store.ts';
import type { LogLineRow } from '../rows.ts';

/** One appended batch. `body` is a JSON array of `PackedLine`, the first of which has `seq_first`. */
export interface ChunkRecord {
  seq_first: bigint;
  attempt: bigint;
  body: string;
}

/** Stream (its place in `logStreams`), time, text, whether partial: a fourth of the named form. */
type PackedLine = [stream: number, atMs: number, text: string, partial: 0 | 1];

export function pack({
  stream,
  atMs,
  text,
  partial,
}: Omit<LogLineRow, 'seq' | 'attempt'>): PackedLine {
  return [logStreams.indexOf(stream), atMs, text, partial ? 1 : 0];
}

export function unpack(chunk: ChunkRecord): LogLineRow[] {
  const seqFirst = Number(chunk.seq_first);
  const attempt = Number(chunk.attempt);
  const lines = JSON.parse(chunk.body) as PackedLine[];
  return lines.map(([stream, atMs, text, partial], index) => ({
    seq: seqFirst + index,
    attempt,
    stream: logStreams[stream] ?? 'system',
    atMs,
    text,
    partial: partial === 1,
  }));
}

/** The place of a stream in the mask of a chunk of log. */
export function streamBit(stream: LogStream): number {
  return 1 << logStreams.indexOf(stream);
}

export function streamMask(streams: LogStreams): number {
  const named: readonly LogStream[] = streams === null ? logStreams : [streams].flat();
  return named.reduce<number>((mask, stream) => mask | streamBit(stream), 0);
}
