import type { AgentState } from '@node3/shared/agent-state';
import { assert } from '@node3/shared/assert';
import { pauseAfter } from '../../domain/agent-pause.ts';
import { evidenceAgainst } from '../../domain/blame.ts';
import { withdrawEvidence } from '../../domain/reputation.ts';
import type { JobChange } from '../job-store.ts';
import type { ExecutionRow, JobFailure } from '../rows.ts';
import { toReputation } from './agent-rows.ts';
import { setAgentStateIn } from './agent-states.ts';
import { isOwnWorkIn } from './own-work.ts';
import type { Tx, Work } from './work.ts';

const countSucceeded = `
  UPDATE agents SET jobs_succeeded = jobs_succeeded + 1, faults_in_row = 0,
    timed_runs = timed_runs + @timed, timed_run_ms = timed_run_ms + @runMs
  WHERE agent_id = @agentId`;
const countFailed = `
  UPDATE agents SET jobs_failed = jobs_failed + 1, timed_runs = timed_runs + @timed,
    timed_run_ms = timed_run_ms + @runMs
  WHERE agent_id = @agentId`;
/** What was leased before the last fault was known may have ended for the same cause. */
const countFault = `
  UPDATE agents SET faults_in_row = faults_in_row + 1, last_fault_at_ms = @nowMs
  WHERE agent_id = @agentId
    AND (@kind = 'single' OR last_fault_at_ms IS NULL OR last_fault_at_ms < @leasedAtMs)
  RETURNING faults_in_row, state`;
const forgive = `
  UPDATE agents SET
    jobs_failed = CASE WHEN jobs_failed > 0 THEN jobs_failed - 1 ELSE 0 END,
    faults_in_row = CASE WHEN faults_in_row > 0 THEN faults_in_row - 1 ELSE 0 END
  WHERE agent_id = ? RETURNING reputation`;
const restoreReputation = 'UPDATE agents SET reputation = ? WHERE agent_id = ?';

/** What the end of an execution adds to the history of its agent, and takes from others'. */
export function* countForAgentsIn(
  tx: Tx,
  { accountId, execution }: { accountId: string; execution: ExecutionRow | null },
  change: Pick<JobChange, 'agentCount' | 'agentFault' | 'agentsForgiven' | 'execution'>,
  nowMs: number,
): Work<void> {
  const { agentCount, agentFault: kind, agentsForgiven = [] } = change;
  for (const failure of agentsForgiven) {
    if (!(yield* isOwnWorkIn(tx, { ...failure, accountId }))) yield* forgiveIn(tx, failure, nowMs);
  }
  if (agentCount === undefined) return;
  assert(execution !== null, 'only an execution counts for an agent');
  const { agentId, leasedAtMs } = execution;
  if (yield* isOwnWorkIn(tx, { agentId, accountId })) return;
  const runMs = change.execution?.runMs ?? null;
  const time = { timed: runMs === null ? 0 : 1, runMs: Math.round(runMs ?? 0) };
  yield* tx.post(agentCount === 'succeeded' ? countSucceeded : countFailed, { agentId, ...time });
  if (kind === undefined) return;
  const counted = yield* tx.get<{ faults_in_row: bigint; state: AgentState }>(countFault, {
    agentId,
    kind,
    leasedAtMs,
    nowMs,
  });
  const pause = counted?.state === 'active' ? pauseAfter(Number(counted.faults_in_row)) : null;
  if (pause === null) return;
  const { reason, forMs } = pause;
  const untilMs = nowMs + forMs;
  const paused = { agentId, state: 'paused', reason, untilMs, by: 'marketplace', nowMs } as const;
  yield* setAgentStateIn(tx, { ...paused, from: ['active'] });
}

function* forgiveIn(tx: Tx, { agentId, reason }: JobFailure, nowMs: number): Work<void> {
  const forgiven = yield* tx.get<{ reputation: string | null }>(forgive, agentId);
  const record = toReputation(forgiven?.reputation ?? null);
  if (record === null) return;
  const restored = withdrawEvidence<string>(record, evidenceAgainst(reason), nowMs);
  yield* tx.post(restoreReputation, JSON.stringify(restored), agentId);
}
