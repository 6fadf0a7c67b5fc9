import { type Reason, reasonNames } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decidePreemption } from '../domain/preemption.ts';
import { LiveFeed } from '../live/live-feed.ts';
import { FamiliarAgents } from '../matching/familiar-agents.ts';
import { Matchmaker } from '../matching/matchmaker.ts';
import type { JobPosting } from '../store/job-store.ts';
import type { ExecutionRow, JobRow } from '../store/rows.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { fenceOf, World } from '../store/testing/world.ts';
import { successResult } from '../testing/test-agent.ts';
import { acceptExecution } from './accept-execution.ts';
import { AgentLinks } from './agent-links.ts';
import { cancelJob } from './cancel-job.ts';
import { CancelNotices } from './cancel-notices.ts';
import type { JobChangeDeps } from './change-job.ts';
import { DiskRoom } from './disk-room.ts';
import { endExecutionsOf } from './end-executions.ts';
import { failJob } from './fail-job.ts';
import { releaseExecution } from './release-execution.ts';
import { reportProgress } from './report-progress.ts';
import { reportResult } from './report-result.ts';
import { settleDependencies } from './settle-dependencies.ts';
import { sweepDeadlines } from './sweep-deadlines.ts';
import { WorkBoard } from './work-board.ts';

/** A store with the services that end jobs, and a clock that the test moves. */
class Endings {
  readonly store: Store;
  readonly world: World;
  readonly clock: ManualClock;
  readonly room = new DiskRoom({ disks: [], reserveBytes: 0, log: silentLogger });
  readonly deps: JobChangeDeps & { room: DiskRoom; feed: LiveFeed };
  accountId = '';
  agentIds: string[] = [];

  constructor() {
    this.store = openSqliteStore({
      path: ':memory:',
      log: silentLogger,
      onFatal(error) {
        throw error;
      },
    });
    this.world = new World(this.store);
    this.clock = new ManualClock(this.world.nowMs);
    this.deps = {
      store: this.store,
      clock: this.clock,
      ids: this.world.ids,
      room: this.room,
      feed: new LiveFeed(0),
      holdbackMs: 0,
      unsupervisedSince: async () => null,
      cancels: new CancelNotices(new AgentLinks()),
      work: new WorkBoard(),
      matchmaker: new Matchmaker({
        clock: this.clock,
        simulated: 'allowed',
        familiar: new FamiliarAgents(),
        lease: () => Promise.reject(new Error('the test leases by itself')),
      }),
      wakePayouts: () => undefined,
      wakeDependencies: () => undefined,
    };
  }

  async open(): Promise<this> {
    this.accountId = await this.world.openAccount();
    for (let i = 0; i < 3; i += 1) this.agentIds.push(await this.world.registerAgent());
    return this;
  }

  async close(): Promise<void> {
    this.deps.matchmaker.stop();
    await this.store.close();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.world.nowMs = this.clock.nowMs();
  }

  async post(changed: (spec: JobRow['spec']) => Partial<JobRow['spec']> = () => ({})) {
    const posting = this.world.posting(this.accountId);
    const spec = { ...posting.job.spec, ...changed(posting.job.spec) };
    const { job } = await this.store.postJob({ ...posting, job: { ...posting.job, spec } });
    return job;
  }

  async lease(jobId: string, agent = 0): Promise<ExecutionRow | null> {
    const claim = this.world.claim(jobId, this.agentIds[agent] ?? '');
    return (await this.store.claimJob(claim))?.execution ?? null;
  }

  accept(execution: ExecutionRow) {
    return acceptExecution(this.deps, fenceOf(execution), execution.agentId);
  }

  start(execution: ExecutionRow) {
    const progress = {
      phase: 'running' as const,
      isolation: null,
      imageDigest: null,
      imagePull: null,
    };
    return reportProgress(this.deps, fenceOf(execution), execution.agentId, progress);
  }

  report(execution: ExecutionRow, result: Partial<ExecutionResult>) {
    const whole = { ...successResult, ...result };
    return reportResult(this.deps, fenceOf(execution), execution.agentId, whole);
  }

  release(execution: ExecutionRow) {
    return releaseExecution(this.deps, fenceOf(execution), execution.agentId);
  }

  /** Lets so much time pass, and nothing else happen but what the marketplace does by itself. */
  async pass(ms: number): Promise<void> {
    this.advance(ms);
    await sweepDeadlines(this.deps);
    while ((await settleDependencies(this.deps)) > 0);
  }

  async openJobs(): Promise<JobRow[]> {
    const page = { accountId: this.accountId, beforeJobId: null, limit: 100 };
    return this.store.listJobs({ ...page, states: ['queued', 'assigned', 'running'] });
  }
}

let endings: Endings;
beforeEach(async () => {
  endings = await new Endings().open();
});
afterEach(() => endings.close());

const failed = { outcome: 'failed', exitCode: null } as const;

/** Starts a job on one agent and reports how it ended; the reason is the job's or the attempt's. */
async function reported(result: Partial<ExecutionResult>, spec = {}): Promise<JobRow> {
  const job = await endings.post(() => spec);
  const execution = await endings.lease(job.jobId);
  if (execution === null) throw new Error('a fresh job can be claimed');
  await endings.accept(execution);
  await endings.start(execution);
  await endings.report(execution, result);
  return job;
}

async function leased(steps: 'leased' | 'accepted' | 'running') {
  const job = await endings.post();
  const execution = await endings.lease(job.jobId);
  if (execution === null) throw new Error('a fresh job can be claimed');
  if (steps !== 'leased') await endings.accept(execution);
  if (steps === 'running') await endings.start(execution);
  return { job, execution };
}

/** The lease holds, whatever else runs out. */
async function keepLease({ executionId, agentId }: ExecutionRow) {
  const execution = await endings.store.execution(executionId);
  if (execution === null) throw new Error('the execution is stored');
  await endings.store.renewLeases(agentId, [fenceOf(execution)], Number.MAX_SAFE_INTEGER);
}

const weekMs = 7 * 86_400_000;

/** How each reason comes about. */
const stories: Record<Reason, () => Promise<JobRow>> = {
  exited: () => reported({}),
  nonzero_exit: () => reported({ ...failed, reason: 'nonzero_exit', exitCode: 1 }),
  out_of_memory: () => reported({ ...failed, reason: 'out_of_memory' }),
  run_timeout: () => reported({ outcome: 'timed_out', reason: 'run_timeout', exitCode: null }),
  disk_exceeded: () => reported({ ...failed, reason: 'disk_exceeded' }),
  image_not_found: () => reported({ ...failed, reason: 'image_not_found', started: false }),
  command_not_found: () => reported({ ...failed, reason: 'command_not_found', started: false }),
  request_invalid: () => reported({ ...failed, reason: 'request_invalid', started: false }),
  input_unavailable: () => reported({ ...failed, reason: 'input_unavailable', started: false }),
  output_missing: () => reported({ ...failed, reason: 'output_missing', exitCode: 0 }),
  output_rejected: () => reported({ ...failed, reason: 'output_rejected', exitCode: 0 }),
  image_pull_failed: () => reported({ ...failed, reason: 'image_pull_failed', started: false }),
  engine_error: () => reported({ ...failed, reason: 'engine_error' }),
  gpu_error: () => reported({ ...failed, reason: 'gpu_error' }),
  agent_restarted: () => reported({ ...failed, reason: 'agent_restarted' }),
  cap_reached() {
    const money = (amount: string) => ({ amount, asset: 'USDC' as const });
    const price = { kind: 'metered', bidPerGpuHour: money('1'), cap: money('0.001') } as const;
    const result = { outcome: 'timed_out', reason: 'run_timeout', exitCode: null } as const;
    return reported(result, { price });
  },
  async no_progress() {
    const { limits: jobLimits } = (await endings.post()).spec;
    const result = { outcome: 'timed_out', reason: 'no_progress', exitCode: null } as const;
    return reported(result, { limits: { ...jobLimits, progressSec: 5 } });
  },
  async cancelled_by_requester() {
    const job = await endings.post();
    await cancelJob(endings.deps, job.jobId, 'requester');
    return job;
  },
  async queue_timeout() {
    const job = await endings.post();
    await endings.pass(weekMs);
    return job;
  },
  async offer_not_accepted() {
    const { job } = await leased('leased');
    await endings.pass(limits.offerAcceptMs);
    return job;
  },
  async released_by_agent() {
    const { job, execution } = await leased('accepted');
    await endings.release(execution);
    return job;
  },
  async agent_removed() {
    const { job, execution } = await leased('running');
    const { agentId } = execution;
    await endExecutionsOf(endings.deps, { agentId, by: 'operator', reason: 'a test' });
    return job;
  },
  async preempted() {
    const { job, execution } = await leased('running');
    const preemption = {
      executionId: execution.executionId,
      nowMs: endings.clock.nowMs(),
    };
    await endings.store.changeJob(job.jobId, (found) => decidePreemption(found, preemption));
    const stopped = { outcome: 'cancelled', reason: 'cancelled_by_requester' } as const;
    await endings.report(execution, { ...stopped, exitCode: null });
    return job;
  },
  async lease_expired() {
    const { job } = await leased('running');
    await endings.pass(limits.leaseMs + limits.leaseGraceMs);
    return job;
  },
  async prepare_timeout() {
    const { job, execution } = await leased('accepted');
    await keepLease(execution);
    await endings.pass(weekMs);
    return job;
  },
  async result_overdue() {
    const { job, execution } = await leased('running');
    await keepLease(execution);
    await endings.pass(weekMs);
    return job;
  },
  async marketplace_error() {
    const { job } = await leased('running');
    await failJob(endings.deps, job.jobId, 'a test');
    return job;
  },
  async dependency_failed() {
    const needed = await endings.post();
    const after = [{ jobId: needed.jobId, condition: 'succeeded' as const }];
    const job = await endings.post(() => ({ after }));
    await cancelJob(endings.deps, needed.jobId, 'requester');
    await endings.pass(0);
    return job;
  },
  async poison() {
    const job = await endings.post();
    for (const agent of [0, 1, 2]) {
      endings.advance(limits.retryBackoffMaxMs);
      const execution = await endings.lease(job.jobId, agent);
      if (execution === null) throw new Error('the job is due again');
      await endings.start(execution);
      await endings.report(execution, { ...failed, reason: 'gpu_error' });
    }
    return job;
  },
  async result_reused() {
    const reuse = { cacheKey: 'key', finishedAfterMs: 0 };
    const keyed = (): JobPosting => {
      const posting = endings.world.posting(endings.accountId);
      return { ...posting, job: { ...posting.job, cacheKey: 'key' }, reuse };
    };
    const first = await endings.store.postJob(keyed());
    const execution = await endings.lease(first.job.jobId);
    if (execution === null) throw new Error('a fresh job can be claimed');
    await endings.start(execution);
    await endings.report(execution, {});
    return (await endings.store.postJob(keyed())).job;
  },
};

describe('every reason', () => {
  it.each(reasonNames)('%s comes about', async (reason) => {
    const { jobId } = await stories[reason]();
    const job = await endings.store.job(jobId);
    const executions = await endings.store.executionsOfJob(jobId);
    expect([job?.reason, ...executions.map((execution) => execution.reason)]).toContain(reason);
    expect(await endings.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  });
});

/** What can happen to one of a few jobs; what does not fit its state is refused, and that is fine. */
const step = fc.record({
  what: fc.constantFrom(
    'post',
    'chain',
    'lease',
    'accept',
    'start',
    'collect',
    'log',
    'succeed',
    'fail',
    'release',
    'cancel',
    'pass',
  ),
  which: fc.nat(4),
  agent: fc.nat(2),
  ms: fc.constantFrom(0, 500, 15_000, 60_000, 400_000, 4_000_000),
  reason: fc.constantFrom<Reason>('engine_error', 'gpu_error', 'image_pull_failed', 'nonzero_exit'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(given: Endings, { what, which, agent, ms, reason }: Step): Promise<void> {
  const jobs = (await given.openJobs()).toReversed();
  const job = jobs[which % Math.max(1, jobs.length)];
  if (what === 'pass') return given.pass(ms);
  if (what === 'post' || job === undefined) {
    const progressSec = which % 2 === 0 ? 5 : null;
    await given.post((spec) => ({ limits: { ...spec.limits, progressSec } }));
    return;
  }
  const { jobId, executionId } = job;
  const condition = which % 2 === 0 ? 'succeeded' : 'ended';
  if (what === 'chain') await given.post(() => ({ after: [{ jobId, condition }] }));
  if (what === 'lease') await given.lease(jobId, agent);
  if (what === 'cancel') await cancelJob(given.deps, jobId, 'requester');
  const execution = executionId === null ? null : await given.store.execution(executionId);
  if (execution === null || execution.finishedAtMs !== null) return;
  if (what === 'accept') await given.accept(execution);
  if (what === 'start') await given.start(execution);
  if (what === 'collect') {
    const progress = {
      phase: 'collecting' as const,
      isolation: null,
      imageDigest: null,
      imagePull: null,
    };
    await reportProgress(given.deps, fenceOf(execution), execution.agentId, progress);
  }
  if (what === 'log') await given.world.log(execution, execution.logSeq + 1, ['a line']);
  if (what === 'succeed') await given.report(execution, {});
  if (what === 'fail') await given.report(execution, { ...failed, reason });
  if (what === 'release') await given.release(execution);
}

describe('every job', () => {
  it('ends when all its deadlines pass, whatever has happened to it before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const given = await new Endings().open();
        try {
          for (const one of steps) await take(given, one);
          let rounds = 0;
          // Longer than every deadline. Taken from an agent it is queued again, and then expires;
          // of those that wait for it, each link of the chain does the same in its turn.
          const longest = 2 * ((await given.openJobs()).length + 1);
          while ((await given.openJobs()).length > 0) {
            expect(rounds).toBeLessThan(longest);
            rounds += 1;
            await given.pass(weekMs);
          }
          // The last one may have ended by itself, with only cancelled jobs waiting for it.
          await given.pass(0);
          expect(await given.store.liveExecutions(null)).toEqual([]);
          expect(await given.store.endedDependencies(1)).toEqual([]);
          expect(await given.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
        } finally {
          await given.close();
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
