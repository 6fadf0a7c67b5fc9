import { isMarketError, type MarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import type { Logger } from '@node3/shared/logger';
import { type ExecutionResult, reportResult } from '@node3/shared/routes/agents';
import { type Tracer, traced } from '@node3/shared/tracing';
import { shareEarnings } from '../economics/share-earnings.ts';
import type { Closing, Earning, JournalExecution } from '../journal/journal.ts';
import type { AgentMeasures } from '../observability/agent-measures.ts';
import type { MarketplaceLink } from './marketplace-link.ts';

export interface ReportResultDeps {
  link: MarketplaceLink;
  log: Logger;
  measures: Pick<AgentMeasures, 'earned'>;
  tracer: Tracer | null;
}

/** Answers after which asking again can't change anything: the first result or nobody's stands. */
const finalCodes: readonly ErrorCode[] = [
  'LEASE_STALE',
  'RESULT_CONFLICT',
  'EXECUTION_NOT_FOUND',
  'JOB_STATE_INVALID',
];

/** Answers that say the body itself can't be taken. */
const bodyCodes: readonly ErrorCode[] = [
  'REQUEST_INVALID',
  'REQUEST_MALFORMED',
  'REQUEST_TOO_LARGE',
];

export function isFinalAnswer(error: unknown): error is MarketError {
  return isMarketError(error) && finalCodes.includes(error.code);
}

export interface Delivered {
  closing: Closing;
  /** By device, when the result was accepted. */
  earnings: Earning[];
}

/**
 * Reports how an execution ended. @returns how the case is closed. Throws the MarketError of
 * everything that a later try may mend.
 */
export async function deliverResult(
  deps: ReportResultDeps,
  execution: JournalExecution,
  result: ExecutionResult,
  signal: AbortSignal,
): Promise<Delivered> {
  const { executionId, attempt, leaseToken } = execution;
  try {
    const body = { attempt, leaseToken, result };
    const reply = await traced(
      deps.tracer,
      {
        name: 'execution.upload',
        kind: 'internal',
        parent: execution.offer.traceparent ?? null,
        attributes: { 'node3.execution.id': executionId },
      },
      () => deps.link.call(reportResult, { params: { executionId }, body }, { signal }),
    );
    const { jobState, earned } = reply;
    deps.measures.earned(earned, execution.offer.deviceIds);
    deps.log.info({ executionId, outcome: result.outcome, jobState, earned }, 'result is accepted');
    return { closing: 'reported', earnings: shareEarnings({ ...execution, result }, earned) };
  } catch (error) {
    if (isFinalAnswer(error)) {
      deps.log.warn({ executionId, code: error.code }, 'result is no longer wanted');
      return { closing: 'superseded', earnings: [] };
    }
    const unacceptable = isMarketError(error) && bodyCodes.includes(error.code);
    if (unacceptable && result.output !== undefined) {
      deps.log.error({ err: error, executionId }, 'structured output was refused and is left out');
      return deliverResult(deps, execution, withoutOutput(result), signal);
    }
    throw error;
  }
}

/** The end of a job matters more than its structured output, which may be what can't be taken. */
function withoutOutput(result: ExecutionResult): ExecutionResult {
  const { output: _, ...rest } = result;
  const detail = `${result.detail ?? ''} The structured output was refused and left out.`.trim();
  return { ...rest, outputOmitted: true, detail };
}
