import type { BodyOf, QueryOf } from '@node3/shared/contract';
import type { NewEvent } from '@node3/shared/events';
import { limits } from '@node3/shared/limits';
import type {
  GalleryTemplate,
  hideTemplate as hideContract,
  listGallery as listContract,
  setTemplateVisibility as shareContract,
  TemplateDetail,
  TemplateSummary,
} from '@node3/shared/routes/templates';
import { toTimestamp } from '@node3/shared/schema';
import { readGalleryCursor, writeGalleryCursor } from '../domain/gallery-cursor.ts';
import { literalSecrets } from '../domain/literal-secrets.ts';
import { starterTemplates } from '../domain/starter-templates.ts';
import type { GalleryQuery, GalleryRow, TemplateRow } from '../store/template-store.ts';
import { invalid } from './check-template.ts';
import {
  createTemplate,
  findOwnTemplate,
  type TemplateDeps,
  viewTemplate,
} from './manage-templates.ts';
import { openTemplate } from './open-template.ts';

/** Says who may use a template. Throws REQUEST_INVALID where a version of it seems to hold a secret. */
export async function shareTemplate(
  deps: TemplateDeps,
  accountId: string,
  templateId: string,
  { visibility, tags }: BodyOf<typeof shareContract>,
): Promise<TemplateSummary> {
  const { version } = await findOwnTemplate(deps, accountId, templateId);
  if (visibility !== 'private') await checkVersions(deps, templateId, version);
  const changed = await deps.store.changeTemplate(templateId, (row) => {
    const template = { ...row, visibility, tags: tags ?? row.tags };
    const data = { templateId, visibility };
    return { template, events: [eventOf(deps, row, { name: 'template.shared', data })] };
  });
  return viewTemplate(changed);
}

/** The operator's: whatever its owner says, nobody else finds it. */
export async function hideTemplate(
  deps: TemplateDeps,
  templateId: string,
  { hidden, reason }: BodyOf<typeof hideContract>,
): Promise<TemplateSummary> {
  const nowMs = deps.clock.nowMs();
  const changed = await deps.store.changeTemplate(templateId, (row) => {
    const template = { ...row, hiddenAtMs: hidden ? (row.hiddenAtMs ?? nowMs) : null };
    const data = { templateId, hidden, why: reason ?? null };
    const event = eventOf(deps, row, { name: 'template.hidden', data });
    return { template, events: [{ ...event, actor: 'operator' as const }] };
  });
  return viewTemplate(changed);
}

export async function copyTemplate(
  deps: TemplateDeps,
  accountId: string,
  templateId: string,
): Promise<TemplateDetail> {
  const { template, content } = await openTemplate(deps, accountId, { templateId });
  const { name, description } = template;
  const { spec, parameters } = content;
  const input = { name, spec, parameters, ...(description !== null && { description }) };
  return createTemplate(deps, accountId, input);
}

/** Those of accounts, and after them the built-in ones, whose ids are the lowest. */
export async function listGallery(
  { store }: Pick<TemplateDeps, 'store'>,
  query: QueryOf<typeof listContract>,
): Promise<{ data: GalleryTemplate[]; nextCursor: string | null }> {
  const { q = null, tag = null, cursor, limit = limits.listPageDefault, sort = 'newest' } = query;
  const after = cursor === undefined ? null : readGalleryCursor(sort, cursor);
  const rows = await store.listGallery({ q, tag, after, sort, limit: limit + 1 });
  const found = [...rows.map(viewShared), ...startersFor({ q, tag, after })];
  const data = found.slice(0, limit);
  const last = data.at(-1);
  const isMore = found.length > limit && last !== undefined;
  return { data, nextCursor: isMore ? writeGalleryCursor(sort, last) : null };
}

function startersFor({ q, tag, after }: Pick<GalleryQuery, 'q' | 'tag' | 'after'>) {
  return starterTemplates
    .filter(({ name, description, tags, templateId }) => {
      const text = `${name}\n${description}`.toLowerCase();
      const isFound = q === null || text.includes(q.toLowerCase());
      return (
        isFound && (tag === null || tags.includes(tag)) && templateId < (after?.templateId ?? '~')
      );
    })
    .map(({ templateId, name, description, tags }): GalleryTemplate => {
      const facts = { templateId, name, description, tags, version: 1 };
      return { ...facts, builtIn: true, owner: null, uses: null, createdAt: toTimestamp(0) };
    });
}

function viewShared(row: GalleryRow): GalleryTemplate {
  const { templateId, name, description, version, tags, owner, uses } = row;
  const createdAt = toTimestamp(row.createdAtMs);
  return { templateId, name, description, version, tags, builtIn: false, owner, uses, createdAt };
}

/** Every version can be read by whoever may use the template. */
async function checkVersions({ store }: TemplateDeps, templateId: string, newest: number) {
  for (let version = 1; version <= newest; version += 1) {
    const content = await store.templateVersion(templateId, version);
    const problems = content === null ? [] : literalSecrets(content, version);
    if (problems.length > 0) throw invalid(problems);
  }
}

function eventOf(
  { clock }: TemplateDeps,
  { accountId }: TemplateRow,
  { name, data }: Pick<NewEvent, 'name' | 'data'>,
): NewEvent {
  const about = { accountId, jobId: null, executionId: null, reason: null };
  return { name, atMs: clock.nowMs(), actor: 'requester', ...about, data };
}
