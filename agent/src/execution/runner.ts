import { currentTraceparent } from '@node3/shared/log-context';
import { traced } from '@node3/shared/tracing';
import { agentLimits } from '../agent-limits.ts';
import { deliverOutputs } from '../files/deliver-outputs.ts';
import type { Instant } from '../host-clock.ts';
import { type AcceptOfferDeps, acceptOffer } from './accept-offer.ts';
import { conclude } from './conclude.ts';
import type { Ending } from './ending.ts';
import { keepTrying } from './keep-trying.ts';
import type { LiveExecution } from './live-execution.ts';
import { LogSpool } from './log-spool.ts';
import { prepareAndStart, type StartDeps } from './prepare-and-start.ts';
import type { SecretRedactor } from './secret-redactor.ts';
import { superviseWorkload } from './supervise.ts';

export type RunnerDeps = StartDeps &
  AcceptOfferDeps & {
    /** Jobs that are under way on this machine. */
    liveJobs(): number;
  };

/** Where a story begins: with a fresh offer, before the start, or with what the engine still has. */
export type Beginning =
  | { kind: 'offer'; offeredAt: Instant }
  | { kind: 'prepare' }
  | { kind: 'find' };

/**
 * The one story of an execution: accept, prepare, run, collect; its end is in the journal when
 * this resolves, and nothing of it is left on the machine. Rejects only when the journal does.
 */
export async function runExecution(
  deps: RunnerDeps,
  live: LiveExecution,
  beginning: Beginning,
): Promise<void> {
  const { executionId } = live;
  const spool = new LogSpool({
    journal: deps.journal,
    clock: deps.clock,
    executionId,
    bytesMax: live.facts.spec.limits.logBytes,
    liveJobs: () => deps.liveJobs(),
    onLines: () => deps.onLines(executionId),
  });
  try {
    const early = await begin(deps, live, spool, beginning);
    // It may name what a program has named.
    const tell = (sentence: string) => spool.say(live.facts.redactor.redact(sentence));
    const raw =
      early ?? (await deliverOutputs(deps, live, await supervise(deps, live, spool), tell));
    const ending = withoutSecrets(raw, live.facts.redactor);
    if (ending.kind !== 'superseded') spool.flush();
    const result = conclude(deps, live.facts.offer, ending);
    if (ending.kind !== 'left') deps.measures.ended(result);
    deps.onChange(executionId);
    if (ending.kind !== 'left') await removeTraces(deps, live);
  } finally {
    spool.discard();
  }
}

async function supervise(deps: RunnerDeps, live: LiveExecution, spool: LogSpool): Promise<Ending> {
  const { deviceIds } = live.facts.offer;
  const stopped = deps.measures.runs(deviceIds);
  deps.meter.begin(live.executionId, deviceIds);
  try {
    return await traced(
      deps.tracer,
      { name: 'execution.run', kind: 'internal', parent: currentTraceparent() },
      () => superviseWorkload(deps, live, spool),
    );
  } finally {
    stopped();
  }
}

/** What a program gives back goes the same way as what it prints. */
function withoutSecrets(ending: Ending, redactor: SecretRedactor): Ending {
  if (ending.kind === 'failed') return { ...ending, detail: redactor.redact(ending.detail) };
  if (ending.kind !== 'outcome') return ending;
  const { outcome } = ending;
  const detail = redactor.redact(outcome.detail);
  return {
    ...ending,
    outcome: { ...outcome, detail, output: redactor.redactJson(outcome.output) },
  };
}

async function begin(
  deps: RunnerDeps,
  live: LiveExecution,
  spool: LogSpool,
  beginning: Beginning,
): Promise<Ending | null> {
  if (beginning.kind === 'find') return findWorkload(deps, live);
  if (beginning.kind === 'offer') {
    const answer = await acceptOffer(deps, live.facts.offer, beginning.offeredAt);
    if (answer === 'left') return { kind: 'left' };
    if (answer === 'refused') return { kind: 'superseded' };
    if (answer === 'unknown') return { kind: 'released' };
    deps.onChange(live.executionId);
  }
  return prepareAndStart(deps, live, spool);
}

/**
 * Takes over what an earlier process of this agent started. What the engine does not have any more
 * may have run, or may be about to: it is never started again here.
 */
async function findWorkload(deps: RunnerDeps, live: LiveExecution): Promise<Ending | null> {
  const { executionId } = live;
  const phase = deps.journal.find(executionId)?.phase;
  let found: Awaited<ReturnType<typeof live.facts.executor.adopt>> = null;
  const ended = await keepTrying({
    name: 'adopt',
    log: deps.log,
    intervalMs: agentLimits.engineRetryMs,
    signal: deps.shutdown,
    run: async () => {
      found = await live.facts.executor.adopt(executionId);
    },
  });
  if (ended === 'aborted') return { kind: 'left' };
  return decideFound(deps, live, found, phase === 'running');
}

function decideFound(
  deps: RunnerDeps,
  live: LiveExecution,
  found: { state: 'created' | 'running' | 'exited'; startedAtMs: number | null } | null,
  started: boolean,
): Ending | null {
  if (found === null || found.state === 'created') {
    const detail = 'The agent restarted and its engine does not have the workload any more.';
    return { kind: 'failed', reason: 'agent_restarted', detail, started };
  }
  deps.log.info({ executionId: live.executionId, state: found.state }, 'workload is taken over');
  deps.journal.recordStarted(live.executionId, found.startedAtMs ?? deps.clock.nowMs());
  deps.onChange(live.executionId);
  return null;
}

/** The machine is not free for the next job before the last one's traces are gone. */
async function removeTraces(deps: RunnerDeps, live: LiveExecution): Promise<void> {
  await deps.files.places.remove(live.executionId);
  if (deps.journal.find(live.executionId)?.executor === null) return;
  await keepTrying({
    name: 'remove',
    log: deps.log,
    intervalMs: agentLimits.engineRetryMs,
    signal: deps.shutdown,
    run: () => live.facts.executor.remove(live.executionId),
  });
}
