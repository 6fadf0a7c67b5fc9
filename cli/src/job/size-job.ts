import { isMarketError } from '@node3/shared/error';
import type { JobSpecInput, Workload } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { explainSpec, type Sizing } from '@node3/shared/routes/explain';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { bytesText, durationText } from '../output/words.ts';
import { buildJobSpec, type JobOptions } from './build-spec.ts';

/** Stands for what the history of the program suggests. */
const auto = 'auto';

/**
 * The options with sizes in place of `auto`, from earlier jobs of the account, and says which. Throws a
 * usage error where those don't tell.
 */
export async function withSizes<O extends JobOptions>(
  context: Context,
  workload: Workload,
  typed: O,
): Promise<O> {
  const { memory, timeout } = typed;
  if (memory !== auto && timeout !== auto) return typed;
  const known: JobOptions = { ...typed };
  if (memory === auto) delete known.memory;
  if (timeout === auto) delete known.timeout;
  const { sizing } = await connect(context, 'requester').call(explainSpec, {
    body: buildJobSpec(workload, known),
  });
  const options = { ...typed };
  const taken: string[] = [];
  if (memory === auto) {
    const bytes = requireSize('--memory', sizing, sizing?.memoryBytes ?? null);
    options.memory = String(bytes);
    taken.push(`memory ${bytesText(bytes)}`);
  }
  if (timeout === auto) {
    const seconds = requireSize('--timeout', sizing, sizing?.runSec ?? null);
    options.timeout = String(seconds);
    taken.push(`timeout ${durationText(seconds * 1_000)}`);
  }
  await context.terminal.talk(`sizes     ${taken.join(', ')}; ${basisText(sizing)}`);
  return options;
}

function requireSize(option: string, sizing: Sizing | null, value: number | null): number {
  if (value !== null) return value;
  const reason =
    sizing === null
      ? `none of the last ${limits.sizingJobs} jobs of this account that ended ran this program to its end`
      : `no job of this program has measured it yet (${basisText(sizing)})`;
  const sample = option === '--memory' ? '2GB' : '5m';
  throw usageError(`${option} auto can't be answered: ${reason}.`, `Write ${option} ${sample}.`);
}

/** `memory 768.0 MB, timeout 2 s; from 3 jobs …`. */
export function sizingText(sizing: Sizing | null): string {
  if (sizing === null) return 'unknown: no earlier job of this program tells';
  const { memoryBytes, runSec } = sizing;
  const memory = memoryBytes === null ? 'unknown' : bytesText(memoryBytes);
  const time = runSec === null ? 'unknown' : durationText(runSec * 1_000);
  return `memory ${memory}, timeout ${time}; ${basisText(sizing)}`;
}

function basisText(sizing: Sizing | null): string {
  if (sizing === null) return '';
  const { jobs, oomJobs, peakMemoryBytesMax, runMsMax } = sizing.basis;
  const peak = peakMemoryBytesMax === null ? '' : `, peak ${bytesText(peakMemoryBytesMax)}`;
  const longest = runMsMax === null ? '' : `, longest ${durationText(runMsMax)}`;
  const oom = oomJobs === 0 ? '' : `; ${oomJobs} ran out of memory`;
  return `from ${jobs} that succeeded${peak}${longest}${oom}`;
}

/** What history suggests for a job that is quoted; nothing without an account. */
export async function sizingFacts(
  context: Context,
  body: JobSpecInput,
): Promise<[string, string][]> {
  if (context.apiKey === null) return [];
  try {
    const { sizing } = await connect(context, 'requester').call(explainSpec, { body });
    return [['sizes', sizingText(sizing)]];
  } catch (error) {
    // A quote needs no key: one that may not ask for this doesn't spoil it.
    if (isMarketError(error)) return [['sizes', `unknown: ${error.message}`]];
    throw error;
  }
}
