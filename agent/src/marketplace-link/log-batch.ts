import { limits } from '@node3/shared/limits';
import { agentLimits } from '../agent-limits.ts';
import type { SpooledLine } from '../journal/journal.ts';

export interface LogBatch {
  seqFirst: number;
  seqLast: number;
  lines: Omit<SpooledLine, 'seq'>[];
}

/** What a line has in JSON beside its text, at most. */
const lineFormBytes = 80;

/**
 * Cuts the next batch from spooled lines in order. Size counts as JSON, in which a control
 * character takes six bytes. @returns null for no lines.
 */
export function cutLogBatch(lines: readonly SpooledLine[]): LogBatch | null {
  const [first] = lines;
  if (first === undefined) return null;
  const batch: LogBatch = { seqFirst: first.seq, seqLast: first.seq, lines: [] };
  let bytes = 0;
  for (const { seq, stream, atMs, text, partial } of lines.slice(0, limits.logLinesPerBatch)) {
    bytes += Buffer.byteLength(JSON.stringify(text)) + lineFormBytes;
    if (bytes > agentLimits.logBatchBytes && batch.lines.length > 0) break;
    batch.lines.push({ stream, atMs, text, partial });
    batch.seqLast = seq;
  }
  return batch;
}
