import { constants } from 'node:os';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import type { ExecutionOutcome, ExecutionUsage } from '../executor.ts';
import { classifyExit, type StopCause } from '../exit-reason.ts';
import { collectOutput } from './collect-output.ts';
import type { ContainerFacts } from './container-labels.ts';
import { readOutputBytes, type UsageDeps } from './container-usage.ts';
import { unusedExitCode } from './warm/warm-shape.ts';

export interface OutcomeDeps extends UsageDeps {
  clock: Clock;
  log: Logger;
}

export interface EndedContainer {
  facts: ContainerFacts;
  /** When its job began. */
  startedAtMs: number;
  /** Why we ended it; null when it ended by itself or under an earlier process of the agent. */
  stopCause: StopCause | null;
  usage: ExecutionUsage | null;
  /** Whether the engine stopped answering while the workload ran. */
  engineWasAway: boolean;
}

/** Asks the engine about an ended container and collects its result. */
export async function describeOutcome(
  deps: OutcomeDeps,
  container: Docker.Container,
  ended: EndedContainer,
): Promise<ExecutionOutcome> {
  const { facts, usage } = ended;
  const waited = facts.boxId !== facts.executionId;
  const { State } = await container.inspect();
  const startedAtMs = waited ? ended.startedAtMs : readEngineTime(State.StartedAt);
  const finishedAtMs = readEngineTime(State.FinishedAt);
  const runMs =
    startedAtMs === null || finishedAtMs === null ? null : Math.max(0, finishedAtMs - startedAtMs);
  const stopCause = ended.stopCause ?? (await findDiskCause(deps, facts));
  const engineEndedIt =
    stopCause === null &&
    (isKilled(State.ExitCode) || (waited && State.ExitCode === unusedExitCode)) &&
    (await findForeignKill(deps, container, ended));
  const { reason, signal, detail } = classifyExit({
    exitCode: State.Running ? null : State.ExitCode,
    oomKilled: State.OOMKilled,
    runMs,
    runLimitMs: facts.runMs,
    stopCause,
    engineMessage: State.Error === '' ? null : State.Error,
    engineEndedIt,
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
    output:
      reason === 'out_of_disk'
        ? null
        : await collectOutput(container, await findOwnFolder(deps, facts)),
    reason,
    detail,
  };
}

/** Podman shows nothing of a volume with a file system of its own once the container has ended. */
async function findOwnFolder(
  { fixedVolumes, volumesReachable }: OutcomeDeps,
  { boxId }: ContainerFacts,
): Promise<string | null> {
  return volumesReachable ? ((await fixedVolumes?.place(boxId)) ?? null) : null;
}

/** 255 is what an engine notes for a workload whose end it did not see. */
function isKilled(exitCode: number): boolean {
  return [255, 128 + constants.signals.SIGKILL, 128 + constants.signals.SIGTERM].includes(exitCode);
}

/**
 * Whether somebody on this machine ended the workload: an engine that shuts down stops its
 * containers, and a provider can do it by hand. Neither is the requester's doing. A workload that
 * kills itself leaves no such event; an engine that was away has forgotten its events.
 */
async function findForeignKill(
  deps: OutcomeDeps,
  container: Docker.Container,
  { engineWasAway }: EndedContainer,
): Promise<boolean> {
  if (engineWasAway) return true;
  const events = await deps.docker.getEvents({
    since: 0,
    until: Math.ceil(deps.clock.nowMs() / 1000),
    filters: { container: [container.id], event: ['kill'] },
  });
  let seen = false;
  for await (const chunk of events) seen ||= String(chunk).trim() !== '';
  return seen;
}

/** Between two measurements a short job can write too much and end: it is measured once more. */
async function findDiskCause(deps: OutcomeDeps, facts: ContainerFacts): Promise<StopCause | null> {
  try {
    const bytes = await readOutputBytes(deps, facts.boxId, facts.diskBytes);
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
