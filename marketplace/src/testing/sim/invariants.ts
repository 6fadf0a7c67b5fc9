import { isTerminalExecution } from '@node3/shared/execution-state';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { heldForJob } from '../../domain/ledger-accounts.ts';
import type { ExecutionRow, JobRow, LedgerEntryRow } from '../../store/rows.ts';
import type { Store } from '../../store/store.ts';
import { dependencyProblems } from './dependency-problems.ts';
import { EventReplay } from './event-replay.ts';
import type { Machine } from './machine.ts';
import type { SimMarket } from './sim-market.ts';
import type { SimChain } from './sim-rail.ts';
import { simEpochMs, type VirtualTime } from './virtual-time.ts';
import type { SimWitness } from './witness.ts';

export interface InvariantDeps {
  time: VirtualTime;
  market: SimMarket;
  chain: SimChain;
  witness: SimWitness;
  machines: readonly Machine[];
  accountIds: readonly string[];
  findings: Set<string>;
}

/** More than any run makes. */
const everything = 100_000;
/** A cancelled workload is dead one lease after everybody is awake and connected, and a little. */
const cancelledDeadMs = limits.leaseMs + 15_000;

/** What must hold at every moment, whatever goes wrong. */
export class Invariants {
  readonly #deps: InvariantDeps;
  readonly #terminal = new Map<string, string>();
  readonly #overs = new Map<string, string>();
  readonly #held = new Map<string, bigint>();
  readonly #replay = new EventReplay();
  #eventSeq = 0;
  #entry = 0;
  #calmSinceMs: number | null = null;
  checks = 0;

  constructor(deps: InvariantDeps) {
    this.#deps = deps;
  }

  calm(): void {
    this.#calmSinceMs = this.#deps.time.monotonicMs();
  }

  /** Compares what is on the disk with what was promised, and with what it was before. */
  async check(): Promise<void> {
    this.#checkCancelled();
    const running = this.#deps.market.running;
    if (running === null) return;
    this.checks += 1;
    const { rawStore: store, core } = running;
    const jobs = await jobsOf(store, this.#deps.accountIds);
    const executions = new Map<string, ExecutionRow[]>();
    for (const { jobId } of jobs.values())
      executions.set(jobId, await store.executionsOfJob(jobId));
    await this.#readLedger(store);
    await this.#readEvents(store);
    for (const job of jobs.values())
      await this.#checkJob(store, job, executions.get(job.jobId) ?? []);
    this.#checkPromises(jobs, executions);
    this.#checkDevices([...executions.values()].flat());
    this.#checkChain();
    const claimable = [...jobs.values()].filter(
      ({ state, dependenciesOpen }) => state === 'queued' && dependenciesOpen === 0,
    );
    // One of several processes hears of the others' jobs a little later.
    const { openCount } = core.matchmaker;
    if (core.replicaId === null && openCount !== claimable.length) {
      this.#find(`the index has ${openCount} jobs, the store ${claimable.length}`);
    }
    for (const problem of dependencyProblems(jobs, executions)) this.#find(problem);
  }

  /** The whole ledger, recomputed. */
  async checkLedger(): Promise<void> {
    const { problems } = (await this.#deps.market.running?.rawStore.verifyLedger()) ?? {
      problems: [],
    };
    for (const problem of problems) this.#find(`ledger: ${problem}`);
  }

  /** I3, I4, I8, I9 and the events of one job. */
  async #checkJob(store: Store, job: JobRow, executions: readonly ExecutionRow[]): Promise<void> {
    const { jobId, state, price } = job;
    const isOver = isTerminalJob(state);
    const before = this.#terminal.get(jobId);
    const now = JSON.stringify([state, job.reason, job.exitCode, String(job.settlement.charged)]);
    if (before !== undefined && before !== now) this.#find(`${jobId} was ${before}, now ${now}`);
    if (isOver) this.#terminal.set(jobId, now);
    const held = this.#held.get(heldForJob(jobId)) ?? 0n;
    if (held !== (isOver ? 0n : price)) {
      this.#find(`${jobId} is ${state} and holds ${held} of ${price}`);
    }
    const attemptMax = Math.max(0, ...executions.map(({ attempt }) => attempt));
    if (attemptMax !== job.attempt) this.#find(`${jobId} counts ${job.attempt} of ${attemptMax}`);
    const live = executions.filter((execution) => !isTerminalExecution(execution.state));
    const isHeld = state === 'assigned' || state === 'running';
    if (live.length !== (isHeld ? 1 : 0)) {
      this.#find(`${jobId} is ${state} with ${live.length} live executions`);
    }
    await this.#checkSuccess(store, job, executions);
    const told = this.#replay.jobs.get(jobId);
    if (told?.state !== state || told.attempt !== job.attempt || told.live.size !== live.length) {
      this.#find(`${jobId} is ${state}, attempt ${job.attempt}; its events say ${told?.state}`);
    }
  }

  async #checkSuccess(
    store: Store,
    job: JobRow,
    executions: readonly ExecutionRow[],
  ): Promise<void> {
    const { jobId, state, executionId, settlement } = job;
    const succeeded = executions.filter((execution) => execution.state === 'succeeded');
    if (job.cachedFrom !== null) {
      if (executions.length > 0) this.#find(`${jobId} has the result of another, and ran itself`);
      return;
    }
    if (state !== 'succeeded') {
      if (succeeded.length > 0) this.#find(`${jobId} is ${state}, but an execution succeeded`);
      return;
    }
    const [only] = succeeded;
    if (
      succeeded.length !== 1 ||
      only?.executionId !== executionId ||
      only?.attempt !== job.attempt
    ) {
      this.#find(`${jobId} succeeded by another attempt than its last one`);
    }
    const payout = await store.payoutOfExecution(executionId ?? '');
    if (payout === null || payout.amount !== settlement.providerShare) {
      this.#find(`${jobId} succeeded and ${payout?.amount ?? 'nothing'} is to be paid`);
    }
  }

  /** I1, I6 and I12 on the marketplace's side: nothing that was acknowledged is gone. */
  #checkPromises(jobs: Map<string, JobRow>, byJob: Map<string, ExecutionRow[]>): void {
    const { witness } = this.#deps;
    for (const [key, jobId] of witness.posted) {
      if (!jobs.has(jobId)) this.#find(`${jobId}, acknowledged for ${key}, is lost`);
    }
    for (const jobId of witness.cancelled.keys()) {
      const job = jobs.get(jobId);
      if (job === undefined || isTerminalJob(job.state) || job.cancelRequestedAtMs !== null)
        continue;
      this.#find(`the acknowledged cancellation of ${jobId} is lost`);
    }
    for (const execution of [...byJob.values()].flat()) this.#checkExecution(execution);
  }

  #checkExecution(execution: ExecutionRow): void {
    const { witness } = this.#deps;
    const { executionId, state, reason, logSeq, finishedAtMs } = execution;
    const now = JSON.stringify([state, reason, execution.resultHash]);
    const before = this.#overs.get(executionId);
    if (before !== undefined && before !== now)
      this.#find(`${executionId} was ${before}, now ${now}`);
    if (isTerminalExecution(state)) this.#overs.set(executionId, now);
    if (witness.results.has(executionId) && execution.resultHash === null) {
      this.#find(`the acknowledged result of ${executionId} is lost`);
    }
    if (logSeq < (witness.logged.get(executionId) ?? 0)) {
      this.#find(`acknowledged lines of ${executionId} are lost`);
    }
    if (finishedAtMs === null || state !== 'lost') return;
    const endedMs = finishedAtMs - simEpochMs;
    const promisedMs = witness.promisedUntilMs.get(executionId) ?? 0;
    if (reason === 'lease_expired' && endedMs < promisedMs + limits.leaseGraceMs) {
      const early = promisedMs + limits.leaseGraceMs - endedMs;
      this.#find(`the live lease of ${executionId} was taken away ${early} ms early`);
    }
    if (reason === 'offer_not_accepted' && witness.accepted.has(executionId)) {
      this.#find(`${executionId} was accepted, and lost as not accepted`);
    }
  }

  #checkDevices(executions: readonly ExecutionRow[]): void {
    const users = new Map<string, string>();
    for (const { executionId, agentId, state, devices } of executions) {
      if (isTerminalExecution(state)) continue;
      for (const { id } of devices) {
        const device = `${agentId} ${id}`;
        const other = users.get(device);
        if (other !== undefined) this.#find(`device ${device} is in ${other} and ${executionId}`);
        users.set(device, executionId);
      }
    }
  }

  /** I2: by the chain's own list, not by our table. */
  #checkChain(): void {
    for (const [payoutId, times] of this.#deps.chain.landed) {
      if (times > 1) this.#find(`payout ${payoutId} landed ${times} times`);
    }
  }

  /** I7: no two machines that are awake believe that a job is theirs. Cheap enough for every event. */
  checkBelief(): void {
    const holders = new Map<string, string>();
    const nowMs = this.#deps.time.monotonicMs();
    for (const machine of this.#deps.machines) {
      const shutOutUntilMs = this.#deps.witness.shutOutUntilMs.get(machine.agentId) ?? 0;
      if (shutOutUntilMs >= nowMs) continue;
      for (const { jobId, executionId } of machine.believes()) {
        const other = holders.get(jobId);
        if (other !== undefined) this.#find(`${other} and ${executionId} both hold ${jobId}`);
        holders.set(jobId, executionId);
      }
    }
  }

  /** P14: once everybody is awake and connected, a cancelled workload lives for one lease at most. */
  #checkCancelled(): void {
    const { time, witness, machines } = this.#deps;
    if (this.#calmSinceMs === null) return;
    const nowMs = time.monotonicMs();
    for (const machine of machines) {
      for (const { jobId } of machine.workloads()) {
        const cancelledMs = witness.cancelled.get(jobId);
        if (cancelledMs === undefined) continue;
        const sinceMs = Math.max(cancelledMs, this.#calmSinceMs, machine.movesSinceMs);
        if (nowMs <= sinceMs + cancelledDeadMs) continue;
        this.#find(`${jobId} was cancelled and still runs on ${machine.name}`);
      }
    }
  }

  async #readEvents(store: Store): Promise<void> {
    const events = await store.eventsAfter(this.#eventSeq, everything);
    for (const event of events) this.#replay.add(event);
    this.#eventSeq = events.at(-1)?.seq ?? this.#eventSeq;
    for (const problem of this.#replay.problems) this.#find(problem);
  }

  async #readLedger(store: Store): Promise<void> {
    const entries = await store.ledgerEntries(this.#entry, everything);
    for (const entry of entries) this.#book(entry);
    this.#entry = entries.at(-1)?.entry ?? this.#entry;
  }

  #book({ debit, credit, amount }: LedgerEntryRow): void {
    this.#held.set(credit, (this.#held.get(credit) ?? 0n) + amount);
    const left = (this.#held.get(debit) ?? 0n) - amount;
    this.#held.set(debit, left);
    if (debit.startsWith('held:') && left < 0n) this.#find(`${debit} is below zero`);
  }

  #find(what: string): void {
    this.#deps.findings.add(what);
  }
}

async function jobsOf(store: Store, accountIds: readonly string[]): Promise<Map<string, JobRow>> {
  const jobs = new Map<string, JobRow>();
  for (const accountId of accountIds) {
    const listed = await store.listJobs({
      accountId,
      states: null,
      beforeJobId: null,
      limit: everything,
    });
    for (const job of listed) jobs.set(job.jobId, job);
  }
  return jobs;
}
