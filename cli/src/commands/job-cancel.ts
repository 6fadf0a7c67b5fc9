import { cancelJob, type JobDetail } from '@node3/shared/routes/jobs';
import { type Context, connect } from '../context.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

export async function cancelJobs(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const ids = call.args.map(requireJobId);
  const client = connect(context, 'requester');
  const jobs: JobDetail[] = [];
  for (const jobId of ids) {
    const job = await client.call(cancelJob, { params: { jobId } });
    jobs.push(job);
    if (!terminal.json) await terminal.data(`${job.jobId}  ${job.state}`);
  }
  if (terminal.json) await terminal.object(jobs.length === 1 ? jobs[0] : jobs);
  return 0;
}
