import { isDockerRun } from '@node3/shared/import/docker-line';
import { importLimits } from '@node3/shared/import/import-limits';
import { fromMoney } from '@node3/shared/money';
import { type ImportReply, importJobs } from '@node3/shared/routes/job-import';
import { CommandError, usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { type ImportTerms, importQuery } from '../job/import-query.ts';
import { withJobDefaults } from '../job/job-defaults.ts';
import { readText } from '../job/read-workload.ts';
import { confirm } from '../output/confirm.ts';
import { moneyText } from '../output/words.ts';
import { parseMoney } from '../parse/money.ts';
import type { Call } from '../program/attach-action.ts';

export interface JobImportOptions extends ImportTerms {
  dryRun?: boolean;
  maxCost?: string;
  idempotencyKey?: string;
}

/** `node3 job import`: says what the jobs of a document will not have and may cost, then posts them. */
export async function importDocument(
  context: Context,
  { args, options }: Call<JobImportOptions>,
): Promise<number> {
  const { host, terminal } = context;
  const name = args[0] ?? '-';
  const body = await readDocument(host, name, options.from);
  const query = importQuery(options);
  const client = connect(context, 'requester');
  const dry = { ...query, dryRun: true };
  if (context.options.curl !== true || options.dryRun === true) {
    const preview = await client.call(importJobs, { body, query: dry });
    for (const { pointer, message, fix } of preview.warnings) {
      await terminal.talk(`warning   ${pointer || '/'} ${message}`);
      await terminal.talk(`          ${fix}`);
    }
    if (options.dryRun === true) {
      await tellSteps(context, preview);
      return exitCodes.ok.code;
    }
    await agree(context, options, preview);
  }
  const key = chooseKey(context, options.idempotencyKey);
  const posting = client.call(importJobs, { body, query }, { idempotencyKey: key });
  const answer = await namingKey(key, posting);
  if (terminal.json) {
    await terminal.object(answer);
    return exitCodes.ok.code;
  }
  for (const { jobId, name: step } of answer.jobs) await terminal.data(`${jobId}  ${step}`);
  const list = `${host.command} job list --label import=${answer.label}`;
  await terminal.talk(`${answer.jobs.length} of ${answer.jobs.length} jobs posted; ${list}`);
  return exitCodes.ok.code;
}

async function tellSteps({ terminal }: Context, preview: ImportReply): Promise<void> {
  if (terminal.json) return terminal.object(preview);
  for (const { name, after, spec, problem } of preview.jobs) {
    const image = spec?.workload?.image ?? '';
    const gpus = spec?.resources?.gpus?.count ?? 0;
    const needs = after.length === 0 ? '' : `  after ${after.join(', ')}`;
    await terminal.data(`${name}  ${image}  ${gpus} GPUs${needs}`);
    if (problem !== undefined) await terminal.talk(`refused   ${name}: ${problem.detail}`);
  }
  if (preview.jobs.some(({ problem }) => problem !== undefined)) {
    return terminal.talk('Nothing would be posted now: all jobs of a document are, or none');
  }
  const price =
    preview.total === null ? '' : ` for ${moneyText(preview.total)} at most, fee included`;
  const { length } = preview.jobs;
  await terminal.talk(`${length} ${length === 1 ? 'job' : 'jobs'} would be posted${price}`);
}

async function agree(
  context: Context,
  { maxCost }: JobImportOptions,
  { total, jobs }: ImportReply,
): Promise<void> {
  if (total === null) throw new CommandError('failure', 'The marketplace named no price.', '');
  const { options } = withJobDefaults(context, maxCost === undefined ? {} : { maxCost });
  const most =
    options.maxCost === undefined ? null : parseMoney('--max-cost', options.maxCost, total.asset);
  if (most !== null && (most.asset !== total.asset || fromMoney(total) > fromMoney(most))) {
    const detail = `The jobs cost ${moneyText(total)} at most, which is not within ${moneyText(most)}.`;
    throw new CommandError('funds', detail, 'Raise --max-cost, or lower the price of the jobs.');
  }
  await confirm(context, `Pay at most ${moneyText(total)} for ${jobs.length} jobs?`);
}

/** JSON, or YAML as the other systems write it too; a line of Docker as the text that it is. */
async function readDocument(host: Host, name: string, from: string | undefined): Promise<unknown> {
  const bytesMax = importLimits.documentBytes;
  const text =
    name === '-'
      ? (await host.readStdin(bytesMax)).toString('utf8')
      : await readText(host, name, bytesMax);
  if (text.trim() === '')
    throw usageError(`${name} is empty.`, 'Give a document in JSON or YAML, or a docker run.');
  if (from === 'docker' || (from === undefined && isDockerRun(text))) return text;
  const { parse } = await import('yaml');
  try {
    return text.trimStart().startsWith('{') ? (JSON.parse(text) as unknown) : parse(text);
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : '').split('\n');
    throw usageError(
      `${name} is neither JSON nor YAML: ${why}`,
      'Correct the place that is named.',
    );
  }
}
