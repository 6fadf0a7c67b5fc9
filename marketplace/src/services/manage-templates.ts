import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import { assertUnchanged } from '@node3/shared/http/entity-tag';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { TemplateDetail, TemplateSummary } from '@node3/shared/routes/templates';
import { toTimestamp } from '@node3/shared/schema';
import type { TemplateParameter } from '@node3/shared/template';
import { literalSecrets } from '../domain/literal-secrets.ts';
import type { TemplateRow, TemplateStore, TemplateVersionRow } from '../store/template-store.ts';
import { checkTemplate, invalid } from './check-template.ts';
import { isStarter, openTemplate } from './open-template.ts';

export interface TemplateDeps {
  store: TemplateStore;
  clock: Clock;
  ids: Ids;
}

/** What a requester says in a template. */
interface TemplateInput {
  spec: Record<string, unknown>;
  parameters?: TemplateParameter[];
}

export async function createTemplate(
  deps: TemplateDeps,
  accountId: string,
  input: TemplateInput & { name: string; description?: string },
): Promise<TemplateDetail> {
  const content = newContent(deps, input);
  const template: TemplateRow = {
    templateId: deps.ids.next('template'),
    accountId,
    name: input.name,
    description: input.description ?? null,
    version: 1,
    createdAtMs: content.createdAtMs,
    archivedAtMs: null,
    visibility: 'private',
    tags: [],
    uses: 0,
    hiddenAtMs: null,
  };
  const events = [eventOf(deps, template, 'template.created')];
  await deps.store.createTemplate(template, content, limits.templatesPerAccount, events);
  return viewDetail(template, content, accountId);
}

export async function addTemplateVersion(
  deps: TemplateDeps,
  accountId: string,
  { templateId, ifMatch }: { templateId: string; ifMatch: string | null },
  input: TemplateInput,
): Promise<TemplateDetail> {
  await findOwnTemplate(deps, accountId, templateId);
  const content = newContent(deps, input);
  const template = await deps.store.addTemplateVersion(
    templateId,
    content,
    limits.templateVersions,
    (row) => {
      assertUnchanged(ifMatch, [templateId, row.version - 1]);
      if (row.visibility !== 'private') {
        const problems = literalSecrets(content, row.version);
        if (problems.length > 0) throw invalid(problems);
      }
      return [eventOf(deps, row, 'template.versioned')];
    },
  );
  return viewDetail(template, content, accountId);
}

export async function archiveTemplate(
  deps: TemplateDeps,
  accountId: string,
  templateId: string,
): Promise<TemplateSummary> {
  const template = await findOwnTemplate(deps, accountId, templateId);
  const events = [eventOf(deps, template, 'template.archived')];
  const archived = await deps.store.archiveTemplate(templateId, deps.clock.nowMs(), events);
  return viewTemplate(archived ?? template);
}

export async function readTemplate(
  deps: TemplateDeps,
  accountId: string,
  { templateId, version }: { templateId: string; version?: number },
): Promise<TemplateDetail> {
  const opened = await openTemplate(deps, accountId, {
    templateId,
    ...(version !== undefined && { version }),
  });
  return viewDetail(opened.template, opened.content, accountId);
}

export async function listTemplates(
  deps: TemplateDeps,
  accountId: string,
  query: { archived?: boolean; limit?: number; cursor?: string },
): Promise<{ data: TemplateSummary[]; nextCursor: string | null }> {
  const limit = query.limit ?? limits.listPageDefault;
  const rows = await deps.store.listTemplates({
    accountId,
    archived: query.archived === true ? 'with' : 'without',
    beforeTemplateId: query.cursor ?? null,
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (page.at(-1)?.templateId ?? null) : null;
  return { data: page.map(viewTemplate), nextCursor };
}

/** Finds a template of this account. Somebody else's does not exist for it. */
export async function findOwnTemplate(
  deps: Pick<TemplateDeps, 'store'>,
  accountId: string,
  templateId: string,
): Promise<TemplateRow> {
  const template = await deps.store.template(templateId);
  if (template?.accountId === accountId) return template;
  throw new MarketError('TEMPLATE_NOT_FOUND', { templateId });
}

export async function findVersion(
  deps: Pick<TemplateDeps, 'store'>,
  { templateId, version: newest }: TemplateRow,
  version = newest,
): Promise<TemplateVersionRow> {
  const found = await deps.store.templateVersion(templateId, version);
  if (found !== null) return found;
  throw new MarketError('TEMPLATE_NOT_FOUND', { templateId, version, newest });
}

function newContent(deps: TemplateDeps, { spec, parameters = [] }: TemplateInput) {
  const content = { spec, parameters, createdAtMs: deps.clock.nowMs() };
  checkTemplate(content);
  return content;
}

export function viewTemplate(row: TemplateRow): TemplateSummary {
  return {
    templateId: row.templateId,
    name: row.name,
    description: row.description,
    version: row.version,
    createdAt: toTimestamp(row.createdAtMs),
    archivedAt: row.archivedAtMs === null ? null : toTimestamp(row.archivedAtMs),
    visibility: row.visibility,
    tags: row.tags,
    uses: isStarter(row.templateId) ? null : row.uses,
    hiddenAt: row.hiddenAtMs === null ? null : toTimestamp(row.hiddenAtMs),
  };
}

function viewDetail(
  row: TemplateRow,
  content: Pick<TemplateVersionRow, 'spec' | 'parameters' | 'createdAtMs'> & { version?: number },
  readerId: string,
): TemplateDetail {
  return {
    ...viewTemplate(row),
    own: row.accountId === readerId,
    version: content.version ?? row.version,
    versionCreatedAt: toTimestamp(content.createdAtMs),
    spec: content.spec,
    parameters: content.parameters,
  };
}

function eventOf(
  deps: Pick<TemplateDeps, 'clock'>,
  { accountId, templateId, version }: TemplateRow,
  name: NewEvent['name'],
): NewEvent {
  return {
    name,
    atMs: deps.clock.nowMs(),
    actor: 'requester',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { templateId, version },
  };
}
