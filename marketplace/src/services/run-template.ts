import { canonicalJson } from '@node3/shared/canonical-json';
import { MarketError } from '@node3/shared/error';
import type { TemplateRun } from '@node3/shared/routes/templates';
import type { JobRow } from '../store/rows.ts';
import { invalid } from './check-template.ts';
import { type FilledTemplate, fillTemplate } from './fill-template.ts';
import { isStarter, openTemplate } from './open-template.ts';
import { type PostJobDeps, postJob } from './post-job.ts';

export interface RunTemplateInput {
  accountId: string;
  keyId: string | null;
  templateId: string;
  run: TemplateRun;
  idempotencyKey: string | null;
  quoteId: string | null;
}

/**
 * Posts a job from a template, as `postJob` does: the same escrow, caps, quotes and repetitions.
 * One of another account runs as the version that was looked at, or not at all.
 */
export async function runTemplate(
  deps: PostJobDeps,
  input: RunTemplateInput,
): Promise<{ job: JobRow; replayed: boolean }> {
  const { accountId, keyId, templateId, run, idempotencyKey, quoteId } = input;
  // A plain hash would let whoever reads the database guess the secrets in it.
  const requestHash = deps.sealer.digest(canonicalJson({ templateId, run }));
  if (idempotencyKey !== null) {
    // First of all: the template may be archived or newer by now, and what was posted stays posted.
    const earlier = await deps.store.postedBefore(accountId, { key: idempotencyKey, requestHash });
    if (earlier !== null) return { job: earlier, replayed: true };
  }
  const { version, isOthers, ...filled } = await previewTemplate(deps, accountId, templateId, run);
  if (isOthers && run.version === undefined) {
    const detail = `is needed for a template of another account, which may add one at any time; the newest is ${version}`;
    throw invalid([{ pointer: '/version', detail }]);
  }
  return postJob(deps, {
    accountId,
    keyId,
    ...filled,
    idempotencyKey,
    requestHash,
    quoteId,
    origin: { template: { templateId, version } },
  });
}

/** The spec that would be posted, and whether its owner is another account. Throws TEMPLATE_NOT_FOUND, TEMPLATE_ARCHIVED or REQUEST_INVALID. */
export async function previewTemplate(
  deps: Pick<PostJobDeps, 'store'>,
  accountId: string,
  templateId: string,
  run: TemplateRun,
): Promise<FilledTemplate & { version: number; isOthers: boolean }> {
  const wanted = { templateId, ...(run.version !== undefined && { version: run.version }) };
  const { template, content } = await openTemplate(deps, accountId, wanted);
  if (template.archivedAtMs !== null) throw new MarketError('TEMPLATE_ARCHIVED', { templateId });
  const isOthers = template.accountId !== accountId && !isStarter(templateId);
  return { version: content.version, isOthers, ...fillTemplate(content, run) };
}
