import { addRoute } from '@node3/shared/http/add-route';
import { type AuditEntry, listAuditLog, verifyAuditLog } from '@node3/shared/routes/audit';
import type { FastifyInstance } from 'fastify';
import {
  type AuditQuery,
  readAuditPage,
  verifyAudit,
  walkAudit,
} from '../../services/read-audit.ts';
import type { HttpDeps } from '../http-deps.ts';
import { streamLines } from '../stream-lines.ts';

export function addAuditRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, listAuditLog, {
    authenticate,
    async handler({ query, request, reply }) {
      const accept = request.headers.accept ?? '';
      const first = await readAuditPage(deps, query);
      if (accept.includes('application/x-ndjson')) {
        await streamLines(deps, reply, (signal) => jsonTexts(deps, query, first.after, signal));
      } else if (accept.includes('text/csv')) {
        const texts = (signal: AbortSignal) => csvTexts(deps, query, signal);
        await streamLines(deps, reply, texts, csvStyle);
      }
      return first;
    },
  });
  addRoute(app, verifyAuditLog, { authenticate, handler: () => verifyAudit(deps) });
}

const csvStyle = {
  contentType: 'text/csv; charset=utf-8',
  keepAlive: '',
  dropped: 'dropped\r\n',
};

/** First what the oldest entry is chained to, and a last line that tells a whole export. */
async function* jsonTexts(
  deps: HttpDeps,
  query: AuditQuery,
  after: { entry: number; hash: string },
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield `${JSON.stringify({ after })}\n`;
  for await (const page of walkAudit(deps, query, signal)) {
    yield page.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }
  if (!signal.aborted) yield '{"ended":true}\n';
}

const columns = [
  'entry',
  'at',
  'action',
  'actor',
  'accountId',
  'keyId',
  'ip',
  'requestId',
  'target',
  'facts',
  'hash',
] as const satisfies (keyof AuditEntry)[];

/** With a last line, too: one without it was cut off. */
async function* csvTexts(
  deps: HttpDeps,
  query: AuditQuery,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const page of walkAudit(deps, query, signal)) yield page.map(csvLine).join('');
  if (!signal.aborted) yield 'ended\r\n';
}

function csvLine(entry: AuditEntry): string {
  const cells = columns.map((column) => {
    const value = entry[column];
    return csvCell(
      typeof value === 'object' ? (value === null ? '' : JSON.stringify(value)) : value,
    );
  });
  return `${cells.join(',')}\r\n`;
}

/** RFC 4180; a cell that a spreadsheet would run as a formula gets an apostrophe before it. */
function csvCell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
