import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import type { ExecutionOutcome, ExecutionUsage } from '../executor.ts';
import { classifyExit, type StopCause } from '../exit-reason.ts';
import { collectOutput } from './collect-output.ts';
import type { ContainerFacts } from './container-labels.ts';
import { readOutputBytes, type UsageDeps } from './container-usage.ts';

export interface EndedContainer {
  facts: ContainerFacts;
  /** Why we ended it; null when it ended by itself or under an earlier process of the agent. */
  stopCause: StopCause | null;
  usage: ExecutionUsage | null;
}

/** Asks the engine about an ended container and collects its result. */
export async function describeOutcome(
  deps: UsageDeps & { log: Logger },
  container: Docker.Container,
  ended: EndedContainer,
): Promise<ExecutionOutcome> {
  const { facts, usage } = ended;
  const { State } = await container.inspect();
  const startedAtMs = readEngineTime(State.StartedAt);
  const finishedAtMs = readEngineTime(State.FinishedAt);
  const runMs =
    startedAtMs === null || finishedAtMs === null ? null : Math.max(0, finishedAtMs - startedAtMs);
  const stopCause = ended.stopCause ?? (await findDiskCause(deps, facts));
  const { reason, signal, detail } = classifyExit({
    exitCode: State.Running ? null : State.ExitCode,
    oomKilled: State.OOMKilled,
    runMs,
    runLimitMs: facts.runMs,
    stopCause,
    engineMessage: State.Error === '' ? null : State.Error,
  });
  return {
    exitCode: State.Running ? null : State.ExitCode,
    signal,
    oomKilled: State.OOMKilled,
    timedOut: reason === 'run_timeout',
    cancelled: reason === 'cancelled',
    startedAtMs,
    finishedAtMs,
    runMs,
    peakMemoryBytes: usage?.peakMemoryBytes ?? null,
    cpuMs: usage?.cpuMs ?? null,
    output: reason === 'out_of_disk' ? null : await collectOutput(container),
    reason,
    detail,
  };
}

/** Between two measurements a short job can write too much and end: it is measured once more. */
async function findDiskCause(
  deps: UsageDeps & { log: Logger },
  facts: ContainerFacts,
): Promise<StopCause | null> {
  try {
    const bytes = await readOutputBytes(deps, facts.executionId, facts.diskBytes);
    return bytes !== null && bytes > facts.diskBytes ? { kind: 'out_of_disk' } : null;
  } catch (error) {
    deps.log.warn({ err: error, executionId: facts.executionId }, 'output was not measured');
    return null;
  }
}

/** The engine writes year 1 for "never". */
export function readEngineTime(text: string | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) || ms <= 0 ? null : ms;
}
