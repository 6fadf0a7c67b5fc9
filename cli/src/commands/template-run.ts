import type { Client } from '@node3/shared/client';
import type { ArgsOf } from '@node3/shared/contract';
import type { JobSpecInput } from '@node3/shared/job-spec';
import type { Quote } from '@node3/shared/routes/quotes';
import { getTemplate, previewTemplate, runTemplate } from '@node3/shared/routes/templates';
import { type Context, connect } from '../context.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { readTemplateParameters } from '../parse/template-parameters.ts';
import type { Call } from '../program/attach-action.ts';
import { agreeToPrice, postAndStay, type StayOptions, tellQuote } from './run.ts';
import { parseVersion, requireTemplateId } from './templates.ts';

export interface RunTemplateOptions extends StayOptions {
  parameter?: string[];
  of?: string;
  preview?: boolean;
  idempotencyKey?: string;
  maxCost?: string;
}

export async function runOwnTemplate(
  context: Context,
  call: Call<RunTemplateOptions>,
): Promise<number> {
  const { host, terminal } = context;
  const { options } = call;
  const params = { templateId: requireTemplateId(context, call.args[0]) };
  const client = connect(context, 'requester');
  const query = parseVersion(options.of);
  const template = await client.call(getTemplate, { params, query });
  const { version } = template;
  const pairs = options.parameter ?? [];
  const parameters = await readTemplateParameters(host, template.parameters, pairs);
  // The version that was read: a newer one may take other parameters.
  const body = { parameters, version };
  if (options.preview === true) {
    const preview = await client.call(previewTemplate, { params, body });
    if (terminal.json) await terminal.object(preview);
    else await terminal.data(JSON.stringify(preview.spec, null, 2));
    return 0;
  }
  const idempotencyKey = chooseKey(context, options.idempotencyKey);
  return postAndStay(context, client, options, async () => {
    const quote = await quoteRun(context, client, { params, body }, options);
    const named = { idempotencyKey, ...(quote !== null && { quoteId: quote.quoteId }) };
    return namingKey(idempotencyKey, client.call(runTemplate, { params, body }, named));
  });
}

/** What it would cost, agreed to: the price of a shared template is that of its owner. */
async function quoteRun(
  context: Context,
  client: Client,
  run: ArgsOf<typeof previewTemplate>,
  options: RunTemplateOptions,
): Promise<Quote | null> {
  if (context.options.curl === true) return null;
  const preview = await client.call(previewTemplate, run);
  const spec = preview.spec as unknown as JobSpecInput;
  const quote = await tellQuote(context, client, options, spec);
  await agreeToPrice(context, options, spec, quote);
  return quote;
}
