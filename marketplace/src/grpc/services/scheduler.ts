import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { PlacementStrategy } from '@node3/shared/job-spec';
import { isTerminalJob } from '@node3/shared/job-state';
import type { Explanation } from '@node3/shared/routes/explain';
import { followEvents } from '../../live/follow-events.ts';
import { explainJob, explainSpec } from '../../services/explain-job.ts';
import { findHodeiJob } from '../../services/find-hodei-job.ts';
import { readOverview } from '../../services/read-marketplace.ts';
import type { JobRow } from '../../store/rows.ts';
import { type StreamingCall, serverStream, unary } from '../answer-call.ts';
import { listWorkers } from '../available-workers.ts';
import { countJobs } from '../count-jobs.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { CallEnd } from '../grpc-errors.ts';
import { type JobDefinition, toSpec } from '../job-definition.ts';
import { postDefinition } from '../post-definition.ts';
import { toProtoTime } from '../proto-time.ts';
import { statusWord } from '../view-job.ts';

interface ScheduleJob {
  job_definition: JobDefinition | null;
  dry_run: boolean;
  strategy: string;
  requested_by: string;
}

/** Who may get a job, and what keeps it from the others. */
export function schedulerService(deps: GrpcDeps): UntypedServiceImplementation {
  return {
    ScheduleJob: unary(
      deps,
      { access: 'requester', kind: 'change', cost: 5 },
      async (asked: ScheduleJob, { principal }) => {
        const { job_definition: definition } = asked;
        const extras = { askedBy: asked.requested_by, strategy: strategies[asked.strategy] };
        if (asked.dry_run) {
          const spec = toSpec(definition, extras, deps);
          const explanation = await explainSpec(deps, spec, principal.accountId);
          const decision = decisionOf(deps, explanation, null);
          return { success: true, message: 'Nothing was queued.', job_id: '', decision };
        }
        const { job } = await postDefinition(deps, principal, definition, extras);
        const decision = decisionOf(deps, await explainJob(deps, job), job);
        return { success: true, message: 'Queued.', job_id: job.jobId, decision };
      },
    ),
    GetSchedulingDecision: unary(
      deps,
      { access: 'requester', kind: 'read', cost: 5 },
      async ({ job_id: jobId }: { job_id: string }, { principal }) => {
        const job = await findHodeiJob(deps, jobId, principal.accountId);
        return decisionOf(deps, await explainJob(deps, job), job);
      },
    ),
    ConfigureScheduler: unary(deps, { access: 'operator', kind: 'change', cost: 1 }, async () => {
      throw new CallEnd(
        status.UNIMPLEMENTED,
        'How a worker is chosen is part of each job: give ScheduleJob a strategy, or a job placement.strategy.',
      );
    }),
    GetQueueStatus: unary(deps, { access: 'requester', kind: 'read', cost: 1 }, async () => {
      const { jobs, queue } = await readOverview(deps);
      return {
        ...countJobs(jobs),
        ...(queue.oldestAgeSec !== null && { oldest_pending_seconds: queue.oldestAgeSec }),
      };
    }),
    GetAvailableWorkers: unary(
      deps,
      { access: 'requester', kind: 'read', cost: 1 },
      async ({ limit }: { limit: number }) => ({ workers: await listWorkers(deps, limit) }),
    ),
    SchedulingDecisionStream: serverStream(
      deps,
      { kind: 'read', cost: 5 },
      ({ job_id: jobId }: { job_id: string }, call) => decisionsOf(deps, jobId, call),
    ),
  };
}

const strategies: Record<string, PlacementStrategy | undefined> = {
  SCHEDULING_STRATEGY_LEAST_LOADED: 'least_loaded',
  SCHEDULING_STRATEGY_ROUND_ROBIN: 'round_robin',
  SCHEDULING_STRATEGY_LOWEST_COST: 'cheapest',
  SCHEDULING_STRATEGY_FASTEST: 'fastest',
  SCHEDULING_STRATEGY_AFFINITY: 'affinity',
};

function strategyWord(strategy: PlacementStrategy): string {
  const found = Object.entries(strategies).find(([, ours]) => ours === strategy);
  return found?.[0] ?? 'SCHEDULING_STRATEGY_UNSPECIFIED';
}

/** @param job null for a spec that nobody has posted. */
function decisionOf(
  { clock }: Pick<GrpcDeps, 'clock'>,
  explanation: Explanation,
  job: JobRow | null,
): object {
  const { eta } = explanation;
  return {
    job_id: job?.jobId ?? '',
    status: job === null ? 'JOB_STATUS_UNSPECIFIED' : statusWord(job.state),
    possible: explanation.possible,
    reason: explanation.sentence,
    selected_worker_id: job?.agentId ?? '',
    candidates: explanation.candidates.map((candidate) => ({
      worker_id: candidate.agentId,
      worker_name: candidate.agentName,
      score: candidate.score,
      free_slots: candidate.freeSlots,
      slots: candidate.slots,
      available_now: candidate.now,
      waits_for: candidate.waitsFor ?? '',
    })),
    exclusions: explanation.constraints
      .filter(({ fails }) => fails > 0)
      .map(({ constraint, fails, failsOnlyThis }) => ({
        constraint,
        workers_excluded: fails,
        workers_excluded_only_by_this: failsOnlyThis,
      })),
    alternatives: explanation.alternatives.map(({ constraint, value, agents }) => ({
      constraint,
      value_json: JSON.stringify(value),
      workers_gained: agents,
    })),
    workers_considered: explanation.agents,
    workers_fitting: explanation.agentsFitting,
    queue_position: explanation.queueAhead,
    ...(eta !== null && { estimated_start_seconds: eta.startSecP50 }),
    strategy: strategyWord(explanation.strategy),
    decided_at: toProtoTime(clock.nowMs()),
  };
}

async function* decisionsOf(
  deps: GrpcDeps,
  word: string,
  { principal: { accountId }, signal }: StreamingCall,
): AsyncGenerator<object> {
  // Noted before the first look: what happens after it is told by the events.
  const afterSeq = deps.feed.lastSeq;
  let job = await findHodeiJob(deps, word, accountId);
  const { jobId } = job;
  const filter = { accountId, jobId, types: null };
  yield decisionOf(deps, await explainJob(deps, job), job);
  if (isTerminalJob(job.state)) return;
  for await (const { events } of followEvents(deps, { filter, afterSeq }, 'follow', signal)) {
    if (events.length === 0) continue;
    job = await findHodeiJob(deps, jobId, accountId);
    yield decisionOf(deps, await explainJob(deps, job), job);
    if (isTerminalJob(job.state)) return;
  }
}
