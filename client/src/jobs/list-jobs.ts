import { OptionError } from '../errors.ts';
import { type ListOptions, type Pages, pagesOf } from '../http/pages.ts';
import type { Transport } from '../http/transport.ts';
import type { JobSummary } from '../types/job.ts';
import type { JobState, ScriptWorkload } from '../types/job-spec.ts';

/** Which jobs `jobs.list` lists, and what of them. */
export interface JobListOptions<Field extends keyof JobSummary = keyof JobSummary>
  extends ListOptions {
  /** Any of these; all where nothing is said. */
  states?: readonly JobState[];
  /** Any of these. */
  types?: readonly ('container' | ScriptWorkload['language'])[];
  /** All of these; values without commas. */
  labels?: Readonly<Record<string, string>>;
  /** A part of the name, or how the id begins. */
  name?: string;
  /** A part of the model that it runs or ran on, or of one that it asks for; `none`: without GPUs. */
  gpu?: string;
  /** Jobs that come after this one. */
  dependsOn?: string;
  /** Jobs that run this one again. */
  rerunOf?: string;
  /** From then on, and until then; a text is RFC 3339 or a day. */
  createdAfter?: Date | string;
  createdBefore?: Date | string;
  /** Jobs that ended from then on, and until then. */
  finishedAfter?: Date | string;
  finishedBefore?: Date | string;
  /** Newest first where nothing is said; by the end where a time of end is asked for. */
  sort?: '-createdAt' | 'createdAt' | '-finishedAt' | 'finishedAt';
  /** The only fields to answer. */
  fields?: readonly Field[];
  /** Whether pages say how many jobs of these states and times there are, 10 000 at most. */
  count?: boolean;
}

const path = '/api/v1/jobs';

/** @throws OptionError for a label that can't be asked for. */
export function listJobs<Field extends keyof JobSummary>(
  transport: Transport,
  options: JobListOptions<Field> = {},
): Pages<Pick<JobSummary, Field>> {
  const { states, types, labels, name, gpu, dependsOn, rerunOf, ...others } = options;
  const { createdAfter, createdBefore, finishedAfter, finishedBefore, ...shape } = others;
  const { sort, fields, count, ...rest } = shape;
  return pagesOf(transport, path, rest, {
    state: states?.join(','),
    type: types?.join(','),
    label: labels === undefined ? undefined : labelText(labels),
    q: name,
    gpu,
    dependsOn,
    rerunOf,
    createdAfter: timeText(createdAfter),
    createdBefore: timeText(createdBefore),
    finishedAfter: timeText(finishedAfter),
    finishedBefore: timeText(finishedBefore),
    sort,
    fields: fields?.join(','),
    count,
  });
}

function timeText(time: Date | string | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time;
}

function labelText(labels: Readonly<Record<string, string>>): string | undefined {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const wrong = pairs.find((pair) => pair.includes(','));
  if (wrong !== undefined) throw new OptionError('labels', `"${wrong}" has a comma`);
  return pairs.length === 0 ? undefined : pairs.join(',');
}
