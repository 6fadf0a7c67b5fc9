import { assertNever } from '@node3/shared/assert';
import type { Clock } from '@node3/shared/clock';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import type { Journal } from '../journal/journal.ts';
import { type Ending, reasonOfStop } from './ending.ts';
import { emptyResult, outcomeOf, type ResultFacts, toResult } from './execution-result.ts';
import { stopSentences } from './live-execution.ts';

export interface ConcludeDeps {
  journal: Journal;
  clock: Clock;
}

/** Writes down how an execution ended here; from now on the outbox owes it to the marketplace. */
export function conclude(deps: ConcludeDeps, executionId: string, ending: Ending): void {
  const { clock, journal } = deps;
  const nowMs = clock.nowMs();
  switch (ending.kind) {
    case 'left':
      return;
    case 'released':
      journal.recordRelease(executionId, nowMs);
      return;
    case 'superseded':
      journal.recordClosed(executionId, 'superseded', nowMs);
      return;
    case 'failed':
    case 'outcome':
      journal.recordResult(executionId, resultOf(journal, executionId, ending), nowMs);
      return;
    default:
      assertNever(ending);
  }
}

function resultOf(
  journal: Journal,
  executionId: string,
  ending: Extract<Ending, { kind: 'failed' | 'outcome' }>,
): ExecutionResult {
  const row = journal.find(executionId);
  const facts: ResultFacts = {
    isolation: row?.isolation ?? null,
    imageDigest: row?.imageDigest ?? null,
    logLines: row?.lines.spooled ?? 0,
  };
  if (ending.kind === 'failed') {
    return { ...emptyResult(ending.reason, ending.detail, facts), started: ending.started };
  }
  const result = toResult(ending.outcome, facts);
  const reason = reasonOfStop(ending.cause);
  if (reason === null || ending.cause === null) return result;
  return { ...result, outcome: outcomeOf(reason), reason, detail: stopSentences[ending.cause] };
}
