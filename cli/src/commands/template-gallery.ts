import { limits } from '@node3/shared/limits';
import {
  copyTemplate,
  type GalleryTemplate,
  gallerySorts,
  listGallery,
  setTemplateVisibility,
} from '@node3/shared/routes/templates';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { choose } from '../parse/choose.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';
import { type ListTemplatesOptions, requireTemplateId } from './templates.ts';

/** `node3 template list --public`. */
export async function listPublicTemplates(
  context: Context,
  { order, search, tag, limit: text }: ListTemplatesOptions,
): Promise<number> {
  const limit = parseWholeNumber('--limit', text, { min: 1, max: limits.listPageMax });
  const query = {
    limit,
    sort: choose('--order', order, gallerySorts),
    ...(search !== undefined && { q: search }),
    ...(tag !== undefined && { tag }),
  };
  const page = await connect(context, 'public').call(listGallery, { query });
  await printRows(context, page, columns, 'No such templates.');
  if (page.nextCursor !== null) await context.terminal.talk(`more than ${limit}; see --limit`);
  return 0;
}

export interface ShareTemplateOptions {
  unlisted?: boolean;
  private?: boolean;
  tag?: string[];
}

export async function shareTemplate(
  context: Context,
  { args, options }: Call<ShareTemplateOptions>,
): Promise<number> {
  const { terminal } = context;
  const templateId = requireTemplateId(context, args[0]);
  if (options.unlisted === true && options.private === true) {
    throw usageError('--unlisted and --private say different things.', 'Leave one of them out.');
  }
  const visibility =
    options.private === true ? 'private' : options.unlisted === true ? 'unlisted' : 'public';
  const body = { visibility, ...(options.tag !== undefined && { tags: options.tag }) } as const;
  const params = { templateId };
  const template = await connect(context, 'requester').call(setTemplateVisibility, {
    params,
    body,
  });
  await (terminal.json ? terminal.object(template) : terminal.data(`${templateId}  ${visibility}`));
  return 0;
}

export async function copyToOwn(context: Context, { args }: Call<object>): Promise<number> {
  const { terminal } = context;
  const params = { templateId: requireTemplateId(context, args[0]) };
  const copy = await connect(context, 'requester').call(copyTemplate, { params });
  await (terminal.json ? terminal.object(copy) : terminal.data(`${copy.templateId}  ${copy.name}`));
  return 0;
}

const columns: Column<GalleryTemplate>[] = [
  { title: 'TEMPLATE', value: (row) => row.templateId },
  { title: 'NAME', value: (row) => row.name },
  { title: 'BY', value: (row) => (row.builtIn ? 'built-in' : (row.owner ?? '-')) },
  { title: 'USES', align: 'right', value: (row) => String(row.uses ?? '-') },
  { title: 'TAGS', value: (row) => row.tags.join(',') },
];
