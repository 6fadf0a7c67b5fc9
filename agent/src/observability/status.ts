import type { ReplyOf } from '@node3/shared/contract';
import type { ExecutionState } from '@node3/shared/execution-state';
import type {
  AgentStatus,
  getLocalLogTail,
  listLocalExecutions,
} from '@node3/shared/routes/agent-local';
import { toTimestamp } from '@node3/shared/schema';
import { readJobSpec } from '../execution/job-spec-reader.ts';
import type { JournalExecution, JournalPhase, SpooledLine } from '../journal/journal.ts';

type ActiveExecution = AgentStatus['active'][number];
type LocalExecution = ReplyOf<typeof listLocalExecutions>['data'][number];
type LocalLine = ReplyOf<typeof getLocalLogTail>['data'][number];

const stateOfPhase: Record<Exclude<JournalPhase, 'ended'>, ExecutionState> = {
  offered: 'leased',
  accepted: 'leased',
  preparing: 'preparing',
  starting: 'preparing',
  running: 'running',
};

/** The journal's phase in the words that people and the marketplace use. */
export function executionState(execution: JournalExecution): ExecutionState {
  const { closed, phase, result } = execution;
  if (phase !== 'ended') return stateOfPhase[phase];
  if (result !== null) return result.outcome;
  return closed === 'superseded' ? 'lost' : 'cancelled';
}

/** @returns null for one that is not here yet or any more, and for one that never could be. */
export function toActiveExecution(execution: JournalExecution): ActiveExecution | null {
  const { executionId, jobId, offer, offeredAtMs, phase, startedAtMs } = execution;
  const spec = readJobSpec(offer.spec);
  if (spec === null || phase === 'offered' || phase === 'ended') return null;
  return {
    executionId,
    jobId,
    name: spec.name,
    state: executionState(execution),
    image: spec.workload.image,
    deviceIds: offer.deviceIds,
    reward: offer.reward,
    ratePerGpuHour: offer.rate ?? null,
    acceptedAt: toTimestamp(offeredAtMs),
    startedAt: startedAtMs === null ? null : toTimestamp(startedAtMs),
    runSec: spec.limits.runSec,
  };
}

export function toLocalExecution(execution: JournalExecution): LocalExecution {
  const { executionId, finishedAtMs, jobId, offer, offeredAtMs, result } = execution;
  const released = execution.pending === 'release' || execution.closed === 'released';
  return {
    executionId,
    jobId,
    name: readJobSpec(offer.spec)?.name ?? null,
    state: executionState(execution),
    reason: result?.reason ?? (released ? 'released_by_agent' : null),
    exitCode: result?.exitCode ?? null,
    runMs: result?.started === true ? result.runMs : null,
    reward: offer.reward,
    ratePerGpuHour: offer.rate ?? null,
    acceptedAt: toTimestamp(offeredAtMs),
    finishedAt: finishedAtMs === null ? null : toTimestamp(finishedAtMs),
  };
}

export function toLocalLine(attempt: number, line: SpooledLine): LocalLine {
  const { atMs, partial, seq, stream, text } = line;
  return { seq, attempt, stream, at: toTimestamp(atMs), text, partial };
}
