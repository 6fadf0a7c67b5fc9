import { isMarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { appendLogs } from '@node3/shared/routes/agents';
import { agentLimits } from '../agent-limits.ts';
import type { Journal, JournalExecution } from '../journal/journal.ts';
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

/** A batch that was sent, with its answer, which may be an error. */
interface SentBatch {
  batch: LogBatch;
  /** Whether it was on its way by itself, so that nothing can have come before it. */
  isAlone: boolean;
  answer: Promise<{ ackedSeq: number } | { error: unknown }>;
}

/** So many batches are on their way at once: the marketplace writes some to disk while others travel. */
const onTheirWayMax = 4;
/** So many are sent before the caller sees again to everything else of this execution. */
const batchesPerTurn = 16;

/**
 * Sends the next lines of one execution: several batches at once where they arrive in order. Sending a
 * batch twice is harmless: the marketplace ignores lines it has, so an answer that was lost costs a
 * repetition only. An older marketplace refuses what it does not know of: it gets lines, and fewer of
 * them.
 * @returns `drained` when nothing is left, `more` when there may be, `refused` when this
 * execution's lines are no longer wanted. Throws the MarketError of any other failure.
 */
export async function shipLogs(
  deps: LogShipperDeps,
  executionId: string,
  state: ShipState,
  signal: AbortSignal,
): Promise<'drained' | 'more' | 'refused'> {
  const execution = deps.journal.find(executionId);
  if (execution === null) return 'drained';
  const onTheirWay: SentBatch[] = [];
  let seqSent = state.acked.seqOf(execution);
  let sent = 0;
  for (;;) {
    while (
      sent < batchesPerTurn &&
      onTheirWay.length < (deps.link.keepsOrder ? onTheirWayMax : 1)
    ) {
      const batch = nextBatch(deps, executionId, seqSent, state);
      if (batch === null) break;
      const isAlone = onTheirWay.length === 0;
      onTheirWay.push({ batch, isAlone, answer: send(deps, execution, batch, signal) });
      seqSent = batch.seqLast;
      sent += 1;
    }
    const oldest = onTheirWay.shift();
    if (oldest === undefined) return sent === 0 ? 'drained' : 'more';
    const { batch, isAlone } = oldest;
    const answer = await oldest.answer;
    const isTaken = 'ackedSeq' in answer && answer.ackedSeq >= batch.seqFirst;
    if (isTaken) {
      state.acked.note(Math.min(answer.ackedSeq, seqSent));
      continue;
    }
    // What is behind it was not taken either, and is sent again.
    await Promise.all(onTheirWay.map((other) => other.answer));
    if ('error' in answer) return conclude(deps, execution, { batch, state, error: answer.error });
    // Else one that was sent later came by another way, ahead of it.
    if (isAlone) skipSpooled(deps, executionId, state, batch);
    return 'more';
  }
}

/** Nothing is taken behind lines that were refused for good, and the result is still to be sent. */
function skipSpooled(
  { journal, log }: LogShipperDeps,
  executionId: string,
  { acked }: ShipState,
  { seqFirst, seqLast }: LogBatch,
): void {
  log.error({ executionId, seqFirst }, 'log lines were not taken: those before them are missing');
  acked.note(journal.find(executionId)?.lines.spooled ?? seqLast);
}

async function send(
  { link }: LogShipperDeps,
  { executionId, attempt, leaseToken }: JournalExecution,
  batch: LogBatch,
  signal: AbortSignal,
): Promise<{ ackedSeq: number } | { error: unknown }> {
  const { seqLast: _, ...lines } = batch;
  const args = { params: { executionId }, body: { attempt, leaseToken, ...lines } };
  try {
    return await link.call(appendLogs, args, { signal });
  } catch (error) {
    return { error };
  }
}

/** What follows from an error; a batch behind the one that has it was not taken, and is sent again. */
function conclude(
  { log }: LogShipperDeps,
  { executionId, lines }: JournalExecution,
  { batch, state, error }: { batch: LogBatch; state: ShipState; error: unknown },
): 'more' | 'refused' {
  if (isMarketError(error, 'LEASE_STALE') || isMarketError(error, 'EXECUTION_NOT_FOUND')) {
    state.acked.note(lines.spooled);
    return 'refused';
  }
  if (isMarketError(error, 'REQUEST_INVALID') && canSayOtherwise(batch, state)) return 'more';
  if (isMarketError(error) && batchCodes.includes(error.code)) {
    // Logs are best effort: lines that can't be taken must not hold back the result behind them.
    log.error({ err: error, executionId, seqFirst: batch.seqFirst }, 'log lines were refused');
    state.acked.note(batch.seqLast);
    return 'more';
  }
  throw error;
}

function nextBatch(
  { journal, link }: LogShipperDeps,
  executionId: string,
  afterSeq: number,
  { linesMax, refusesBlocks }: ShipState,
): LogBatch | null {
  if (link.takesLogBlocks && !refusesBlocks) {
    const most = { linesMax: limits.logLinesPerBatch, bytesMax: agentLimits.logBlockBytes };
    return cutBlockBatch(journal.readBlocks(executionId, afterSeq, most));
  }
  const most = { linesMax, bytesMax: agentLimits.logBatchBytes };
  return cutLineBatch(toSpooledLines(journal.readBlocks(executionId, afterSeq, most)));
}

/** Lines and not blocks, then fewer of them: whether an older marketplace may take the next batch. */
function canSayOtherwise({ lines, blocks }: LogBatch, state: ShipState): boolean {
  if (blocks !== undefined) state.refusesBlocks = true;
  else if ((lines?.length ?? 0) <= agentLimits.logLinesOldest) return false;
  else state.linesMax = agentLimits.logLinesOldest;
  return true;
}
