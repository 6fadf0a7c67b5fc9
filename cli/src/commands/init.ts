import { getOverview } from '@node3/shared/routes/marketplace';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { askYes } from '../init/ask.ts';
import { type CreditOptions, getCredits } from '../init/get-credits.ts';
import { askUrl, contextAt, openAccess } from '../init/open-marketplace.ts';
import type { Call } from '../program/attach-action.ts';
import type { AccountCreateOptions } from './account-create.ts';
import type { ProviderOptions } from './init-provider.ts';
import { showQuote } from './quote.ts';
import { runJob } from './run.ts';

export interface InitOptions extends AccountCreateOptions, CreditOptions, ProviderOptions {
  provider?: boolean;
  firstJob?: boolean;
}

/** The job that shows that everything works, and what it pays the provider. */
const firstJob = { reward: '0.001', asset: 'SOL' };
const firstCommand = ['echo', 'hello', 'from', 'node3'];

/** `node3 init`: from nothing to a first job, or with `--provider` to an agent that could start. */
export async function initialise(context: Context, call: Call<InitOptions>): Promise<number> {
  if (call.options.provider === true) {
    return (await import('./init-provider.ts')).initialiseProvider(context, call);
  }
  const { options } = call;
  const { terminal, host } = context;
  const at = await contextAt(context, await askUrl(context));
  const overview = await connect(at, 'public').call(getOverview, {});
  const { agents, cluster } = overview;
  await terminal.talk(`${at.url} answers: ${cluster}, agents online: ${agents.online}.`);
  const inside = await openAccess(at, options);
  await getCredits(inside, cluster, options);
  const code = await tryFirstJob(inside, options);
  const { command } = host;
  await terminal.talk(`\nNext: ${command} run script.py      your own job`);
  await terminal.talk(`      ${command} offer              the GPUs there are`);
  await terminal.talk(`      ${command} config show        what is set, and from where`);
  return code;
}

/** The quote is shown to everyone; only who agrees pays. */
async function tryFirstJob(context: Context, options: InitOptions): Promise<number> {
  if (options.firstJob === false) return exitCodes.ok.code;
  const { command } = context.host;
  await context.terminal.talk(`\nA first job: ${command} run -- ${firstCommand.join(' ')}`);
  const { options: given } = context;
  const found = await showQuote(context, { options: firstJob, args: firstCommand });
  if (found !== exitCodes.ok.code) {
    await context.terminal.talk('Nobody could run it now.');
    return exitCodes.ok.code;
  }
  if (options.firstJob !== true && !(await askYes(context, 'Run it?'))) return exitCodes.ok.code;
  // What was agreed to just now is not asked again.
  const agreed = { ...context, options: { ...given, yes: true } };
  return runJob(agreed, { options: firstJob, args: firstCommand });
}
