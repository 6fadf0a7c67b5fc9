import { limits } from '@node3/shared/limits';
import { type JobSummary, listJobs } from '@node3/shared/routes/jobs';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { ageText, durationText, moneyText } from '../output/words.ts';
import { parseStates } from '../parse/job-states.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface JobListOptions {
  state?: string;
  label?: string[];
  name?: string;
  gpu?: string;
  createdAfter?: string;
  createdBefore?: string;
  finishedAfter?: string;
  finishedBefore?: string;
  limit: string;
}

export async function listOwnJobs(context: Context, call: Call<JobListOptions>): Promise<number> {
  const { terminal, host } = context;
  const limit = parseWholeNumber('--limit', call.options.limit, {
    min: 1,
    max: limits.listPageMax,
  });
  const { state, label, name, gpu } = call.options;
  const { createdAfter, createdBefore, finishedAfter, finishedBefore } = call.options;
  const query = {
    limit,
    ...(state !== undefined && { state: parseStates(state).join(',') }),
    ...(label !== undefined && { label: label.join(',') }),
    ...(name !== undefined && { q: name }),
    ...(gpu !== undefined && { gpu }),
    ...(createdAfter !== undefined && { createdAfter }),
    ...(createdBefore !== undefined && { createdBefore }),
    ...(finishedAfter !== undefined && { finishedAfter }),
    ...(finishedBefore !== undefined && { finishedBefore }),
  };
  const page = await connect(context, 'requester').call(listJobs, { query });
  const none = `No jobs. Post one: ${host.command} run -- echo hello`;
  await printRows(context, page, jobColumns(host.clock.nowMs()), none);
  if (page.nextCursor !== null) await terminal.talk(`more than ${limit}; see --limit`);
  return 0;
}

/** `node3 ps`. */
export async function listActiveJobs(
  context: Context,
  { options, args }: Call<JobListOptions>,
): Promise<number> {
  return listOwnJobs(context, { args, options: { ...options, state: 'active' } });
}

export function jobColumns(nowMs: number): Column<JobSummary>[] {
  return [
    { title: 'JOB', value: (job) => job.jobId },
    { title: 'STATE', value: (job) => job.state },
    { title: 'EXIT', align: 'right', minor: true, value: (job) => String(job.exitCode ?? '-') },
    { title: 'PRICE', align: 'right', value: (job) => moneyText(job.price) },
    { title: 'RAN', align: 'right', minor: true, value: ranText },
    { title: 'AGE', align: 'right', minor: true, value: (job) => ageText(job.createdAt, nowMs) },
    { title: 'NAME', value: (job) => job.name ?? '-' },
  ];
}

function ranText(job: JobSummary): string {
  if (job.startedAt === null || job.finishedAt === null) return '-';
  return durationText(Date.parse(job.finishedAt) - Date.parse(job.startedAt));
}
