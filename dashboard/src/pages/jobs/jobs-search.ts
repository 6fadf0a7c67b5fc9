import type { QueryOf } from '@node3/shared/contract';
import { type JobState, jobStates } from '@node3/shared/job-state';
import type { listJobs } from '@node3/shared/routes/jobs';

/** What the address of the list says. Days are of UTC, both included; `today` is the day it is read on. */
export interface JobsSearch {
  /** One state, or several with commas. */
  state?: string;
  q?: string;
  gpu?: string;
  /** `name=value`, or several with commas. */
  label?: string;
  from?: string;
  to?: string;
  /** The days on which the jobs ended. With either the list is in the order of their ends. */
  endedFrom?: string;
  endedTo?: string;
  cursor?: string;
}

/** What of it leaves jobs out. */
export type JobsFilter = Omit<JobsSearch, 'cursor'>;

/** The groups people ask for; each is a list of states as the API takes it. */
export const stateGroups = {
  active: 'awaiting_funds,queued,assigned,running',
  succeeded: 'succeeded',
  failed: 'failed,timed_out,expired',
  cancelled: 'cancelled',
} as const;
export type StateGroup = keyof typeof stateGroups;

const dayMs = 86_400_000;
const dayFields = ['from', 'to', 'endedFrom', 'endedTo'] as const;

/** Keeps what the API understands of an address and drops the rest. */
export function readJobsSearch(search: Record<string, unknown>): JobsSearch {
  const kept: JobsSearch = {};
  const states = textOf(search['state'])
    .split(',')
    .filter((name) => jobStates.includes(name as JobState));
  if (states.length > 0) kept.state = states.join(',');
  for (const [field, longest] of [['q', 128] as const, ['gpu', 64] as const]) {
    const text = textOf(search[field]).trim().slice(0, longest);
    if (text !== '') kept[field] = text;
  }
  const label = textOf(search['label']).slice(0, 1_024);
  if (isLabel(label)) kept.label = label;
  for (const field of dayFields) {
    const day = textOf(search[field]);
    if (isDay(day)) kept[field] = day;
  }
  const cursor = textOf(search['cursor']);
  if (cursor !== '' && cursor.length <= 64) kept.cursor = cursor;
  return kept;
}

/** Addresses are read as JSON: a text of digits comes as a number. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Whether the API takes it: every part is `name=value`. */
export function isLabel(text: string): boolean {
  return text !== '' && text.split(',').every((part) => part.indexOf('=') > 0);
}

function isDay(text: string): boolean {
  return text === 'today' || (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)));
}

/** The day that is meant, as `2026-11-26`. */
export function dayOf(day: string, nowMs: number): string {
  return day === 'today' ? new Date(nowMs).toISOString().slice(0, 10) : day;
}

/** The same as the API is asked it. */
export function jobsApiQuery(
  { from, to, endedFrom, endedTo, state, q, gpu, label }: JobsFilter,
  nowMs: number,
): QueryOf<typeof listJobs> {
  return {
    ...(state !== undefined && { state }),
    ...(q !== undefined && { q }),
    ...(gpu !== undefined && { gpu }),
    ...(label !== undefined && { label }),
    ...(from !== undefined && { createdAfter: dayOf(from, nowMs) }),
    ...(to !== undefined && { createdBefore: dayAfter(dayOf(to, nowMs)) }),
    ...(endedFrom !== undefined && { finishedAfter: dayOf(endedFrom, nowMs) }),
    ...(endedTo !== undefined && { finishedBefore: dayAfter(dayOf(endedTo, nowMs)) }),
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);
}

/** Whether the newest end comes first, and not the newest job. */
export function isByEnd({ endedFrom, endedTo }: JobsFilter): boolean {
  return endedFrom !== undefined || endedTo !== undefined;
}

export function isFiltered({ cursor: _where, ...filter }: JobsSearch): boolean {
  return Object.keys(filter).length > 0;
}

/** Whether two addresses leave out the same. */
export function isSameFilter(one: JobsFilter, other: JobsFilter): boolean {
  return fieldsOf.every((field) => one[field] === other[field]);
}

const fieldsOf = ['state', 'q', 'gpu', 'label', ...dayFields] as const;
