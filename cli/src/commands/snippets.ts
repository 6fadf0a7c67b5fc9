import { basename } from 'node:path';
import type { Client } from '@node3/shared/client';
import { MarketError } from '@node3/shared/error';
import { idPattern } from '@node3/shared/ids';
import { languages } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import {
  createSnippet,
  deleteSnippet,
  getSnippet,
  listSnippets,
  putSnippet,
  type SnippetDetail,
  type SnippetInput,
  type SnippetSummary,
  snippetSorts,
} from '@node3/shared/routes/snippets';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { buildLimits } from '../job/build-spec.ts';
import { languageOf, readText } from '../job/read-workload.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { ageText } from '../output/words.ts';
import { choose } from '../parse/choose.ts';
import { parseGpuSpec } from '../parse/gpu-spec.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface SaveSnippetOptions {
  name?: string;
  description?: string;
  gpu?: string;
  image?: string;
  timeout?: string;
}

/** `node3 snippet save`: makes a snippet, or replaces the one of this name. */
export async function saveSnippet(
  context: Context,
  { args, options }: Call<SaveSnippetOptions>,
): Promise<number> {
  const { terminal } = context;
  const body = await readSnippet(context, args[0] ?? '', options);
  const client = connect(context, 'requester');
  const known = await findByName(client, body.name);
  const saved =
    known === null
      ? await client.call(createSnippet, { body })
      : await client.call(putSnippet, { params: { snippetId: known.snippetId }, body });
  if (terminal.json) await terminal.object(saved);
  else await terminal.data(`${saved.snippetId}  ${saved.name}, version ${saved.version}`);
  return 0;
}

async function readSnippet(
  { host }: Context,
  file: string,
  { name = basename(file), description, gpu, image, timeout }: SaveSnippetOptions,
): Promise<SnippetInput> {
  const language = languageOf(file);
  if (language === undefined) {
    throw usageError(`${file} is no script.`, 'Give a file that ends in .py, .js, .ts or .sh.');
  }
  const code = await readText(host, file, limits.codeBytesMax);
  if (code === '') throw usageError(`${file} is empty.`, 'Give a script with code in it.');
  const { runSec } = buildLimits(timeout === undefined ? {} : { timeout });
  return {
    name,
    language,
    code,
    ...(description !== undefined && { description }),
    ...(gpu !== undefined && { gpus: parseGpuSpec(gpu) }),
    ...(image !== undefined && { image }),
    ...(runSec !== undefined && { runSec }),
  };
}

export interface ListSnippetsOptions {
  search?: string;
  language?: string;
  sort?: string;
  limit: string;
}

export async function listOwnSnippets(
  context: Context,
  { options }: Call<ListSnippetsOptions>,
): Promise<number> {
  const { terminal, host } = context;
  const { search, language, sort } = options;
  const limit = parseWholeNumber('--limit', options.limit, { min: 1, max: limits.listPageMax });
  const page = await connect(context, 'requester').call(listSnippets, {
    query: {
      limit,
      ...(search !== undefined && { q: search }),
      ...(language !== undefined && { language: choose('--language', language, languages) }),
      ...(sort !== undefined && { sort: choose('--sort', sort, snippetSorts) }),
    },
  });
  const none = `No snippets. Keep one: ${host.command} snippet save FILE`;
  await printRows(context, page, columnsAt(host.clock.nowMs()), none);
  if (page.nextCursor !== null) await terminal.talk(`more than ${limit}; see --limit`);
  return 0;
}

/** `node3 snippet show`: the code alone, so that it can be piped. */
export async function showSnippet(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const snippet = await findSnippet(connect(context, 'requester'), call.args[0] ?? '');
  if (terminal.json) await terminal.object(snippet);
  else for (const line of snippet.code.replace(/\n$/, '').split('\n')) await terminal.data(line);
  return 0;
}

export async function removeSnippet(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const client = connect(context, 'requester');
  const { snippetId } = await findSnippet(client, call.args[0] ?? '');
  const removed = await client.call(deleteSnippet, { params: { snippetId } });
  await (terminal.json ? terminal.object(removed) : terminal.data(`${snippetId}  removed`));
  return 0;
}

/** By its id or its name. Throws SNIPPET_NOT_FOUND. */
export async function findSnippet(client: Client, text: string): Promise<SnippetDetail> {
  const snippetId = new RegExp(idPattern('snippet')).test(text)
    ? text
    : (await findByName(client, text))?.snippetId;
  if (snippetId !== undefined) return client.call(getSnippet, { params: { snippetId } });
  throw new MarketError('SNIPPET_NOT_FOUND', { detail: `You have no snippet "${text}".` });
}

async function findByName(client: Client, name: string): Promise<SnippetSummary | null> {
  const { data } = await client.call(listSnippets, { query: { name, limit: 1 } });
  return data[0] ?? null;
}

function columnsAt(nowMs: number): Column<SnippetSummary>[] {
  return [
    { title: 'NAME', value: (row) => row.name },
    { title: 'LANGUAGE', value: (row) => row.language },
    { title: 'BYTES', align: 'right', value: (row) => String(row.codeBytes) },
    { title: 'VERSION', align: 'right', value: (row) => String(row.version) },
    { title: 'CHANGED', align: 'right', value: (row) => ageText(row.updatedAt, nowMs) },
    { title: 'SNIPPET', value: (row) => row.snippetId },
  ];
}
