import { assertNever } from '@node3/shared/assert';
import { agentLimits } from '../agent-limits.ts';
import type { Executor } from '../executors/executor.ts';
import type { JournalExecution } from '../journal/journal.ts';
import type { Heartbeater, HeartbeatVerdict } from '../marketplace-link/heartbeater.ts';
import type { LeaseClock } from '../marketplace-link/lease-clock.ts';
import { emptyResult } from './execution-result.ts';
import { admit, type IntakeDeps, readopt } from './intake.ts';
import { keepTrying } from './keep-trying.ts';
import { planRecovery } from './recovery-plan.ts';

export interface RecoveryDeps {
  intake: IntakeDeps;
  leases: LeaseClock;
  heartbeater: Heartbeater;
  bootId: string | null;
  shutdown: AbortSignal;
}

/**
 * Brings together what the journal promised, what the marketplace still wants and what the engine
 * still has. Afterwards every open execution has a story or is owed by the outbox.
 */
export async function recoverExecutions(deps: RecoveryDeps): Promise<void> {
  const { journal, log } = deps.intake;
  const open = journal.listOpen();
  for (const execution of open) restoreLease(deps, execution);
  const verdicts = await askVerdicts(deps, open);
  for (const execution of open) {
    const { executionId } = execution;
    const verdict = verdicts.get(executionId) ?? null;
    const lease = deps.leases.isLive(executionId) ? 'live' : 'over';
    const step = planRecovery(execution, verdict, lease);
    log.info({ executionId, phase: execution.phase, verdict, lease, step }, 'recovering');
    takeStep(deps, execution, step);
    if (verdict === 'cancel') deps.intake.desk.stop(executionId, 'requester');
  }
}

/** A lease from another boot of the machine can't be measured, so it counts as over. */
function restoreLease(deps: RecoveryDeps, execution: JournalExecution): void {
  const { bootId, executionId, leaseUntilBootMs } = execution;
  if (leaseUntilBootMs === null) return;
  const comparable = bootId !== null && bootId === deps.bootId;
  deps.leases.restore(executionId, comparable ? leaseUntilBootMs : 0);
}

async function askVerdicts(
  deps: RecoveryDeps,
  open: readonly JournalExecution[],
): Promise<Map<string, HeartbeatVerdict>> {
  if (open.length === 0) return new Map();
  try {
    return await deps.heartbeater.beat(deps.shutdown);
  } catch (error) {
    deps.intake.log.warn({ err: error }, 'recovering without the marketplace');
    return new Map();
  }
}

function takeStep(
  deps: RecoveryDeps,
  execution: JournalExecution,
  step: ReturnType<typeof planRecovery>,
): void {
  const { intake } = deps;
  const { executionId, offer } = execution;
  const nowMs = intake.clock.nowMs();
  switch (step) {
    case 'deliver':
      break;
    case 'release':
      intake.journal.recordRelease(executionId, nowMs);
      break;
    case 'supersede':
      intake.journal.recordClosed(executionId, 'superseded', nowMs);
      break;
    case 'prepare': {
      const live = admit(intake, offer);
      if (typeof live === 'string') intake.journal.recordRelease(executionId, nowMs);
      else intake.desk.begin(live, { kind: 'prepare' });
      break;
    }
    case 'find':
      findOrReportLost(deps, execution);
      break;
    default:
      assertNever(step);
  }
  intake.onOwed(executionId);
}

function findOrReportLost(deps: RecoveryDeps, execution: JournalExecution): void {
  const { intake } = deps;
  const { executionId, offer, executor, isolation, imageDigest, lines } = execution;
  const live = readopt(intake, offer, executor);
  if (typeof live !== 'string') {
    intake.desk.begin(live, { kind: 'find' });
    return;
  }
  const facts = { isolation, imageDigest, logLines: lines.spooled };
  const result = emptyResult('agent_restarted', live, facts);
  intake.journal.recordResult(
    executionId,
    { ...result, started: execution.phase === 'running' },
    intake.clock.nowMs(),
  );
}

/**
 * Removes what the engine has of ours and nobody is busy with: executions that ended, were given
 * away or belong to a journal that is gone. Repeats until the engine answers.
 */
export async function sweepExecutor(deps: RecoveryDeps, executor: Executor): Promise<void> {
  const { desk, log } = deps.intake;
  await keepTrying({
    name: 'sweep',
    log,
    intervalMs: agentLimits.engineRetryMs,
    signal: deps.shutdown,
    async run() {
      for (const { executionId, state } of await executor.list()) {
        if (desk.has(executionId)) continue;
        log.warn({ executionId, state, executor: executor.name }, 'removing leftover workload');
        await executor.remove(executionId);
      }
    },
  });
}
