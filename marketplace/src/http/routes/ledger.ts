import { csvLine, csvTitles } from '@node3/shared/csv';
import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  exportLedger,
  getReserves,
  type LedgerEntry,
  ledgerColumns,
  verifyLedger,
  writeOffLoss as writeOffContract,
} from '@node3/shared/routes/ledger';
import type { FastifyInstance } from 'fastify';
import { toLedgerLine } from '../../services/ledger-lines.ts';
import { proveLedger, viewReserves } from '../../services/prove-ledger.ts';
import { writeOffLoss } from '../../services/write-off-loss.ts';
import type { LedgerStore } from '../../store/store.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type StreamForm, streamLines } from '../stream-lines.ts';

export function addLedgerRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, verifyLedger, { authenticate, handler: () => proveLedger(deps.ledger) });
  addRoute(app, getReserves, {
    authenticate,
    handler: async () => viewReserves(await deps.ledger.reserves()),
  });
  addRoute(app, writeOffContract, {
    authenticate,
    handler: ({ body }) => writeOffLoss(deps, body.money, body.reason),
  });
  addRoute(app, exportLedger, {
    authenticate,
    async handler({ query, request, reply }) {
      const after = query.after ?? 0;
      if (request.headers.accept?.includes('application/x-ndjson')) {
        await streamLines(deps, reply, () => entryTexts(deps.store, after));
        return { data: [], nextAfter: after };
      }
      if (request.headers.accept?.includes('text/csv')) {
        await streamLines(deps, reply, () => entryCsv(deps.store, after), csvForm);
        return { data: [], nextAfter: after };
      }
      const limit = query.limit ?? limits.ledgerEntriesPerPage;
      const rows = await deps.store.ledgerEntries(after, limit);
      return { data: rows.map(toLedgerLine), nextAfter: rows.at(-1)?.entry ?? after };
    },
  });
}

/** All entries after one, page by page. */
async function* pagesOf(store: LedgerStore, afterEntry: number): AsyncGenerator<LedgerEntry[]> {
  let after = afterEntry;
  for (;;) {
    const rows = await store.ledgerEntries(after, limits.ledgerEntriesPerPage);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.entry;
    yield rows.map(toLedgerLine);
  }
}

/** With a last line that tells a whole export from one that broke off. */
async function* entryTexts(store: LedgerStore, after: number): AsyncGenerator<string> {
  for await (const page of pagesOf(store, after)) {
    yield page.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }
  yield '{"ended":true}\n';
}

const csvForm: StreamForm = {
  contentType: 'text/csv; charset=utf-8',
  keepAlive: '',
  headers: { 'content-disposition': 'attachment; filename="ledger.csv"' },
  dropped: 'dropped\r\n',
};

/** The same for a spreadsheet; one without its last line was cut off. */
async function* entryCsv(store: LedgerStore, after: number): AsyncGenerator<string> {
  yield `${csvTitles(ledgerColumns)}\r\n`;
  for await (const page of pagesOf(store, after)) {
    yield page.map((entry) => `${csvLine(ledgerColumns, entry)}\r\n`).join('');
  }
  yield 'ended\r\n';
}
