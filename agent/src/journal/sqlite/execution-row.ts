import { isPacked, type LogBlock, toBlocks, unpackBlocks } from '@node3/shared/log-blocks';
import { numberBlocks } from '@node3/shared/recent-blocks';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import type { LogStream } from '@node3/shared/routes/jobs';
import type { RunDevice } from '../../economics/run-meter.ts';
import { readBlocks, toByteBlock } from '../byte-blocks.ts';
import type {
  Closing,
  JournalExecution,
  JournalPhase,
  PendingReport,
  ReadMarks,
  SpooledBlock,
} from '../journal.ts';

export interface ExecutionRow {
  position: number;
  execution_id: string;
  offer: string;
  phase: JournalPhase;
  executor: string | null;
  isolation: string | null;
  image_digest: string | null;
  offered_at_ms: number;
  started_at_ms: number | null;
  finished_at_ms: number | null;
  lease_until_boot_ms: number | null;
  boot_id: string | null;
  result: string | null;
  run_devices: string | null;
  pending: PendingReport | null;
  closed: Closing | null;
  lines_spooled: number;
  lines_bytes: number;
  lines_acked: number;
  lines_truncated: number;
  lines_read: string | null;
}

/** Lines that were appended together: a row for each would cost many times their bytes. */
export interface BatchRow {
  seq_first: number;
  seq_last: number;
  /** What `describeBlocks` made of the blocks that have these bytes; null in rows of earlier versions. */
  blocks: string | null;
  bytes: Buffer | null;
  /** In those, what `packBlocks` made, or a JSON array of `PackedLine`. */
  body: string;
}

type PackedLine = [stream: LogStream, atMs: number, text: string, partial: 0 | 1];

export function toExecution(row: ExecutionRow): JournalExecution {
  const offer = JSON.parse(row.offer) as ExecutionOffer;
  return {
    executionId: row.execution_id,
    jobId: offer.jobId,
    attempt: offer.attempt,
    leaseToken: offer.leaseToken,
    offer,
    phase: row.phase,
    executor: row.executor,
    isolation: row.isolation,
    imageDigest: row.image_digest,
    offeredAtMs: row.offered_at_ms,
    startedAtMs: row.started_at_ms,
    finishedAtMs: row.finished_at_ms,
    leaseUntilBootMs: row.lease_until_boot_ms,
    bootId: row.boot_id,
    result: row.result === null ? null : (JSON.parse(row.result) as ExecutionResult),
    runDevices: row.run_devices === null ? [] : (JSON.parse(row.run_devices) as RunDevice[]),
    pending: row.pending,
    closed: row.closed,
    lines: {
      spooled: row.lines_spooled,
      bytes: row.lines_bytes,
      acked: row.lines_acked,
      truncated: row.lines_truncated === 1,
      read: row.lines_read === null ? null : (JSON.parse(row.lines_read) as ReadMarks),
    },
  };
}

export function unpackBatch({ blocks, bytes, body, seq_first }: BatchRow): SpooledBlock[] {
  if (blocks !== null && bytes !== null) return numberBlocks(seq_first, readBlocks(blocks, bytes));
  const texts = isPacked(body) ? unpackBlocks(body) : readLines(body);
  return numberBlocks(seq_first, texts.map(toByteBlock));
}

function readLines(body: string): LogBlock[] {
  const lines = JSON.parse(body) as PackedLine[];
  return toBlocks(
    lines.map(([stream, atMs, text, partial]) => ({ stream, atMs, text, partial: partial === 1 })),
  );
}
