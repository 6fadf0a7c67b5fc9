import type { Clock } from '@node3/shared/clock';
import type { ImagePull } from '@node3/shared/image-pull';
import { limits } from '@node3/shared/limits';
import { currentTraceparent } from '@node3/shared/log-context';
import type { Logger } from '@node3/shared/logger';
import { type Tracer, traced } from '@node3/shared/tracing';
import type { RunMeter } from '../economics/run-meter.ts';
import type { ExecutionInput, PreparedImage, PrepareProgress } from '../executors/executor.ts';
import { type FileDeps, fetchInputs } from '../files/fetch-inputs.ts';
import type { Journal } from '../journal/journal.ts';
import type { LeaseClock } from '../marketplace-link/lease-clock.ts';
import type { AgentMeasures } from '../observability/agent-measures.ts';
import { type Ending, endBeforeStart, endWithFailure } from './ending.ts';
import type { LiveExecution } from './live-execution.ts';
import type { LogSpool } from './log-spool.ts';

export interface StartDeps {
  measures: AgentMeasures;
  meter: RunMeter;
  tracer: Tracer | null;
  journal: Journal;
  leases: LeaseClock;
  clock: Clock;
  log: Logger;
  /** Where secrets of jobs lie on this machine. */
  secretsPlace: 'memory' | 'disk' | null;
  files: FileDeps;
  /** Aborts when the process is going away: workloads stay, nothing more is decided. */
  shutdown: AbortSignal;
  /** The engine failed where it should not. */
  onEngineTrouble(): void;
  /** The journal has news about this execution. */
  onChange(executionId: string): void;
  /** The image of this execution has come so far. */
  onImagePull(executionId: string, imagePull: ImagePull): void;
  /** The journal has new log lines of this execution. */
  onLines(executionId: string): void;
}

/** How far a pull is, is told no more often; a person looks at it about so often. */
const pullTellMs = 2_000;

/**
 * Pulls the image and starts the workload. The journal says `starting` before the engine is asked,
 * and says it once: after a crash in between, the engine's word decides, never a second start.
 * @returns null when the workload runs.
 */
export async function prepareAndStart(
  deps: StartDeps,
  live: LiveExecution,
  spool: LogSpool,
): Promise<Ending | null> {
  const { executor, isolation, request } = live.facts;
  const { executionId } = live;
  if (live.cause !== null) return endBeforeStart(live.cause);
  deps.journal.recordPreparing(executionId, executor.name, isolation);
  deps.onChange(executionId);
  const image = await prepareImage(deps, live, spool);
  if ('kind' in image) return image;
  deps.journal.recordPrepared(executionId, image.imageDigest);
  if (!deps.leases.isLive(executionId)) live.stop('lease-expired');
  if (live.cause !== null) return endBeforeStart(live.cause);
  tellOfSecrets(deps, live, spool);
  const inputs = await bringInputs(deps, live, spool);
  if ('kind' in inputs) return inputs;
  if (!deps.leases.isLive(executionId)) live.stop('lease-expired');
  if (live.cause !== null) return endBeforeStart(live.cause);
  deps.journal.recordStarting(executionId, isShut(live) ? 'with the next' : 'now');
  try {
    const { startedAtMs } = await traced(
      deps.tracer,
      { name: 'execution.create', kind: 'internal', parent: currentTraceparent() },
      () => executor.start({ ...request, inputs: [...request.inputs, ...inputs] }),
    );
    deps.journal.recordStarted(executionId, startedAtMs);
  } catch (error) {
    return failStart(deps, error);
  }
  deps.onChange(executionId);
  return null;
}

/** Whether a workload can reach nothing and nobody while it runs. */
function isShut({ facts: { executor, request } }: LiveExecution): boolean {
  return executor.isolation !== 'native' && request.network === 'none';
}

/** An engine that failed one job is looked at before it gets the next. */
function failStart(deps: StartDeps, error: unknown): Ending {
  const ending = endWithFailure(error);
  if (ending.kind === 'failed' && ending.reason === 'engine_error') deps.onEngineTrouble();
  return ending;
}

/** What the requester has to know of how its secrets are kept here. */
function tellOfSecrets(
  { secretsPlace }: StartDeps,
  { facts: { request, secretValues } }: LiveExecution,
  spool: LogSpool,
): void {
  const short = secretValues.filter((value) => value.length < limits.secretChars).length;
  if (short > 0) {
    spool.say(
      `[${short} secret values are shorter than ${limits.secretChars} characters: not masked]`,
    );
  }
  if (request.secretFiles !== undefined && secretsPlace === 'disk') {
    spool.say('[the files of the secrets lie on the disk of this machine, not in its memory]');
  }
}

async function prepareImage(
  deps: StartDeps,
  live: LiveExecution,
  spool: LogSpool,
): Promise<PreparedImage | Ending> {
  const { executor, request, spec } = live.facts;
  const pullLimit = AbortSignal.timeout(spec.limits.pullSec * 1000);
  const signal = AbortSignal.any([live.signal, pullLimit, deps.shutdown]);
  const tellProgress = pullTeller(deps, live, spool);
  try {
    const startedMs = deps.clock.monotonicMs();
    const image = await traced(
      deps.tracer,
      { name: 'execution.pull', kind: 'internal', parent: currentTraceparent() },
      () => executor.prepare(request, signal, tellProgress),
    );
    if (image.pulled) deps.measures.pulled((deps.clock.monotonicMs() - startedMs) / 1_000);
    return deps.shutdown.aborted ? { kind: 'left' } : image;
  } catch (error) {
    if (deps.shutdown.aborted) return { kind: 'left' };
    if (live.cause !== null) return endBeforeStart(live.cause);
    if (pullLimit.aborted) {
      const detail = `The image was not there after ${spec.limits.pullSec} s.`;
      return { kind: 'failed', reason: 'image_pull_failed', detail, started: false };
    }
    deps.log.warn({ err: error, executionId: live.executionId }, 'workload could not be prepared');
    return failStart(deps, error);
  }
}

/** Files that the spec only names; the job's time for its preparation holds for them, too. */
async function bringInputs(
  deps: StartDeps,
  live: LiveExecution,
  spool: LogSpool,
): Promise<ExecutionInput[] | Ending> {
  const limit = AbortSignal.timeout(live.facts.spec.limits.pullSec * 1000);
  const signal = AbortSignal.any([live.signal, limit, deps.shutdown]);
  try {
    return await fetchInputs(deps.files, live, signal, (sentence) => spool.say(sentence));
  } catch (error) {
    if (deps.shutdown.aborted) return { kind: 'left' };
    if (live.cause !== null) return endBeforeStart(live.cause);
    deps.log.warn({ err: error, executionId: live.executionId }, 'inputs could not be fetched');
    if (!limit.aborted) return endWithFailure(error);
    const detail = `The inputs were not there after ${live.facts.spec.limits.pullSec} s.`;
    return { kind: 'failed', reason: 'input_unavailable', detail, started: false };
  }
}

/** Tells the requester of a pull: its beginning and its end in the log, the rest as it goes. */
function pullTeller(
  deps: StartDeps,
  { executionId, facts }: LiveExecution,
  spool: LogSpool,
): (progress: PrepareProgress) => void {
  const { image } = facts.spec.workload;
  let toldAtMs: number | null = null;
  let last: ImagePull | null = null;
  const tell = (pull: ImagePull) => deps.onImagePull(executionId, pull);
  return (progress) => {
    if (progress.phase === 'ready') {
      if (toldAtMs === null) return;
      if (last !== null) tell(last);
      spool.say(`Image ${image} is ready.`);
      return;
    }
    const { phase: _, ...pull } = progress;
    last = pull;
    const nowMs = deps.clock.monotonicMs();
    if (toldAtMs === null) spool.say(`Pulling image ${image}`);
    else if (nowMs - toldAtMs < pullTellMs) return;
    toldAtMs = nowMs;
    last = null;
    tell(pull);
  };
}
