import { assert } from '@node3/shared/assert';
import type { ImagePull } from '@node3/shared/image-pull';
import type { ExecutionError } from '../execution-error.ts';
import type {
  ExecutionOutcome,
  ExecutionRequest,
  ExecutionUsage,
  Executor,
  ExecutorStatus,
  Isolation,
  LogLine,
  LogOptions,
  OwnedExecution,
  PreparedImage,
  PrepareProgress,
  StartedExecution,
} from '../executor.ts';
import { raceSignal } from '../race-signal.ts';

/** What one execution shall do. Whatever is asked for and not in the plan is a thrown error. */
export interface FakePlan {
  prepare: PreparedImage | ExecutionError;
  /** What is told of the pull, all at once; left out, nothing has to be pulled. */
  pulls?: readonly ImagePull[];
  start?: { startedAtMs: number } | ExecutionError;
  lines?: readonly LogLine[];
  /** The end; left out, the execution runs until `finish` or `cancel`. */
  outcome?: ExecutionOutcome;
  /** The end after a cancel. */
  outcomeOfCancel?: ExecutionOutcome;
  usage?: ExecutionUsage;
  /** Left out, it wrote nothing. */
  outputFolder?: string;
}

interface FakeExecution {
  request: ExecutionRequest;
  plan: FakePlan;
  state: OwnedExecution['state'];
  startedAtMs: number | null;
  end: PromiseWithResolvers<ExecutionOutcome>;
}

/**
 * An executor that does only what a test programmed, execution by execution. To play a restart
 * of the agent, go on using the same instance: it keeps its executions, as a machine would.
 */
export class FakeExecutor implements Executor {
  readonly name = 'fake';
  readonly isolation: Isolation = 'container';
  /** Every call in order, as `method executionId`. */
  readonly calls: string[] = [];
  readonly #plans = new Map<string, FakePlan>();
  readonly #executions = new Map<string, FakeExecution>();
  #status: ExecutorStatus | null = null;

  programProbe(status: ExecutorStatus): void {
    this.#status = status;
  }

  /** Programs one execution, or with `*` every one that has no plan of its own. */
  program(executionId: string, plan: FakePlan): void {
    this.#plans.set(executionId, plan);
  }

  /** Ends a running execution. */
  finish(executionId: string, outcome: ExecutionOutcome): void {
    const execution = this.#require(executionId);
    execution.state = 'exited';
    execution.end.resolve(outcome);
  }

  async probe(): Promise<ExecutorStatus> {
    assert(this.#status !== null, 'the fake executor has no programmed probe');
    return this.#status;
  }

  async prepare(
    request: ExecutionRequest,
    signal: AbortSignal,
    onProgress: (progress: PrepareProgress) => void,
  ): Promise<PreparedImage> {
    this.calls.push(`prepare ${request.executionId}`);
    signal.throwIfAborted();
    const { prepare, pulls = [] } = this.#plan(request.executionId);
    if (prepare instanceof Error) throw prepare;
    for (const pull of pulls) onProgress({ phase: 'pulling', ...pull });
    onProgress({ phase: 'ready' });
    return prepare;
  }

  async start(request: ExecutionRequest): Promise<StartedExecution> {
    const { executionId, limits } = request;
    this.calls.push(`start ${executionId}`);
    const plan = this.#plan(executionId);
    assert(plan.start !== undefined, `the fake executor has no programmed start of ${executionId}`);
    if (plan.start instanceof Error) throw plan.start;
    const { startedAtMs } = plan.start;
    const end = Promise.withResolvers<ExecutionOutcome>();
    this.#executions.set(executionId, { request, plan, state: 'running', startedAtMs, end });
    if (plan.outcome !== undefined) this.finish(executionId, plan.outcome);
    return { executionId, startedAtMs, deadlineAtMs: startedAtMs + limits.runMs };
  }

  async wait(executionId: string, signal: AbortSignal): Promise<ExecutionOutcome> {
    this.calls.push(`wait ${executionId}`);
    return await raceSignal(this.#require(executionId).end.promise, signal);
  }

  async cancel(executionId: string, why: string): Promise<void> {
    this.calls.push(`cancel ${executionId}`);
    const execution = this.#executions.get(executionId);
    if (execution === undefined || execution.state === 'exited') return;
    const { outcomeOfCancel } = execution.plan;
    assert(outcomeOfCancel !== undefined, `no programmed outcome for the cancel "${why}"`);
    this.finish(executionId, outcomeOfCancel);
  }

  async logs(
    executionId: string,
    options: LogOptions,
    sink: (line: LogLine) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    this.calls.push(`logs ${executionId}`);
    const { plan, end } = this.#require(executionId);
    for (const line of plan.lines ?? []) {
      if (signal.aborted) return;
      if (line.atMs >= (options.sinceMs ?? 0)) await sink(line);
    }
    await raceSignal(end.promise, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  async remove(executionId: string): Promise<void> {
    this.calls.push(`remove ${executionId}`);
    this.#executions.delete(executionId);
  }

  async list(): Promise<OwnedExecution[]> {
    return [...this.#executions.values()].map(describeOwned);
  }

  async adopt(executionId: string): Promise<OwnedExecution | null> {
    this.calls.push(`adopt ${executionId}`);
    const execution = this.#executions.get(executionId);
    return execution === undefined ? null : describeOwned(execution);
  }

  async outputFolder(executionId: string): Promise<string | null> {
    return this.#require(executionId).plan.outputFolder ?? null;
  }

  usage(executionId: string): ExecutionUsage | null {
    return this.#executions.get(executionId)?.plan.usage ?? null;
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }

  #plan(executionId: string): FakePlan {
    const plan = this.#plans.get(executionId) ?? this.#plans.get('*');
    assert(plan !== undefined, `the fake executor has no plan for ${executionId}`);
    return plan;
  }

  #require(executionId: string): FakeExecution {
    const execution = this.#executions.get(executionId);
    assert(execution !== undefined, `the fake executor never started ${executionId}`);
    return execution;
  }
}

function describeOwned({ request, state, startedAtMs }: FakeExecution): OwnedExecution {
  const { executionId, jobId, attempt } = request;
  return { executionId, jobId, attempt, state, startedAtMs };
}
