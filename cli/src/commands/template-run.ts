import { getTemplate, previewTemplate, runTemplate } from '@node3/shared/routes/templates';
import { type Context, connect } from '../context.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { readTemplateParameters } from '../parse/template-parameters.ts';
import type { Call } from '../program/attach-action.ts';
import { postAndStay, type StayOptions } from './run.ts';
import { parseVersion, requireTemplateId } from './templates.ts';

export interface RunTemplateOptions extends StayOptions {
  parameter?: string[];
  of?: string;
  preview?: boolean;
  idempotencyKey?: string;
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
  return postAndStay(context, client, options, () =>
    namingKey(idempotencyKey, client.call(runTemplate, { params, body }, { idempotencyKey })),
  );
}
