import type { GpuRequirement, JobSpecInput } from '@node3/shared/job-spec';
import { runSnippet, type SnippetDetail } from '@node3/shared/routes/snippets';
import { type Context, connect } from '../context.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { buildJobSpec, type JobOptions } from '../job/build-spec.ts';
import { readInput, type WorkloadOptions } from '../job/read-workload.ts';
import { parseEnvironment } from '../parse/key-values.ts';
import type { Call } from '../program/attach-action.ts';
import { agreeToPrice, postAndStay, type StayOptions, tellQuote } from './run.ts';
import { findSnippet } from './snippets.ts';

export interface RunSnippetOptions extends StayOptions, JobOptions, WorkloadOptions {
  idempotencyKey?: string;
  maxCost?: string;
}

/** `node3 snippet run`: as `node3 run` does with a script, with what the snippet says where nothing else is said. */
export async function runOwnSnippet(
  context: Context,
  { args, options }: Call<RunSnippetOptions>,
): Promise<number> {
  const client = connect(context, 'requester');
  const snippet = await findSnippet(client, args[0] ?? '');
  const spec = await buildSpec(context, snippet, options);
  const idempotencyKey = chooseKey(context, options.idempotencyKey);
  return postAndStay(context, client, options, async () => {
    const quote = await tellQuote(context, client, options, spec);
    await agreeToPrice(context, options, spec, quote);
    const call = { idempotencyKey, ...(quote !== null && { quoteId: quote.quoteId }) };
    const params = { snippetId: snippet.snippetId };
    const body = { overrides: overridesFor(snippet, spec) };
    return namingKey(idempotencyKey, client.call(runSnippet, { params, body }, call));
  });
}

async function buildSpec(
  { host }: Context,
  { name, language, code, image, gpus, runSec }: SnippetDetail,
  options: RunSnippetOptions,
): Promise<JobSpecInput> {
  const env = parseEnvironment(options.env ?? [], host.env);
  const workload = {
    kind: 'script' as const,
    language,
    code,
    ...imageOf(options.image ?? image),
    ...(Object.keys(env).length > 0 && { env }),
    ...(await readInput(host, options)),
  };
  const built = buildJobSpec(workload, options);
  const resources = { ...(gpus !== null && { gpus }), ...built.resources };
  const limits = { ...(runSec !== null && { runSec }), ...built.limits };
  return {
    name,
    ...built,
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

function imageOf(image: string | null): { image?: string } {
  return image === null ? {} : { image };
}

/** The whole spec as a patch, which also takes away what the snippet says of GPUs and this run doesn't. */
function overridesFor({ gpus }: SnippetDetail, spec: JobSpecInput): Record<string, unknown> {
  if (gpus === null || spec.resources?.gpus === undefined) return { ...spec };
  const gone = Object.keys(gpus).filter((name) => !(name in (spec.resources?.gpus ?? {})));
  const nulls = Object.fromEntries(gone.map((name) => [name, null]));
  const patched: GpuRequirement & Record<string, unknown> = { ...nulls, ...spec.resources.gpus };
  return { ...spec, resources: { ...spec.resources, gpus: patched } };
}
