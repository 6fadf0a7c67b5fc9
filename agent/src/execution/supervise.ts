import { logMarks } from '@node3/shared/log-marks';
import { agentLimits } from '../agent-limits.ts';
import { ExecutionError } from '../executors/execution-error.ts';
import type {
  ExecutionOutcome,
  LineBlock,
  LogLine,
  LogOptions,
  StreamBytes,
} from '../executors/executor.ts';
import { type Ending, endAfterRun } from './ending.ts';
import { failureOf } from './execution-result.ts';
import { keepTrying } from './keep-trying.ts';
import { type LiveExecution, stopSentences } from './live-execution.ts';
import { LogFilter, showLine } from './log-filter.ts';
import type { LogSpool } from './log-spool.ts';
import type { StartDeps } from './prepare-and-start.ts';
import { type ProgressWatch, watchProgress } from './progress-watch.ts';
import { ReadPlace } from './read-place.ts';
import { atPlace, findResumePoint } from './resumed-lines.ts';

/** Stays with a running workload until it has ended, and stops it when told to. */
export async function superviseWorkload(
  deps: StartDeps,
  live: LiveExecution,
  spool: LogSpool,
): Promise<Ending> {
  const over = new AbortController();
  const untilOver = AbortSignal.any([over.signal, deps.shutdown]);
  const killing = killWhenStopped(deps, live, untilOver);
  const progress = watchFor(deps, live);
  const reading = readLogs(deps, live, { spool, progress }, untilOver);
  try {
    const outcome = await waitForOutcome(deps, live);
    if (outcome === 'left') return { kind: 'left' };
    await readToTheEnd(reading);
    return 'kind' in outcome ? outcome : endAfterRun(live.cause, outcome);
  } finally {
    progress?.stop();
    over.abort();
    await Promise.all([killing, reading]);
  }
}

/** null where the job may be silent. */
function watchFor({ clock, log }: StartDeps, live: LiveExecution): ProgressWatch | null {
  const { progressSec } = live.facts.spec.limits;
  if (progressSec === null) return null;
  return watchProgress({
    clock,
    silenceMs: progressSec * 1_000,
    onSilence() {
      log.info({ executionId: live.executionId, progressSec }, 'no progress');
      live.stop('no-progress');
    },
  });
}

/** An engine may restart under a running workload, so one error is not the end of it. */
async function waitForOutcome(
  deps: StartDeps,
  live: LiveExecution,
): Promise<ExecutionOutcome | Ending | 'left'> {
  let found: ExecutionOutcome | Ending | 'left' = 'left';
  let failingSinceMs: number | null = null;
  await keepTrying({
    name: 'wait',
    log: deps.log,
    intervalMs: agentLimits.engineRetryMs,
    signal: deps.shutdown,
    async run() {
      try {
        found = await live.facts.executor.wait(live.executionId, deps.shutdown);
      } catch (error) {
        if (deps.shutdown.aborted) return;
        deps.onEngineTrouble();
        const nowMs = deps.clock.monotonicMs();
        failingSinceMs ??= nowMs;
        const patient = nowMs - failingSinceMs < agentLimits.engineOutageMs;
        const definite = error instanceof ExecutionError && error.reason !== 'engine_error';
        if (patient && !definite) throw error;
        found = { kind: 'failed', ...failureOf(error), started: true };
      }
    },
  });
  return found;
}

/** Resolves when the workload is dead after a stop, or when nobody needs it dead any more. */
async function killWhenStopped(
  deps: StartDeps,
  live: LiveExecution,
  untilOver: AbortSignal,
): Promise<void> {
  await untilAborted(AbortSignal.any([live.signal, untilOver]));
  if (!live.signal.aborted || untilOver.aborted) return;
  const { cause, executionId } = live;
  if (cause === null) return;
  deps.log.info({ executionId, cause }, 'stopping workload');
  await keepTrying({
    name: 'cancel',
    log: deps.log,
    intervalMs: agentLimits.engineRetryMs,
    signal: untilOver,
    run: () => live.facts.executor.cancel(executionId, stopSentences[cause]),
  });
}

async function readLogs(
  deps: StartDeps,
  live: LiveExecution,
  { spool, progress }: { spool: LogSpool; progress: ProgressWatch | null },
  untilOver: AbortSignal,
): Promise<void> {
  const { executionId } = live;
  const known = deps.journal.find(executionId)?.lines;
  const place = new ReadPlace(known?.read ?? null);
  const resume = place.from === undefined ? findResumePoint(deps.journal, executionId) : atPlace;
  const filter = new LogFilter(live.facts.redactor);
  const keep = (line: LogLine) => {
    if (!resume.isRepeated(line)) spool.add(line);
  };
  spool.track(place);
  try {
    const take = (line: LogLine) => {
      if (untilOver.aborted) return;
      progress?.note();
      // What was read by the earlier process has had its place; it is looked at for what goes on.
      const isRead = resume.isBefore(line) || place.isBegun(line);
      const shown = isRead ? filter.push(line) : showLine(spool, filter, line);
      place.pass(line, shown, keep);
    };
    const takesBlock = (block: LineBlock) => {
      if (untilOver.aborted) return true;
      if (!resume.isAfter(block.atMs) || place.isBegun(block)) return false;
      if (!filter.isPlainBytes(block.bytes) || !spool.admitsBlock(block)) return false;
      progress?.note();
      place.passBlock(block, () => spool.addBlock(block));
      return true;
    };
    // Past the limit nothing is kept any more, and it was said.
    if (known?.truncated === true) return;
    const lastAtMs = deps.journal.tailLines(executionId, 1)[0]?.atMs;
    const options = optionsOf(place.from, { sinceMs: resume.sinceMs, lastAtMs });
    await live.facts.executor.logs(executionId, { ...options, takesBlock }, take, untilOver);
    if (!untilOver.aborted) filter.end().forEach(keep);
  } catch (error) {
    if (untilOver.aborted) return;
    deps.log.warn({ err: error, executionId }, 'reading the log failed');
    spool.say(`${logMarks.unreadable} the rest of the output]`);
  } finally {
    // Past the log limit, or with a log that can't be read, a busy program looks like a silent one.
    progress?.stop();
  }
}

function optionsOf(
  from: StreamBytes | undefined,
  { sinceMs, lastAtMs }: Record<'sinceMs' | 'lastAtMs', number | undefined>,
): LogOptions {
  if (from !== undefined) return lastAtMs === undefined ? { from } : { from, lastAtMs };
  return sinceMs === undefined ? {} : { sinceMs };
}

/** Logs are best effort: a reader that hangs must not hold back the result. */
async function readToTheEnd(reading: Promise<void>): Promise<void> {
  await Promise.race([reading, untilAborted(AbortSignal.timeout(agentLimits.logReadMs))]);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
