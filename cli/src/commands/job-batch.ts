import type { Problem } from '@node3/shared/error';
import { type BatchRow, createJobs } from '@node3/shared/routes/job-bulk';
import { type Context, connect } from '../context.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { readSpecs, toBatches } from '../job/read-specs.ts';
import type { Call } from '../program/attach-action.ts';

export interface JobBatchOptions {
  key?: string;
}

/**
 * Posts every job of a file. What is wrong with one keeps none of the others back; the exit code is
 * that of the first refusal.
 */
export async function postJobs(context: Context, call: Call<JobBatchOptions>): Promise<number> {
  const { terminal, host } = context;
  const client = connect(context, 'requester');
  const specs = await readSpecs(host, call.args[0] ?? '-');
  const key = chooseKey(context, call.options.key);
  const rows: BatchRow[] = [];
  for (const [index, jobs] of toBatches(specs).entries()) {
    const options = { idempotencyKey: `${key}.${index}` };
    const { data } = await namingKey(key, client.call(createJobs, { body: { jobs } }, options));
    if (!terminal.json) {
      for (const [place, row] of data.entries())
        await tellRow(context, rows.length + place + 1, row);
    }
    rows.push(...data);
  }
  if (terminal.json) await terminal.object(rows);
  const refused = rows.flatMap((row) => ('problem' in row ? [row.problem] : []));
  await terminal.talk(`${rows.length - refused.length} of ${rows.length} jobs posted`);
  return exitOf(refused);
}

/** A job of many: its id, or why it was refused. */
export async function tellRow({ terminal }: Context, number: number, row: BatchRow): Promise<void> {
  if (!('problem' in row)) return terminal.data(`${row.jobId}  ${row.state}`);
  return terminal.complain(`job ${number}: ${row.problem.detail} (${row.problem.code})`);
}

/** The exit code of the first of many that could not be done; 0 when all could. */
export function exitOf([first]: readonly Problem[]): number {
  return first === undefined ? 0 : exitCodeOf(first.code);
}
