import { limits } from '@node3/shared/limits';
import {
  type CancelRow,
  cancelJobs as contract,
  type JobFilter,
} from '@node3/shared/routes/job-bulk';
import { cancelJob } from '@node3/shared/routes/jobs';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { requireJobId } from '../parse/job-id.ts';
import { parseStates } from '../parse/job-states.ts';
import { parseLabels } from '../parse/key-values.ts';
import type { Call } from '../program/attach-action.ts';
import { exitOf } from './job-batch.ts';

export interface JobCancelOptions {
  state?: string;
  label?: string[];
}

export async function cancelJobs(context: Context, call: Call<JobCancelOptions>): Promise<number> {
  const { terminal } = context;
  const ids = call.args.map(requireJobId);
  const filter = filterOf(call.options);
  if ((ids.length === 0) === (filter === null)) {
    const fix = 'node3 job cancel ID…\nnode3 job cancel --state queued --label team=vision';
    throw usageError('Say which jobs: by their ids, or by --state and --label.', fix);
  }
  const [jobId] = ids;
  if (ids.length === 1 && jobId !== undefined) {
    const job = await connect(context, 'requester').call(cancelJob, { params: { jobId } });
    await (terminal.json ? terminal.object(job) : terminal.data(`${job.jobId}  ${job.state}`));
    return 0;
  }
  const rows = filter === null ? await cancelById(context, ids) : await cancelAll(context, filter);
  if (terminal.json) await terminal.object(rows);
  if (rows.length === 0) await terminal.talk('No jobs like that.');
  return exitOf(rows.flatMap((row) => ('problem' in row ? [row.problem] : [])));
}

function filterOf({ state, label = [] }: JobCancelOptions): JobFilter | null {
  if (state === undefined && label.length === 0) return null;
  return {
    ...(state === undefined ? {} : { states: parseStates(state) }),
    ...(label.length === 0 ? {} : { labels: parseLabels(label) }),
  };
}

async function cancelById(context: Context, ids: readonly string[]): Promise<CancelRow[]> {
  const client = connect(context, 'requester');
  const rows: CancelRow[] = [];
  for (let at = 0; at < ids.length; at += limits.jobsPerCancel) {
    const jobIds = ids.slice(at, at + limits.jobsPerCancel);
    const { data } = await client.call(contract, { body: { jobIds } });
    await tellAll(context, data);
    rows.push(...data);
  }
  return rows;
}

async function cancelAll(context: Context, filter: JobFilter): Promise<CancelRow[]> {
  const client = connect(context, 'requester');
  const rows: CancelRow[] = [];
  let cursor: string | null = null;
  do {
    const body: { filter: JobFilter; cursor?: string } =
      cursor === null ? { filter } : { filter, cursor };
    const page = await client.call(contract, { body });
    await tellAll(context, page.data);
    rows.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

async function tellAll({ terminal }: Context, rows: readonly CancelRow[]): Promise<void> {
  if (terminal.json) return;
  for (const row of rows) {
    if ('problem' in row) await terminal.complain(`${row.jobId}: ${row.problem.detail}`);
    else await terminal.data(`${row.jobId}  ${row.state}`);
  }
}
