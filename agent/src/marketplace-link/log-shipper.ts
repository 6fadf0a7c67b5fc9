import { assert } from '@node3/shared/assert';
import { isMarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { appendLogs } from '@node3/shared/routes/agents';
import { agentLimits } from '../agent-limits.ts';
import type { Journal } from '../journal/journal.ts';
import { toSpooledLines } from '../journal/spooled-lines.ts';
import type { AckedLines } from './acked-lines.ts';
import { cutBlockBatch, cutLineBatch, type LogBatch } from './log-batch.ts';
import type { MarketplaceLink } from './marketplace-link.ts';

export interface LogShipperDeps {
  link: MarketplaceLink;
  journal: Journal;
  log: Logger;
}

/** What is remembered of one execution between its batches. */
export interface ShipState {
  acked: AckedLines;
  /** An older marketplace takes fewer lines at once. */
  linesMax: number;
  /** It has refused blocks, though one before it took them. */
  refusesBlocks: boolean;
}

/** Answers that say this very batch can't be taken, however often it is sent. */
const batchCodes: readonly ErrorCode[] = [
  'REQUEST_INVALID',
  'REQUEST_MALFORMED',
  'REQUEST_TOO_LARGE',
];

/**
 * Sends the next batch of one execution's spooled lines. Sending a batch twice is harmless: the
 * marketplace ignores lines it has, so an answer that was lost costs a repetition only. An older
 * marketplace refuses more lines than it knows of: it gets fewer.
 * @returns `drained` when nothing is left, `more` when there may be, `refused` when this
 * execution's lines are no longer wanted. Throws the MarketError of any other failure.
 */
export async function shipLogBatch(
  deps: LogShipperDeps,
  executionId: string,
  state: ShipState,
  signal: AbortSignal,
): Promise<'drained' | 'more' | 'refused'> {
  const { journal, link, log } = deps;
  const execution = journal.find(executionId);
  if (execution === null) return 'drained';
  const { lines, attempt, leaseToken } = execution;
  const { acked } = state;
  const batch = nextBatch(deps, executionId, acked.seqOf(execution), state);
  if (batch === null) return 'drained';
  const { seqFirst, seqLast, ...form } = batch;
  try {
    const { ackedSeq } = await link.call(
      appendLogs,
      {
        params: { executionId },
        body: { attempt, leaseToken, seqFirst, ...form },
      },
      { signal },
    );
    assert(ackedSeq >= seqFirst, 'the marketplace acknowledges lines of the batch');
    acked.note(Math.min(ackedSeq, lines.spooled));
    return 'more';
  } catch (error) {
    if (isMarketError(error, 'LEASE_STALE') || isMarketError(error, 'EXECUTION_NOT_FOUND')) {
      acked.note(lines.spooled);
      return 'refused';
    }
    if (isMarketError(error, 'REQUEST_INVALID') && canSayOtherwise(batch, state)) return 'more';
    if (isMarketError(error) && batchCodes.includes(error.code)) {
      // Logs are best effort: lines that can't be taken must not hold back the result behind them.
      log.error({ err: error, executionId, seqFirst }, 'log lines were refused');
      acked.note(seqLast);
      return 'more';
    }
    throw error;
  }
}

function nextBatch(
  { journal, link }: LogShipperDeps,
  executionId: string,
  afterSeq: number,
  { linesMax, refusesBlocks }: ShipState,
): LogBatch | null {
  if (link.takesLogBlocks && !refusesBlocks) {
    const most = { linesMax: limits.logLinesPerBatch, charsMax: agentLimits.logBlockBytes };
    return cutBlockBatch(journal.readBlocks(executionId, afterSeq, most));
  }
  const most = { linesMax, charsMax: agentLimits.logBatchBytes };
  return cutLineBatch(toSpooledLines(journal.readBlocks(executionId, afterSeq, most)));
}

/** Lines and not blocks, then fewer of them: whether an older marketplace may take the next batch. */
function canSayOtherwise({ lines, blocks }: LogBatch, state: ShipState): boolean {
  if (blocks !== undefined) state.refusesBlocks = true;
  else if ((lines?.length ?? 0) <= agentLimits.logLinesOldest) return false;
  else state.linesMax = agentLimits.logLinesOldest;
  return true;
}
