import { assertNever } from '@node3/shared/assert';
import type { Clock } from '@node3/shared/clock';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import type { RunMeter } from '../economics/run-meter.ts';
import type { Journal } from '../journal/journal.ts';
import { type Ending, reasonOfStop } from './ending.ts';
import { emptyResult, outcomeOf, type ResultFacts, toResult } from './execution-result.ts';
import { stopSentences } from './live-execution.ts';

export interface ConcludeDeps {
  journal: Journal;
  clock: Clock;
  meter: Pick<RunMeter, 'end'>;
}

/**
 * Writes down how an execution ended here; from now on the outbox owes it to the marketplace.
 * @returns the result, or null where there is none.
 */
export function conclude(
  deps: ConcludeDeps,
  { deviceIds, executionId }: Pick<ExecutionOffer, 'deviceIds' | 'executionId'>,
  ending: Ending,
): ExecutionResult | null {
  const { clock, journal, meter } = deps;
  const nowMs = clock.nowMs();
  const devices = meter.end(executionId, deviceIds);
  switch (ending.kind) {
    case 'left':
      return null;
    case 'released':
      journal.recordRelease(executionId, nowMs);
      return null;
    case 'superseded':
      journal.recordClosed(executionId, 'superseded', nowMs);
      return null;
    case 'failed':
    case 'outcome': {
      const result = resultOf(journal, executionId, ending);
      journal.recordResult(executionId, result, nowMs, devices);
      return result;
    }
    default:
      return assertNever(ending);
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
