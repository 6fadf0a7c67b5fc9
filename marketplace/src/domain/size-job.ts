import type { JobSpec } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { Sizing } from '@node3/shared/routes/explain';

/** How one job of a program ended that says something about what the program needs. */
export interface ProgramRun {
  spec: JobSpec;
  end: 'succeeded' | 'out_of_memory';
  /** Milliseconds; null where it was not measured. */
  runMs: number | null;
  /** Null where it was not measured. */
  peakMemoryBytes: number | null;
}

/** On top of the highest peak: memory differs from run to run. */
const peakMargin = 0.25;
/** On top of what was too little: nobody knows how much was missing. */
const oomMargin = 0.5;
/** On top of the longest run: another machine may be half as fast. */
const runMargin = 1;
const mib = 1024 ** 2;

/** Whether two jobs run the same program in the same image, whatever their input and environment. */
export function isSameProgram(one: JobSpec, other: JobSpec): boolean {
  return programOf(one) === programOf(other);
}

function programOf({ workload }: JobSpec): string {
  if (workload.kind === 'script') {
    const { image, language, code } = workload;
    return JSON.stringify([image, language, code]);
  }
  const { image, entrypoint = null, command = null } = workload;
  return JSON.stringify([image, { entrypoint, command }]);
}

/** What is in the stored text of every spec with the same program, and in few others. */
export function programMark({ workload }: JobSpec): string {
  if (workload.kind === 'script') return `"code":${JSON.stringify(workload.code)}`;
  const { image, command } = workload;
  if (command === undefined) return `"image":${JSON.stringify(image)}`;
  return `"command":${JSON.stringify(command)}`;
}

/**
 * What a job should ask for, from earlier runs of its program: a quarter more memory than the highest
 * peak of those that succeeded, half as much again as any that ran out of it had, and twice the time
 * of the longest. Null without such runs; a part is null where none of them was measured.
 */
export function sizeJob(runs: readonly ProgramRun[]): Sizing | null {
  if (runs.length === 0) return null;
  const succeeded = runs.filter(({ end }) => end === 'succeeded');
  const exhausted = runs.filter(({ end }) => end === 'out_of_memory');
  const peak = highest(succeeded.map((run) => run.peakMemoryBytes));
  const runMs = highest(succeeded.map((run) => run.runMs));
  const tooLittle = highest(exhausted.map((run) => run.spec.resources.memoryBytes));
  const memoryBytes = highest([more(peak, peakMargin), more(tooLittle, oomMargin)]);
  return {
    memoryBytes: memoryBytes === null ? null : wholeMemory(memoryBytes),
    runSec: runMs === null ? null : wholeTime(runMs * (1 + runMargin)),
    basis: {
      jobs: succeeded.length,
      peakMemoryBytesMax: peak,
      runMsMax: runMs,
      oomJobs: exhausted.length,
      oomMemoryBytesMax: tooLittle,
    },
  };
}

function more(value: number | null, margin: number): number | null {
  return value === null ? null : value * (1 + margin);
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function wholeMemory(bytes: number): number {
  const whole = Math.ceil(bytes / mib) * mib;
  return Math.min(Math.max(whole, limits.memoryBytesMin), limits.memoryBytesMax);
}

function wholeTime(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms / 1_000), 1), limits.runSecMax);
}
