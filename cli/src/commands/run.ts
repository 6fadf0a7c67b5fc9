import type { Client } from '@node3/shared/client';
import { isMarketError, MarketError } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { priceMax } from '@node3/shared/metering';
import { fromMoney, type Money, toMoney, zero } from '@node3/shared/money';
import { getAccount } from '@node3/shared/routes/accounts';
import { explainSpec } from '@node3/shared/routes/explain';
import { createJob, type JobDetail } from '@node3/shared/routes/jobs';
import type { Quote } from '@node3/shared/routes/quotes';
import { CommandError, usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { askQuote, quoteLine } from '../job/ask-quote.ts';
import { type Attached, attachJob } from '../job/attach.ts';
import { buildJobSpec, type JobOptions } from '../job/build-spec.ts';
import { withJobDefaults } from '../job/job-defaults.ts';
import { bringFiles, type FileOptions } from '../job/job-files.ts';
import { describeEnd, exitCodeOfJob, exitCodeOfSignal } from '../job/outcome.ts';
import { readWorkload, type WorkloadOptions } from '../job/read-workload.ts';
import { withSizes } from '../job/size-job.ts';
import { confirm } from '../output/confirm.ts';
import { moneyText } from '../output/words.ts';
import { parseMoney } from '../parse/money.ts';
import type { Call } from '../program/attach-action.ts';
import { printExplanation } from './job-explain.ts';
import { type CopiesOptions, postCopies, readCopies } from './run-copies.ts';

export interface StayOptions {
  detach?: boolean;
  explain?: boolean;
  detachOnInterrupt?: boolean;
  raw?: boolean;
}

export interface RunOptions
  extends JobOptions,
    WorkloadOptions,
    StayOptions,
    FileOptions,
    CopiesOptions {
  idempotencyKey?: string;
  maxCost?: string;
  template?: string;
  parameter?: string[];
}

/**
 * `node3 run`: posts a job, stays with it, and ends with the job's own exit code. Of several copies
 * the ends are told, not what they print.
 */
export async function runJob(context: Context, call: Call<RunOptions>): Promise<number> {
  if (call.options.template !== undefined) {
    return runTemplateInstead(context, call, call.options.template);
  }
  if (call.options.parameter !== undefined) {
    throw usageError('-p belongs to a template.', 'Name it with --template ID.');
  }
  const defaults = withJobDefaults(context, call.options);
  const { terminal } = context;
  for (const line of defaults.said) await terminal.talk(`settings  ${line}`);
  const copies = readCopies(defaults.options);
  const workload = await readWorkload(context.host, call.args, defaults.options);
  const options = await withSizes(context, workload, defaults.options);
  const plain = buildJobSpec(workload, options);
  const client = connect(context, 'requester');
  if (options.explain === true) {
    return printExplanation(context, await client.call(explainSpec, { body: plain }));
  }
  const spec = { ...plain, ...(await bringFiles(context, client, options)) };
  const idempotencyKey = chooseKey(context, options.idempotencyKey);
  if (copies !== null) {
    const quote = await tellQuote(context, client, options, spec);
    await agreeToPrice(context, options, spec, quote, copies);
    return postCopies(context, client, { spec, copies, idempotencyKey }, options);
  }
  return postAndStay(context, client, options, async () => {
    const quote = await tellQuote(context, client, options, spec);
    await agreeToPrice(context, options, spec, quote);
    return namingKey(idempotencyKey, postJob(client, spec, idempotencyKey, quote));
  });
}

/** Says what a job would cost, unless nobody stays to read it. null where no quote can be had. */
export async function tellQuote(
  context: Context,
  client: Client,
  { detach }: StayOptions,
  spec: JobSpecInput,
): Promise<Quote | null> {
  if (context.options.curl === true) return null;
  const quote = await askQuote(client, spec);
  if (quote !== null && detach !== true) {
    await context.terminal.talk(`quote     ${quoteLine(quote)}`);
  }
  return quote;
}

async function runTemplateInstead(
  context: Context,
  { args, options }: Call<RunOptions>,
  template: string,
): Promise<number> {
  if (args.length > 0) {
    throw usageError('--template takes no command.', 'Give its parameters with -p name=value.');
  }
  const { runOwnTemplate } = await import('./template-run.ts');
  return runOwnTemplate(context, { args: [template], options });
}

/** Nothing is posted above `--max-cost`, nor before whoever sits at the terminal agrees. */
export async function agreeToPrice(
  context: Context,
  { maxCost }: Pick<RunOptions, 'maxCost'>,
  spec: JobSpecInput,
  quote: Quote | null,
  copies = 1,
): Promise<void> {
  const { asset } = spec.price.kind === 'fixed' ? spec.price.reward : spec.price.cap;
  const most = maxCost === undefined ? null : parseMoney('--max-cost', maxCost, asset);
  const total = quote === null ? null : timesOf(quote.total, copies);
  if (most !== null) requireWithin(most, total);
  if (context.options.curl === true) return;
  const price =
    total === null
      ? `${moneyText(timesOf(priceMax(spec.price), copies))} and the fee`
      : moneyText(total);
  const whole = copies === 1 ? '' : ` for ${copies} copies`;
  await confirm(context, `Pay at most ${price}${whole}?`);
}

function timesOf(money: Money, copies: number): Money {
  return toMoney(fromMoney(money) * BigInt(copies), money.asset);
}

function requireWithin(most: Money, total: Money | null): void {
  if (total === null) {
    throw new CommandError('failure', 'No quote could be had to compare with --max-cost.', '');
  }
  if (total.asset === most.asset && fromMoney(total) <= fromMoney(most)) return;
  const beside = total.asset === most.asset ? 'is more than' : 'can not be compared with';
  const detail = `The job costs ${moneyText(total)} at most, which ${beside} ${moneyText(most)}.`;
  throw new CommandError('funds', detail, 'Raise --max-cost, or lower the price of the job.');
}

/** Stays with a job until its end, or leaves once it is posted. @returns the exit code. */
export async function postAndStay(
  context: Context,
  client: Client,
  options: StayOptions,
  post: () => Promise<JobDetail>,
): Promise<number> {
  const { terminal } = context;
  if (options.detach === true) {
    const job = await post();
    await (terminal.json ? terminal.object(job) : terminal.data(job.jobId));
    return exitCodes.ok.code;
  }
  const attached = await attachJob({
    context,
    client,
    printing: { terminal, mode: options.raw === true ? 'raw' : 'safe' },
    onInterrupt: interruptOf(context, options),
    async post() {
      const job = await post();
      await announce(context, job);
      return job;
    },
  });
  return finish(context, attached);
}

/** A script that is interrupted stops what costs money; a person is asked. */
function interruptOf({ host, terminal }: Context, { detachOnInterrupt }: StayOptions) {
  if (detachOnInterrupt === true) return 'detach';
  return terminal.live && host.canAsk ? 'ask' : 'cancel';
}

/** Posts the job; when money is missing, says how much by asking for the balance. */
export async function postJob(
  client: Client,
  spec: JobSpecInput,
  idempotencyKey: string,
  quote: Quote | null = null,
): Promise<JobDetail> {
  const call = { idempotencyKey, ...(quote === null ? {} : { quoteId: quote.quoteId }) };
  try {
    return await client.call(createJob, { body: spec }, call);
  } catch (error) {
    if (isMarketError(error, 'FUNDS_INSUFFICIENT')) {
      // Without a quote nobody here knows the fee.
      throw await withMissing(client, quote?.total ?? priceMax(spec.price), error);
    }
    if (isMarketError(error, 'JOB_UNSATISFIABLE')) {
      const isolationMin = spec.placement?.isolationMin ?? 'container';
      throw new MarketError('JOB_UNSATISFIABLE', { ...error.context, isolationMin });
    }
    throw error;
  }
}

async function withMissing(client: Client, price: Money, error: MarketError) {
  try {
    const account = await client.call(getAccount, {});
    const { available } = account.balances[price.asset];
    const lacking = fromMoney(price) - fromMoney(available);
    const missing = toMoney(lacking > zero ? lacking : fromMoney(price), price.asset);
    const detail = `The job costs ${moneyText(price)}, and you have ${moneyText(available)} available.`;
    return new MarketError('FUNDS_INSUFFICIENT', { ...error.context, detail, missing });
  } catch {
    // The first error is the one that matters; without the balance it is told as it came.
    return error;
  }
}

async function announce(context: Context, job: JobDetail): Promise<void> {
  const { terminal } = context;
  if (terminal.json) {
    await terminal.jsonLine({ type: 'job', ...job });
    return;
  }
  const { bold } = terminal.talkPaint;
  await terminal.talk(`job       ${bold(job.jobId)}`);
  await terminal.talk(`price     ${moneyText(job.settlement.held)} held from your balance`);
}

async function finish(context: Context, attached: Attached): Promise<number> {
  const { host, terminal } = context;
  const { job, interrupted, end } = attached;
  if (end !== 'over') {
    const words =
      end === 'detached'
        ? `detached; the job goes on. Return with: ${host.command} job logs ${job.jobId} -f`
        : `the cancel was asked for but not confirmed. Look with: ${host.command} job get ${job.jobId}`;
    await terminal.complain(words);
    return interrupted === null ? exitCodes.runError.code : exitCodeOfSignal(interrupted);
  }
  if (terminal.json) await terminal.jsonLine({ type: 'end', ...job });
  const [first = '', ...rest] = describeEnd(job);
  const paint = terminal.talkPaint;
  await terminal.talk(job.state === 'succeeded' ? paint.green(first) : paint.red(first));
  for (const line of rest) await terminal.talk(line);
  return exitCodeOfJob(job, interrupted);
}
