import { rerunJob } from '@node3/shared/routes/job-bulk';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

export interface JobRerunOptions {
  changes?: string;
}

/** Posts an ended job again; what it prints is the new one. */
export async function rerun(context: Context, call: Call<JobRerunOptions>): Promise<number> {
  const { terminal } = context;
  const jobId = requireJobId(call.args[0]);
  const body = call.options.changes === undefined ? {} : { changes: read(call.options.changes) };
  const idempotencyKey = chooseKey(context);
  const client = connect(context, 'requester');
  const posted = client.call(rerunJob, { params: { jobId }, body }, { idempotencyKey });
  const job = await namingKey(idempotencyKey, posted);
  await (terminal.json ? terminal.object(job) : terminal.data(`${job.jobId}  ${job.state}`));
  return 0;
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const fix = `node3 job rerun ID --changes '{"limits": {"runSec": 600}}'`;
    throw usageError('--changes is not JSON.', fix);
  }
}
