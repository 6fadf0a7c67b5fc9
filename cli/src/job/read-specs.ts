import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { usageError } from '../command-error.ts';
import type { Host } from '../host.ts';
import { readText } from './read-workload.ts';

/** Several full requests; who has more calls again. */
const fileBytesMax = 64 * 1024 * 1024;

const fix = 'Write a JSON array of jobs, {"jobs": […]}, or one job as JSON on each line.';

/** The jobs in a file, or on standard input with `-`. What a job may be is for the marketplace to say. */
export async function readSpecs(host: Host, name: string): Promise<JobSpecInput[]> {
  const text =
    name === '-'
      ? (await host.readStdin(fileBytesMax)).toString('utf8')
      : await readText(host, name, fileBytesMax);
  const specs = parseSpecs(text, name);
  if (specs.length === 0) throw usageError(`There is no job in ${name}.`, fix);
  return specs as JobSpecInput[];
}

function parseSpecs(text: string, name: string): unknown[] {
  const whole = parseJson(text);
  if (Array.isArray(whole)) return whole;
  if (typeof whole === 'object' && whole !== null) {
    const { jobs } = whole as { jobs?: unknown };
    return Array.isArray(jobs) ? jobs : [whole];
  }
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const spec = parseJson(line);
    if (spec === undefined) throw usageError(`Line ${index + 1} of ${name} is not JSON.`, fix);
    return [spec];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** As many jobs as one request takes, by number and by size. */
export function toBatches(specs: readonly JobSpecInput[]): JobSpecInput[][] {
  const batches: JobSpecInput[][] = [];
  let room = 0;
  for (const spec of specs) {
    const bytes = Buffer.byteLength(JSON.stringify(spec)) + 1;
    const current = batches.at(-1);
    if (current === undefined || current.length === limits.jobsPerBatch || bytes > room) {
      batches.push([spec]);
      room = limits.batchBodyBytes - 1024 - bytes;
      continue;
    }
    current.push(spec);
    room -= bytes;
  }
  return batches;
}
