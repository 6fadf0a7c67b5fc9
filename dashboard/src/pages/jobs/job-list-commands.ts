import { systemClock } from '@node3/shared/clock';
import type { CommandLine } from '../../parts/command-lines.tsx';
import { jobsPageSize } from '../../queries/jobs.ts';
import { curlLine, shellQuote } from '../../shell-command.ts';
import { type JobsFilter, jobsApiQuery } from './jobs-search.ts';

const flags = {
  state: '--state',
  q: '--name',
  gpu: '--gpu',
  createdAfter: '--created-after',
  createdBefore: '--created-before',
  finishedAfter: '--finished-after',
  finishedBefore: '--finished-before',
} as const;

/** The list in the terminal. */
export function jobListCommands(filter: JobsFilter): CommandLine[] {
  const query = jobsApiQuery(filter, systemClock.nowMs());
  const options = Object.entries(flags).flatMap(([field, flag]) => {
    const value = query[field as keyof typeof flags];
    return value === undefined ? [] : [`${flag} ${shellQuote(value)}`];
  });
  const labels = (query.label?.split(',') ?? []).map((label) => `--label ${shellQuote(label)}`);
  const search = new URLSearchParams({ limit: String(jobsPageSize) });
  for (const [field, value] of Object.entries(query)) search.set(field, String(value));
  return [
    { label: 'CLI', text: ['node3 job list', ...options, ...labels].join(' ') },
    { label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/jobs?${search}` }) },
  ];
}
