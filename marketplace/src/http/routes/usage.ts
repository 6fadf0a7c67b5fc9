import { csvLine, csvTitles } from '@node3/shared/csv';
import { addRoute } from '@node3/shared/http/add-route';
import {
  exportUsage as exportContract,
  getUsage,
  type UsageFormat,
  type UsageRow,
  usageColumns,
} from '@node3/shared/routes/usage';
import type { FastifyInstance } from 'fastify';
import { exportUsage, readUsage } from '../../services/read-usage.ts';
import type { HttpDeps } from '../http-deps.ts';
import { jsonLines, type StreamForm, streamLines } from '../stream-lines.ts';

export function addUsageRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, getUsage, {
    authenticate,
    handler: ({ principal, query }) => readUsage(deps, principal.accountId, query),
  });
  addRoute(app, exportContract, {
    authenticate,
    async handler({ principal, query, reply }) {
      const { format = 'csv', ...selection } = query;
      const rows = exportUsage(deps, principal.accountId, selection);
      const texts = (signal: AbortSignal) => textsOf(format, rows(signal));
      await streamLines(deps, reply, texts, forms[format]);
      return '';
    },
  });
}

const named = (name: string) => ({ 'content-disposition': `attachment; filename="${name}"` });
const forms: Record<UsageFormat, StreamForm> = {
  csv: { contentType: 'text/csv; charset=utf-8', keepAlive: '', headers: named('usage.csv') },
  jsonl: { ...jsonLines, headers: named('usage.jsonl') },
};

async function* textsOf(
  format: UsageFormat,
  pages: AsyncIterable<UsageRow[]>,
): AsyncGenerator<string> {
  const lineOf = (row: UsageRow) =>
    format === 'csv' ? csvLine(usageColumns, row) : JSON.stringify(row);
  if (format === 'csv') yield `${csvTitles(usageColumns)}\n`;
  for await (const page of pages) {
    if (page.length > 0) yield page.map((row) => `${lineOf(row)}\n`).join('');
  }
}
