import { isPacked, type LogBlock, toBlocks, unpackBlocks } from '@node3/shared/log-blocks';
import { numberBlocks } from '@node3/shared/recent-blocks';
import { type LogStream, logStreams } from '@node3/shared/routes/jobs';
import type { LogStreams } from '../job-store.ts';
import type { LogBlockRow } from '../rows.ts';

/** One appended batch, the first line of which has `seq_first`. */
export interface ChunkRecord {
  seq_first: bigint;
  attempt: bigint;
  /** What `packBlocks` made; of earlier versions a JSON array of `PackedLine`. */
  body: string;
}

/** Stream (its place in `logStreams`), time, text, whether partial. */
type PackedLine = [stream: number, atMs: number, text: string, partial: 0 | 1];

export function unpack(chunk: ChunkRecord): LogBlockRow[] {
  const blocks = isPacked(chunk.body) ? unpackBlocks(chunk.body) : readLines(chunk.body);
  return toRows(blocks, Number(chunk.seq_first), Number(chunk.attempt));
}

/** Blocks in a row as lines of a log. */
export function toRows(
  blocks: readonly LogBlock[],
  seqFirst: number,
  attempt: number,
): LogBlockRow[] {
  return numberBlocks(seqFirst, blocks).map((block) => ({ ...block, attempt }));
}

function readLines(body: string): LogBlock[] {
  const lines = JSON.parse(body) as PackedLine[];
  return toBlocks(
    lines.map(([stream, atMs, text, partial]) => ({
      stream: logStreams[stream] ?? 'system',
      atMs,
      text,
      partial: partial === 1,
    })),
  );
}

/** The place of a stream in the mask of a chunk of log. */
export function streamBit(stream: LogStream): number {
  return 1 << logStreams.indexOf(stream);
}

export function streamMask(streams: LogStreams): number {
  const named: readonly LogStream[] = streams === null ? logStreams : [streams].flat();
  return named.reduce<number>((mask, stream) => mask | streamBit(stream), 0);
}
