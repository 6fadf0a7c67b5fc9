import { type ErrorCode, errorCodes } from '@node3/shared/error-codes';
import type {
  ListedRun,
  RunDetail,
  RunError,
  RunStarted,
  RunSummary,
} from '@node3/shared/routes/redmind';
import { toTimestamp } from '@node3/shared/schema';
import { resultOf } from '../../../services/read-flow-run.ts';
import type {
  FlowError,
  FlowRunListing,
  FlowRunRow,
  FlowStepRow,
  ListedFlowRun,
} from '../../../store/flow-store.ts';

/**
 * Between the words of REDMIND's runs and ours. Its states are ours; of its two words for a step that
 * went well, `completed` and `success`, this API says the one of its contract: `completed`.
 */

export function toRunStarted({ runId, state }: FlowRunListing): RunStarted {
  return { runId, run_id: runId, status: state };
}

function toRunSummary(run: FlowRunListing): RunSummary {
  return {
    ...toRunStarted(run),
    flow_id: run.flowId,
    flow_version: run.flowVersion,
    project_id: run.project,
    started_at: toTimestamp(run.createdAtMs),
    ended_at: run.endedAtMs === null ? null : toTimestamp(run.endedAtMs),
    timeout_seconds: run.timeoutSec,
    rerun_of: run.rerunOf,
    error: run.error === null ? null : toRunError(run.error),
  };
}

export function toListedRun(run: ListedFlowRun): ListedRun {
  return { ...toRunSummary(run), flow_name: run.flowName };
}

export function toRunDetail(run: FlowRunRow, steps: readonly FlowStepRow[]): RunDetail {
  return {
    ...toRunSummary(run),
    trace: steps.map((step) => toTraceEntry(run.runId, step)),
    result: resultOf(run, steps),
  };
}

function toTraceEntry(runId: string, step: FlowStepRow): RunDetail['trace'][number] {
  const { nodeId, state, startedAtMs, endedAtMs, input, output, error, jobId, takenFrom } = step;
  return {
    runId: takenFrom ?? runId,
    nodeId,
    status: state,
    startedAt: startedAtMs === null ? null : toTimestamp(startedAtMs),
    // Wall clocks are set back now and then.
    durationMs:
      startedAtMs === null || endedAtMs === null ? null : Math.max(0, endedAtMs - startedAtMs),
    input,
    output,
    error: error === null ? null : toRunError(error),
    jobId,
  };
}

function toRunError(error: FlowError): RunError {
  const { code, message, nodeId, timeoutSec, elapsedSec, context } = error;
  return {
    code,
    message,
    fix: Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode].fix : '',
    ...(nodeId !== undefined && { nodeId }),
    ...(timeoutSec !== undefined && { timeout_seconds: timeoutSec }),
    ...(elapsedSec !== undefined && { elapsed_seconds: elapsedSec }),
    ...(context !== undefined && { context }),
  };
}
