import { canonicalJson } from '@node3/shared/canonical-json';
import { MarketError } from '@node3/shared/error';
import type { Reason } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { toMoney } from '@node3/shared/money';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import { type AttemptEnd, type EndContext, endAttempt } from '../domain/job-ending.ts';
import { runSecWithinCap } from '../domain/run-limit.ts';
import type { JobSnapshot } from '../store/job-store.ts';
import type { Fence } from '../store/rows.ts';
import { hashText } from './api-key.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';
import type { DiskRoom } from './disk-room.ts';
import { isDeeperThan } from './json-depth.ts';

/**
 * Ends an execution by its agent's report and divides the money in the same transaction. The same
 * report again gets the same answer; a different one RESULT_CONFLICT; one without the lease LEASE_STALE.
 */
export async function reportResult(
  deps: JobChangeDeps & { room: Pick<DiskRoom, 'hasRefusedOutputOf'> },
  fence: Fence,
  agentId: string,
  reported: ExecutionResult,
) {
  checkResult(reported);
  const result = withoutExcess(reported);
  const context = await endContext(deps, `agent:${agentId}`, agentId);
  const resultHash = hashText(canonicalJson(result));
  // Only its own lease can have run out: the agent says so, and can't know whose fault that was.
  const isLost = result.reason === 'lease_expired';
  const isFull = deps.room.hasRefusedOutputOf(fence.executionId);
  const lostAtMs = isLost ? await deps.unsupervisedSince(fence.executionId, agentId) : null;
  const outcome = await deps.store.changeExecution(
    fence,
    agentId,
    (snapshot, ledger) =>
      endAttempt(
        snapshot,
        readEnd(snapshot, result, { resultHash, context, lostAtMs, isFull }),
        context,
        ledger,
      ),
    resultHash,
  );
  announceChange(deps, outcome);
  const { job, earned, payoutId } = outcome;
  return { jobState: job.state, earned: toMoney(earned, job.asset), payoutId };
}

/**
 * What an agent can't know, what would be paid out of the marketplace's own money, and what costs a job
 * no attempt, so that it would never end.
 */
const marketplaceReasons: ReadonlySet<Reason> = new Set([
  'agent_removed',
  'cap_reached',
  'dependency_failed',
  'marketplace_error',
  'offer_not_accepted',
  'poison',
  'preempted',
  'queue_timeout',
  'result_overdue',
  'result_reused',
]);

const timeoutReasons: ReadonlySet<Reason> = new Set(['run_timeout', 'no_progress']);

/** Refuses reports that contradict themselves, before they can decide about money. */
function checkResult(result: ExecutionResult): void {
  const { outcome, reason, exitCode, started } = result;
  const success = outcome === 'succeeded';
  const wrong = (pointer: string, detail: string) =>
    new MarketError('REQUEST_INVALID', { errors: [{ pointer: `/result/${pointer}`, detail }] });
  if (marketplaceReasons.has(reason)) throw wrong('reason', 'is for the marketplace to say');
  if (success !== (reason === 'exited')) throw wrong('reason', 'fits only outcome "succeeded"');
  if (success && exitCode !== 0) throw wrong('exitCode', 'must be 0 for outcome "succeeded"');
  if (success && !started) throw wrong('started', 'must be true for outcome "succeeded"');
  if ((outcome === 'timed_out') !== timeoutReasons.has(reason)) {
    throw wrong('reason', 'run_timeout or no_progress and outcome "timed_out" go together');
  }
  if ((outcome === 'cancelled') !== (reason === 'cancelled_by_requester')) {
    throw wrong('reason', 'cancelled_by_requester and outcome "cancelled" go together');
  }
}

/**
 * Leaves out structured output that is too much to keep, and says so. It is the program's doing, so
 * it must not cost the provider the whole report.
 */
function withoutExcess(result: ExecutionResult): ExecutionResult {
  const { output = null } = result;
  const problem = isDeeperThan(output, limits.jsonDepthMax)
    ? `nested deeper than ${limits.jsonDepthMax} levels`
    : Buffer.byteLength(JSON.stringify(output)) > limits.structuredOutputBytes
      ? `larger than ${limits.structuredOutputBytes} bytes`
      : null;
  if (problem === null) return result;
  const note = `The structured output was left out: it is ${problem}.`;
  const detail = result.detail === null ? note : `${result.detail} ${note}`;
  return { ...result, output: null, outputOmitted: true, detail };
}

function readEnd(
  snapshot: JobSnapshot,
  result: ExecutionResult,
  {
    resultHash,
    context,
    lostAtMs,
    isFull,
  }: {
    resultHash: string;
    context: EndContext;
    /** null unless its lease ran out because we were away. */
    lostAtMs: number | null;
    /** Whether a file of it found no room here. */
    isFull: boolean;
  },
): AttemptEnd {
  const { job, execution } = snapshot;
  const stops = result.outcome === 'cancelled' && job.cancelRequestedAtMs === null;
  const isPreempted = stops && (execution?.preemptedAtMs ?? null) !== null;
  // An agent that stops a workload nobody cancelled has failed its own job, whatever it calls it.
  const unasked =
    (stops && !isPreempted) ||
    (result.reason === 'no_progress' && job.spec.limits.progressSec === null);
  const said = isPreempted ? 'preempted' : reasonOf(snapshot, result.reason);
  // To the agent it is an error of its own engine that what the job has left could not be delivered.
  const isOurs = lostAtMs !== null || (isFull && said === 'engine_error');
  const reason = isOurs ? 'marketplace_error' : said;
  return {
    executionState: unasked ? 'failed' : result.outcome,
    reason: unasked ? 'released_by_agent' : reason,
    detail: result.detail,
    exitCode: result.exitCode,
    runMs: billableRunMs(snapshot, result, lostAtMs ?? context.nowMs),
    peakMemoryBytes: result.peakMemoryBytes,
    output: result.output ?? null,
    outputOmitted: result.outputOmitted ?? false,
    resultHash,
    isolation: result.isolation,
    imageDigest: result.imageDigest,
  };
}

/** The agent knows one limit of the run: whether it was the job's own or its cap, we do. */
function reasonOf({ job, execution }: JobSnapshot, reported: Reason): Reason {
  const isCapped = runSecWithinCap(job.spec, execution) < job.spec.limits.runSec;
  return reported === 'run_timeout' && isCapped ? 'cap_reached' : reported;
}

/**
 * The agent's run time, but never more than has passed on our own clock since it got the job, nor
 * than the job may run: what an agent does beyond that is its own affair.
 */
function billableRunMs(
  { job, execution }: JobSnapshot,
  result: ExecutionResult,
  untilMs: number,
): number {
  if (!result.started || execution === null) return 0;
  const heldMs = Math.max(0, untilMs - execution.leasedAtMs);
  return Math.min(result.runMs, heldMs, job.spec.limits.runSec * 1_000);
}
