import type { Client } from '@node3/shared/client';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { createJobs } from '@node3/shared/routes/job-bulk';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { namingKey } from '../http/idempotency-key.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import { exitOf, tellRow } from './job-batch.ts';
import { waitForJobs } from './job-wait.ts';

export interface CopiesOptions {
  copies?: string;
}

/** @returns how many copies `--copies` asks for; null for a job as such. */
export function readCopies({ copies }: CopiesOptions): number | null {
  if (copies === undefined) return null;
  return parseWholeNumber('--copies', copies, { min: 1, max: limits.jobsPerBatch });
}

export interface Copies {
  spec: JobSpecInput;
  copies: number;
  idempotencyKey: string;
}

/** Posts the copies, all at once, and waits for every one unless told to leave. */
export async function postCopies(
  context: Context,
  client: Client,
  { spec, copies, idempotencyKey }: Copies,
  stay: { detach?: boolean },
): Promise<number> {
  const { host, terminal } = context;
  const body = { jobs: [spec], copies };
  const posting = client.call(createJobs, { body }, { idempotencyKey });
  const { data, fanOut } = await namingKey(idempotencyKey, posting);
  if (terminal.json) await terminal.jsonLine({ type: 'copies', fanOut, jobs: data });
  else if (stay.detach === true) {
    for (const [index, row] of data.entries()) await tellRow(context, index + 1, row);
  }
  const refused = data.flatMap((row) => ('problem' in row ? [row.problem] : []));
  const posted = data.flatMap((row) => ('problem' in row ? [] : [row.jobId]));
  const cancel = `${host.command} job cancel --label fan-out=${fanOut}`;
  await terminal.talk(`${posted.length} of ${data.length} copies posted; cancel all: ${cancel}`);
  if (stay.detach === true || posted.length === 0) return exitOf(refused);
  for (const [index, row] of data.entries()) {
    if ('problem' in row) await tellRow(context, index + 1, row);
  }
  const code = await waitForJobs(context, { args: posted, options: { for: 'succeeded' } });
  return code === exitCodes.ok.code ? exitOf(refused) : code;
}
