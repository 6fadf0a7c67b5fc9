import { failJob } from '@node3/shared/routes/admin';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

export interface FailJobOptions {
  detail: string;
}

/** Ends a running job as the marketplace's own failure. */
export async function failRunningJob(
  context: Context,
  { args, options }: Call<FailJobOptions>,
): Promise<number> {
  const jobId = requireJobId(args[0]);
  const body = { reason: 'marketplace_error' as const, detail: options.detail };
  const reply = await connect(context, 'operator').call(failJob, { params: { jobId }, body });
  if (context.terminal.json) await context.terminal.object(reply);
  else await context.terminal.data(`${reply.jobId} ${reply.state}`);
  return exitCodes.ok.code;
}
