import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { type Explanation, explainJob, explainSpec } from '@node3/shared/routes/explain';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { explanationLines } from '../job/explanation.ts';
import { tableWidth } from '../output/print-rows.ts';
import { isJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

/** `node3 job explain FILE|ID`: why a job waits, or what would become of a spec. Posts nothing. */
export async function explainOne(context: Context, call: Call<object>): Promise<number> {
  const [operand = ''] = call.args;
  const client = connect(context, 'requester');
  const explanation = isJobId(operand)
    ? await client.call(explainJob, { params: { jobId: operand } })
    : await client.call(explainSpec, { body: await readSpec(context.host, operand) });
  return printExplanation(context, explanation);
}

export async function printExplanation(
  { terminal }: Context,
  explanation: Explanation,
): Promise<number> {
  if (terminal.json) await terminal.object(explanation);
  else {
    const lines = explanationLines(explanation, tableWidth(terminal));
    for (const line of lines) await terminal.data(line);
  }
  return explanation.possible ? exitCodes.ok.code : exitCodes.noMatch.code;
}

async function readSpec(host: Host, name: string): Promise<JobSpecInput> {
  try {
    const text = await readFile(resolve(host.cwd, name), 'utf8');
    // The marketplace says which field is wrong.
    return JSON.parse(text) as JobSpecInput;
  } catch (error) {
    if (isNotFound(error)) {
      throw usageError(
        `"${name}" is no job id, and there is no such file.`,
        'Give one of the two.',
      );
    }
    if (error instanceof SyntaxError) {
      throw usageError(`${name} is not JSON.`, 'Give a file with a job spec, as POST /jobs takes.');
    }
    throw error;
  }
}
