import { createQuote } from '@node3/shared/routes/quotes';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { quoteFacts } from '../job/ask-quote.ts';
import { buildJobSpec, type JobOptions } from '../job/build-spec.ts';
import { withJobDefaults } from '../job/job-defaults.ts';
import { readWorkload, type WorkloadOptions } from '../job/read-workload.ts';
import { sizingFacts, withSizes } from '../job/size-job.ts';
import { formatFacts } from '../output/table.ts';
import type { Call } from '../program/attach-action.ts';

export interface QuoteOptions extends JobOptions, WorkloadOptions {}

/** `node3 quote`: what `node3 run` with the same options would cost, without posting anything. */
export async function showQuote(context: Context, call: Call<QuoteOptions>): Promise<number> {
  const { host, terminal } = context;
  const defaults = withJobDefaults(context, call.options);
  for (const line of defaults.said) await terminal.talk(`settings  ${line}`);
  const workload = await readWorkload(host, call.args, defaults.options);
  const options = await withSizes(context, workload, defaults.options);
  const body = buildJobSpec(workload, options);
  const quote = await connect(context, 'public').call(createQuote, { body });
  if (terminal.json) await terminal.object(quote);
  else {
    const facts = [...quoteFacts(quote), ...(await sizingFacts(context, body))];
    for (const line of formatFacts(facts)) await terminal.data(line);
  }
  return quote.availability.agentsMatching === 0 ? exitCodes.noMatch.code : exitCodes.ok.code;
}
