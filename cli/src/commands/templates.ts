import type { BodyOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import {
  archiveTemplate,
  createTemplate,
  createTemplateVersion,
  getTemplate,
  listTemplates,
  type TemplateDetail,
  type TemplateSummary,
} from '@node3/shared/routes/templates';
import type { TemplateParameter } from '@node3/shared/template';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import { type Column, formatFacts } from '../output/table.ts';
import { ageText } from '../output/words.ts';
import { readJsonFile } from '../parse/json-file.ts';
import { requireId } from '../parse/resource-id.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface CreateTemplateOptions {
  versionOf?: string;
}

/** `node3 template create FILE`: the file is the body of the request. */
export async function createTemplateFile(
  context: Context,
  call: Call<CreateTemplateOptions>,
): Promise<number> {
  const { host, terminal } = context;
  const { versionOf } = call.options;
  const file = await readJsonFile(host, call.args[0] ?? '-', limits.jobBodyBytes);
  const client = connect(context, 'requester');
  const { spec, parameters } = file as BodyOf<typeof createTemplateVersion>;
  const template =
    versionOf === undefined
      ? await client.call(createTemplate, { body: file as BodyOf<typeof createTemplate> })
      : await client.call(createTemplateVersion, {
          params: { templateId: requireTemplateId(context, versionOf) },
          body: { spec, ...(parameters === undefined ? {} : { parameters }) },
        });
  if (terminal.json) await terminal.object(template);
  else await terminal.data(`${template.templateId}  version ${template.version}`);
  return 0;
}

export interface ListTemplatesOptions {
  order: string;
  archived?: boolean;
  public?: boolean;
  search?: string;
  tag?: string;
  limit: string;
}

export async function listOwnTemplates(
  context: Context,
  call: Call<ListTemplatesOptions>,
): Promise<number> {
  const { terminal, host } = context;
  if (call.options.public === true) {
    const { listPublicTemplates } = await import('./template-gallery.ts');
    return listPublicTemplates(context, call.options);
  }
  const bounds = { min: 1, max: limits.listPageMax };
  const limit = parseWholeNumber('--limit', call.options.limit, bounds);
  const archived = call.options.archived === true;
  const page = await connect(context, 'requester').call(listTemplates, {
    query: { limit, archived },
  });
  const none = `No templates. Keep one: ${host.command} template create FILE`;
  await printRows(context, page, templateColumns(host.clock.nowMs()), none);
  if (page.nextCursor !== null) await terminal.talk(`more than ${limit}; see --limit`);
  return 0;
}

export interface ShowTemplateOptions {
  of?: string;
}

export async function showTemplate(
  context: Context,
  call: Call<ShowTemplateOptions>,
): Promise<number> {
  const { terminal } = context;
  const templateId = requireTemplateId(context, call.args[0]);
  const template = await connect(context, 'requester').call(getTemplate, {
    params: { templateId },
    query: parseVersion(call.options.of),
  });
  if (terminal.json) await terminal.object(template);
  else for (const line of formatTemplate(template)) await terminal.data(line);
  return 0;
}

export async function archiveOwnTemplate(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const templateId = requireTemplateId(context, call.args[0]);
  const template = await connect(context, 'requester').call(archiveTemplate, {
    params: { templateId },
  });
  if (terminal.json) await terminal.object(template);
  else await terminal.data(`${templateId}  archived`);
  return 0;
}

export function requireTemplateId({ host }: Context, text: string | undefined): string {
  return requireId('template', text, `${host.command} template list`);
}

export function parseVersion(of: string | undefined): { version?: number } {
  if (of === undefined) return {};
  return { version: parseWholeNumber('--of', of, { min: 1, max: limits.templateVersions }) };
}

function templateColumns(nowMs: number): Column<TemplateSummary>[] {
  return [
    { title: 'TEMPLATE', value: (row) => row.templateId },
    { title: 'VERSION', align: 'right', value: (row) => String(row.version) },
    { title: 'STATE', value: (row) => (row.archivedAt === null ? 'active' : 'archived') },
    { title: 'AGE', align: 'right', value: (row) => ageText(row.createdAt, nowMs) },
    { title: 'NAME', value: (row) => row.name },
  ];
}

function formatTemplate(template: TemplateDetail): string[] {
  const parameters = template.parameters.map((parameter): [string, string] => [
    parameter.name,
    describe(parameter),
  ]);
  return [
    ...formatFacts([
      ['template', template.templateId],
      ['name', template.name],
      ['description', template.description],
      ['version', `${template.version}, of ${template.versionCreatedAt}`],
      ['archived', template.archivedAt],
      ['visibility', template.visibility],
      ['tags', template.tags.join(', ') || null],
      ['hidden', template.hiddenAt],
    ]),
    ...(parameters.length === 0 ? [] : ['', 'parameters', ...formatFacts(parameters)]),
    '',
    ...JSON.stringify(template.spec, null, 2).split('\n'),
  ];
}

function describe(parameter: TemplateParameter): string {
  const value = parameter.type === 'secret' ? undefined : parameter.default;
  const isRequired = parameter.required ?? value === undefined;
  const rest = value === undefined ? (isRequired ? 'required' : 'optional') : `default ${value}`;
  const choices = parameter.type === 'choice' ? ` of ${parameter.choices.join(', ')}` : '';
  const words = parameter.description === undefined ? '' : `; ${parameter.description}`;
  return `${parameter.type}${choices}, ${rest}${words}`;
}
