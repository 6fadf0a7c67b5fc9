import { isTerminalExecution } from '@node3/shared/execution-state';
import type { Logger } from '@node3/shared/logger';
import { isClaimable } from '../domain/dependencies.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { JobStore } from '../store/job-store.ts';
import type { EventRow, ExecutionRow, JobRow } from '../store/rows.ts';
import type { CancelNotices } from './cancel-notices.ts';
import type { WorkBoard } from './work-board.ts';

export interface JobSyncDeps {
  store: Pick<JobStore, 'job' | 'executionsById'>;
  matchmaker: Matchmaker;
  work: WorkBoard;
  cancels: Pick<CancelNotices, 'addHere'>;
  log: Logger;
}

/** Jobs whose rows are read at once. */
const pageMax = 200;
/** After a read that failed, until the next one. */
const againMs = 500;

/**
 * Makes what this process remembers of jobs equal to the store, after another replica has changed
 * them. A row that was read is taken only when nothing more happened to its job meanwhile: otherwise
 * it is read again, so that the last one taken is never older than the last change that is known.
 */
export class JobSync {
  readonly #deps: JobSyncDeps;
  readonly #jobs = new Set<string>();
  /** And whether somebody else than their agents has ended them. */
  readonly #executions = new Map<string, boolean>();
  #reading: ReadonlySet<string> = new Set();
  #running = false;
  #stopped = false;

  constructor(deps: JobSyncDeps) {
    this.#deps = deps;
  }

  /** Nothing waits to be looked at. */
  get isIdle(): boolean {
    return !this.#running && this.#jobs.size === 0 && this.#executions.size === 0;
  }

  /** Something happened to jobs elsewhere. */
  note(events: readonly Pick<EventRow, 'jobId' | 'executionId' | 'name' | 'actor'>[]): void {
    for (const { jobId, executionId, name, actor } of events) {
      if (jobId === null) continue;
      this.#jobs.add(jobId);
      if (executionId === null) continue;
      const isTaken = name === 'execution.ended' && !actor.startsWith('agent:');
      this.#executions.set(executionId, isTaken || this.#executions.get(executionId) === true);
    }
    if (this.#jobs.size > 0) this.#start();
  }

  /** This process has changed jobs: rows that are being read may be older than that. */
  noteOwn(events: readonly Pick<EventRow, 'jobId' | 'executionId' | 'name' | 'actor'>[]): void {
    const read = events.filter(({ jobId }) => jobId !== null && this.#reading.has(jobId));
    if (read.length > 0) this.note(read);
  }

  stop(): void {
    this.#stopped = true;
  }

  #start(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    // A turn later: whoever made the change in this process has drawn its own conclusions by then.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopped && this.#jobs.size + this.#executions.size > 0) await this.#page();
    } catch (error) {
      if (!this.#stopped) this.#deps.log.warn({ err: error }, 'jobs of other replicas not read');
      setTimeout(() => this.#start(), againMs).unref();
    } finally {
      this.#running = false;
      this.#reading = new Set();
    }
  }

  async #page(): Promise<void> {
    const jobIds = [...this.#jobs].slice(0, pageMax);
    const ended = [...this.#executions].slice(0, pageMax);
    for (const jobId of jobIds) this.#jobs.delete(jobId);
    for (const [executionId] of ended) this.#executions.delete(executionId);
    this.#reading = new Set(jobIds);
    try {
      const { store } = this.#deps;
      const rows = await Promise.all(jobIds.map((jobId) => store.job(jobId)));
      const jobs = new Map(
        rows.flatMap((job) => (job === null ? [] : [[job.jobId, job] as const])),
      );
      const held = [...jobs.values()].flatMap(({ executionId }) => executionId ?? []);
      const executionIds = new Set([...held, ...ended.map(([executionId]) => executionId)]);
      const executions = await store.executionsById([...executionIds]);
      const taken = new Map(ended);
      for (const execution of executions.values()) {
        const isTaken = taken.get(execution.executionId) === true;
        this.#takeExecution(
          execution,
          jobs.get(execution.jobId) ?? null,
          isTaken ? 'taken' : 'kept',
        );
      }
      for (const jobId of jobIds) this.#takeJob(jobId, jobs.get(jobId) ?? null);
    } catch (error) {
      for (const jobId of jobIds) this.#jobs.add(jobId);
      for (const [executionId, isTaken] of ended) this.#executions.set(executionId, isTaken);
      throw error;
    }
  }

  #takeJob(jobId: string, job: JobRow | null): void {
    // Changed while it was read: it is on the list again.
    if (this.#jobs.has(jobId)) return;
    if (job !== null && isClaimable(job)) this.#deps.matchmaker.addForeign(job);
    else this.#deps.matchmaker.removeJob(jobId);
  }

  #takeExecution(execution: ExecutionRow, job: JobRow | null, how: 'taken' | 'kept'): void {
    const { work, cancels } = this.#deps;
    const { agentId, attempt, executionId, preemptedAtMs } = execution;
    if (isTerminalExecution(execution.state)) {
      work.ended(execution);
      if (how === 'taken') cancels.addHere(agentId, executionId, attempt);
      return;
    }
    if (job === null || this.#jobs.has(job.jobId)) return;
    work.started(job, execution);
    if (preemptedAtMs !== null) work.stopping(execution);
    const isStopped = job.cancelRequestedAtMs !== null || preemptedAtMs !== null;
    if (isStopped) cancels.addHere(agentId, executionId, attempt);
  }
}
