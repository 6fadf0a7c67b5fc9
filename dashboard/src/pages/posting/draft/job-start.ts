import type { Client } from '@node3/shared/client';
import type { JobSpec, JobSpecInput } from '@node3/shared/job-spec';
import { rerunJob } from '@node3/shared/routes/job-bulk';
import { createJob, type JobDetail } from '@node3/shared/routes/jobs';
import { runSnippet } from '@node3/shared/routes/snippets';
import { runTemplate } from '@node3/shared/routes/templates';
import { secretMask } from '@node3/shared/secret-mask';
import { withoutNulls } from '@node3/shared/spec-input';
import type { ParameterValues } from '@node3/shared/template';
import { draftToSpec } from './draft-to-spec.ts';
import { mergeDifference } from './merge-difference.ts';
import { specToDraft } from './spec-to-draft.ts';

/** What a form begins with; what is posted is a change to `spec`, except for a new job. */
export type JobStart =
  /** With a spec, that is what the form is filled with; all of it is posted. */
  | { kind: 'new'; spec: Partial<JobSpecInput> | null }
  | { kind: 'rerun'; jobId: string; spec: Partial<JobSpecInput> }
  | { kind: 'snippet'; snippetId: string; spec: Partial<JobSpecInput> }
  | {
      kind: 'template';
      templateId: string;
      version: number;
      parameters: ParameterValues;
      spec: Partial<JobSpecInput>;
    };

export const newStart: JobStart = { kind: 'new', spec: null };

/** One request that posts the job, by whichever route its beginning asks for. */
export interface PostRequest {
  url: string;
  body: unknown;
}

export function postRequest(start: JobStart, spec: JobSpecInput): PostRequest {
  if (start.kind === 'new') return { url: createJob.url, body: spec };
  const changes = changesOf(start, spec);
  if (start.kind === 'rerun') {
    return { url: rerunJob.url.replace(':jobId', start.jobId), body: { changes } };
  }
  if (start.kind === 'snippet') {
    const url = runSnippet.url.replace(':snippetId', start.snippetId);
    return { url, body: { overrides: changes } };
  }
  const { templateId, version, parameters } = start;
  const url = runTemplate.url.replace(':templateId', templateId);
  return { url, body: { parameters, version, overrides: changes } };
}

interface PostOptions {
  idempotencyKey: string;
  quoteId: string;
}

export function postJob(
  client: Client,
  start: JobStart,
  spec: JobSpecInput,
  options: PostOptions,
): Promise<JobDetail> {
  if (start.kind === 'new') return client.call(createJob, { body: spec }, options);
  const changes = changesOf(start, spec);
  if (start.kind === 'rerun') {
    const { idempotencyKey } = options;
    const { jobId } = start;
    return client.call(rerunJob, { params: { jobId }, body: { changes } }, { idempotencyKey });
  }
  if (start.kind === 'snippet') {
    const { snippetId } = start;
    const body = { overrides: changes };
    return client.call(runSnippet, { params: { snippetId }, body }, options);
  }
  const { templateId, version, parameters } = start;
  const body = { parameters, version, overrides: changes };
  return client.call(runTemplate, { params: { templateId }, body }, options);
}

/** Against what the form made of the beginning, so that only what a person changed is a change. */
function changesOf({ spec: before }: JobStart, after: JobSpecInput): Record<string, unknown> {
  if (before === null) return {};
  const changes = mergeDifference(draftToSpec(specToDraft(before)).spec, after);
  // A price that the form proposed is none that the beginning has.
  return before.price === undefined ? { ...changes, price: after.price } : changes;
}

type ShownSpec = JobSpec & { secretEnv?: string[] };

/**
 * What a requester would post to get the job with this complete spec. Values that are not shown stay
 * as their masks: the marketplace has them.
 */
export function askedSpec(shown: unknown): Partial<JobSpecInput> {
  const {
    after: _after,
    origin: _origin,
    secretEnv: _names,
    secrets: forms = {},
    ...asked
  } = shown as ShownSpec;
  const { env = {} } = asked.workload;
  const own = Object.entries(env).filter(([name]) => forms[name] !== 'env');
  const secrets = Object.entries(forms).map(([name, as]) => [name, { value: secretMask, as }]);
  return withoutNulls({
    ...asked,
    workload: { ...asked.workload, ...(own.length > 0 && { env: Object.fromEntries(own) }) },
    ...(secrets.length > 0 && { secrets: Object.fromEntries(secrets) as unknown }),
  }) as Partial<JobSpecInput>;
}
