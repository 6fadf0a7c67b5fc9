import { addRoute } from '@node3/shared/http/add-route';
import {
  exportStatement as exportContract,
  listStatement,
  statementColumns,
} from '@node3/shared/routes/statements';
import type { FastifyInstance } from 'fastify';
import { exportStatement, readStatement } from '../../services/read-statement.ts';
import type { HttpDeps } from '../http-deps.ts';
import { streamLines } from '../stream-lines.ts';
import { tableForms, tableTexts } from '../table-file.ts';

const forms = tableForms('statement');

export function addStatementRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, listStatement, {
    authenticate,
    handler: ({ principal, query }) => readStatement(deps, principal.accountId, query),
  });
  addRoute(app, exportContract, {
    authenticate,
    async handler({ principal, query, reply }) {
      const { format = 'csv', ...selection } = query;
      const texts = (signal: AbortSignal) => {
        const pages = exportStatement(deps, principal.accountId, selection, signal);
        return tableTexts(format, statementColumns, pages);
      };
      await streamLines(deps, reply, texts, forms[format]);
      return '';
    },
  });
}
