import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from '@node3/shared/client';
import { isNotFound } from '@node3/shared/file-error';
import { limits } from '@node3/shared/limits';
import { type AuditEntry, listAuditLog, verifyAuditLog } from '@node3/shared/routes/audit';
import {
  AuditChecker,
  type AuditVerdict,
  verifyAuditExport,
} from '../audit/verify-audit-export.ts';
import { CommandError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { printRows } from '../output/print-rows.ts';
import { type Column, formatFacts } from '../output/table.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface AuditFilterOptions {
  action?: string;
  actor?: string;
  account?: string;
  key?: string;
  target?: string;
  request?: string;
  from?: string;
  until?: string;
}

export interface ListAuditOptions extends AuditFilterOptions {
  limit: string;
}

export async function listAudit(context: Context, call: Call<ListAuditOptions>): Promise<number> {
  const { terminal } = context;
  const range = { min: 1, max: limits.auditEntriesPerPage };
  const limit = parseWholeNumber('--limit', call.options.limit, range);
  const query = { ...filterOf(call.options), limit };
  const page = await connect(context, 'operator').call(listAuditLog, { query });
  await printRows(context, page, columns);
  if (page.nextCursor !== null) await terminal.talk(`more than ${limit}; see --limit`);
  return 0;
}

export interface VerifyAuditOptions {
  file?: string;
}

/** Exit code 1 when there is a problem; each one is a line on standard error. */
export async function verifyAudit(
  context: Context,
  call: Call<VerifyAuditOptions>,
): Promise<number> {
  const { terminal } = context;
  const { file } = call.options;
  const found =
    file === undefined
      ? await verifyLive(connect(context, 'operator'))
      : await verifyFile(resolve(context.host.cwd, file), file);
  const verified = found.problems.length === 0;
  if (terminal.json) {
    await terminal.object({ verified, ...found });
  } else {
    const facts = formatFacts([
      ['audit log', verified ? 'verified' : 'was changed, see below'],
      ['entries', String(found.entries)],
      ['head', `${found.head.entry} ${found.head.hash}`],
    ]);
    for (const line of facts) await terminal.data(line);
    for (const problem of found.problems) await terminal.complain(problem);
  }
  return verified ? exitCodes.ok.code : exitCodes.failure.code;
}

/** Recomputes here what the marketplace answers, and asks what it finds itself. */
async function verifyLive(client: Client): Promise<AuditVerdict> {
  const own = await client.call(verifyAuditLog, {}, { timeoutMs: verifyTimeoutMs });
  const checker = new AuditChecker();
  for await (const { data, after } of pagesOf(client, {})) {
    if (checker.isEmpty) checker.begin({ ...after, hash: Buffer.from(after.hash, 'hex') });
    for (const entry of data) checker.add(entry);
  }
  for (const problem of own.problems) checker.note(problem);
  const verdict = checker.verdict();
  if (verdict.head.entry < own.head.entry) {
    checker.note(`The log ends with entry ${verdict.head.entry} instead of ${own.head.entry}.`);
  }
  return { ...verdict, problems: [...new Set(verdict.problems)] };
}

/** A million entries take some seconds; whoever has more can wait. */
const verifyTimeoutMs = 300_000;

async function verifyFile(path: string, name: string): Promise<AuditVerdict> {
  try {
    return await verifyAuditExport(path);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CommandError('usage', `There is no file ${name}.`, 'Give an exported audit log.');
  }
}

export interface ExportAuditOptions extends AuditFilterOptions {
  output?: string;
}

/** JSON lines that `admin audit verify --file` reads, to standard output or into a new file. */
export async function exportAudit(
  context: Context,
  call: Call<ExportAuditOptions>,
): Promise<number> {
  const { terminal, host } = context;
  const { output } = call.options;
  const pages = pagesOf(connect(context, 'operator'), filterOf(call.options));
  if (output === undefined) {
    for await (const line of linesOf(pages)) await terminal.jsonLine(line);
    return 0;
  }
  // Never over a file that is there: it may be the only copy that shows what was changed.
  const file = await open(resolve(host.cwd, output), 'wx', 0o600);
  let count = 0;
  try {
    for await (const line of linesOf(pages)) {
      await file.appendFile(`${JSON.stringify(line)}\n`);
      if ('entry' in line) count += 1;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await terminal.talk(`${count} entries written to ${output}`);
  return 0;
}

async function* linesOf(pages: ReturnType<typeof pagesOf>) {
  let isFirst = true;
  for await (const { data, after } of pages) {
    if (isFirst) yield { after };
    isFirst = false;
    yield* data;
  }
  yield { ended: true };
}

/** All pages, oldest first. */
async function* pagesOf(client: Client, filter: ReturnType<typeof filterOf>) {
  let cursor: number | null = null;
  do {
    const from: { cursor?: number } = cursor === null ? {} : { cursor };
    const limit = limits.auditEntriesPerPage;
    const query = { ...filter, ...from, limit, order: 'oldest' as const };
    const page: { data: AuditEntry[]; nextCursor: number | null; after: AuditAfter } =
      await client.call(listAuditLog, { query });
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

interface AuditAfter {
  entry: number;
  hash: string;
}

function filterOf(options: AuditFilterOptions) {
  const { action, actor, account, key, target, request, from, until } = options;
  return {
    ...(action === undefined ? {} : { action }),
    ...(actor === undefined ? {} : { actor }),
    ...(account === undefined ? {} : { accountId: account }),
    ...(key === undefined ? {} : { keyId: key }),
    ...(target === undefined ? {} : { target }),
    ...(request === undefined ? {} : { requestId: request }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  };
}

const columns: Column<AuditEntry>[] = [
  { title: 'ENTRY', value: (row) => String(row.entry) },
  { title: 'AT', value: (row) => row.at },
  { title: 'ACTION', value: (row) => row.action },
  { title: 'ACTOR', value: (row) => row.actor },
  { title: 'TARGET', value: (row) => row.target ?? '-' },
  { title: 'IP', value: (row) => row.ip ?? '-' },
  { title: 'FACTS', value: (row) => JSON.stringify(row.facts) },
];
