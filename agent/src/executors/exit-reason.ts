import { constants } from 'node:os';
import { assertNever } from '@node3/shared/assert';
import type { OutcomeReason } from './executor.ts';

/** Why the executor itself ended a workload. */
export type StopCause =
  | { kind: 'cancelled'; why: string }
  | { kind: 'run_timeout' }
  | { kind: 'out_of_disk' }
  | { kind: 'machine_disk_full' };

export interface ExitFacts {
  exitCode: number | null;
  oomKilled: boolean;
  runMs: number | null;
  runLimitMs: number;
  stopCause: StopCause | null;
  /** What the engine says about a workload it could not run. */
  engineMessage: string | null;
  /** Whether the engine or somebody at this machine ended the workload, which we did not ask for. */
  engineEndedIt?: boolean;
}

export interface ExitReason {
  reason: OutcomeReason;
  signal: string | null;
  detail: string;
}

/** A command that can't be run has ended by then. */
const unrunWithinMs = 2_000;

const signalNames = new Map(Object.entries(constants.signals).map(([name, code]) => [code, name]));

/** 128 + n is how shells and container runtimes report death by signal n. */
export function signalOfExitCode(exitCode: number | null): string | null {
  if (exitCode === null || exitCode <= 128 || exitCode > 128 + 64) return null;
  return signalNames.get(exitCode - 128) ?? null;
}

/** Turns the facts of an end into the one reason that decides who pays. */
export function classifyExit(facts: ExitFacts): ExitReason {
  const signal = signalOfExitCode(facts.exitCode);
  const { stopCause } = facts;
  if (stopCause !== null) return { signal, ...describeStop(stopCause, facts.runLimitMs) };
  if (facts.oomKilled) {
    return { signal, reason: 'out_of_memory', detail: 'The job used more memory than its limit.' };
  }
  if (facts.exitCode === 0) return { signal, reason: 'exited', detail: 'The job ended by itself.' };
  // After a restart of the agent nobody remembers the kill, but its time and signal are known.
  const outOfTime = facts.runMs !== null && facts.runMs >= facts.runLimitMs;
  if (outOfTime && (signal === 'SIGKILL' || signal === 'SIGTERM')) {
    return { signal, ...describeStop({ kind: 'run_timeout' }, facts.runLimitMs) };
  }
  if (facts.engineEndedIt === true) {
    const detail =
      'The job was stopped on the provider’s machine, such as by its container engine.';
    return { signal, reason: 'engine_error', detail };
  }
  const isUnrunCode = facts.exitCode === 126 || facts.exitCode === 127;
  if (isUnrunCode && isUnrun(facts)) {
    const said = facts.engineMessage === null ? '' : ` ${facts.engineMessage}`;
    const detail = `The command could not be run (exit code ${facts.exitCode}).${said}`;
    return { signal, reason: 'command_not_found', detail };
  }
  if (facts.exitCode === null) {
    const detail = facts.engineMessage ?? 'The engine lost the workload.';
    return { signal, reason: 'engine_error', detail };
  }
  const how = signal === null ? `with code ${facts.exitCode}` : `by ${signal}`;
  const meaning = isUnrunCode ? ', which shells give for a command that they can’t run' : '';
  return { signal, reason: 'nonzero_exit', detail: `The job ended ${how}${meaning}.` };
}

/** By the end alone a command that can't be run looks like a program that ends with the same code. */
function isUnrun({ engineMessage, runMs }: ExitFacts): boolean {
  return engineMessage !== null || runMs === null || runMs < unrunWithinMs;
}

function describeStop(cause: StopCause, runLimitMs: number): Omit<ExitReason, 'signal'> {
  switch (cause.kind) {
    case 'cancelled':
      return { reason: 'cancelled', detail: cause.why };
    case 'run_timeout': {
      const detail = `The job ran longer than its limit of ${runLimitMs / 1000} s.`;
      return { reason: 'run_timeout', detail };
    }
    case 'out_of_disk':
      return { reason: 'out_of_disk', detail: 'The job wrote more output than its disk limit.' };
    case 'machine_disk_full':
      return { reason: 'engine_error', detail: 'The provider’s disk was about to be full.' };
    default:
      return assertNever(cause);
  }
}
