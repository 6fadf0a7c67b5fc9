import { MarketError } from '@node3/shared/error';
import { type StarterTemplate, starterTemplates } from '../domain/starter-templates.ts';
import type { TemplateRow, TemplateStore, TemplateVersionRow } from '../store/template-store.ts';

export interface OpenedTemplate {
  template: TemplateRow;
  content: TemplateVersionRow;
}

/**
 * A template that an account may use, and the version asked for: its own, one that is shared, or one that
 * is built in. All others do not exist for it.
 */
export async function openTemplate(
  { store }: { store: TemplateStore },
  accountId: string,
  { templateId, version }: { templateId: string; version?: number },
): Promise<OpenedTemplate> {
  const starter = starterTemplates.find((one) => one.templateId === templateId);
  if (starter !== undefined && (version ?? 1) === 1) return openStarter(starter);
  const template = await store.template(templateId);
  if (template === null || !mayUse(template, accountId)) {
    throw new MarketError('TEMPLATE_NOT_FOUND', { templateId });
  }
  const wanted = version ?? template.version;
  const content = await store.templateVersion(templateId, wanted);
  if (content !== null) return { template, content };
  const newest = template.version;
  throw new MarketError('TEMPLATE_NOT_FOUND', { templateId, version: wanted, newest });
}

export function isStarter(templateId: string): boolean {
  return starterTemplates.some((one) => one.templateId === templateId);
}

function mayUse(template: TemplateRow, accountId: string): boolean {
  if (template.accountId === accountId) return true;
  const { visibility, hiddenAtMs, archivedAtMs } = template;
  return visibility !== 'private' && hiddenAtMs === null && archivedAtMs === null;
}

function openStarter(starter: StarterTemplate): OpenedTemplate {
  const { templateId, name, description, tags, spec, parameters } = starter;
  const content = { templateId, version: 1, spec, parameters, createdAtMs: 0 };
  const template: TemplateRow = {
    templateId,
    accountId: '',
    name,
    description,
    version: 1,
    createdAtMs: 0,
    archivedAtMs: null,
    visibility: 'public',
    tags,
    uses: 0,
    hiddenAtMs: null,
  };
  return { template, content };
}
