import { addRoute } from '@node3/shared/http/add-route';
import {
  exportUsage as exportContract,
  getCustomerUsage,
  getUsage,
  getUsageLabels,
  usageColumns,
} from '@node3/shared/routes/usage';
import type { FastifyInstance } from 'fastify';
import {
  exportUsage,
  readCustomerUsage,
  readUsage,
  readUsageLabels,
} from '../../services/read-usage.ts';
import type { HttpDeps } from '../http-deps.ts';
import { streamLines } from '../stream-lines.ts';
import { tableForms, tableTexts } from '../table-file.ts';

const forms = tableForms('usage');

export function addUsageRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, getUsage, {
    authenticate,
    handler: ({ principal, query }) => readUsage(deps, principal.accountId, query),
  });
  addRoute(app, getUsageLabels, {
    authenticate,
    handler: ({ principal }) => readUsageLabels(deps, principal.accountId),
  });
  addRoute(app, exportContract, {
    authenticate,
    async handler({ principal, query, reply }) {
      const { format = 'csv', ...selection } = query;
      const rows = exportUsage(deps, principal.accountId, selection);
      const texts = (signal: AbortSignal) => tableTexts(format, usageColumns, rows(signal));
      await streamLines(deps, reply, texts, forms[format]);
      return '';
    },
  });
  addRoute(app, getCustomerUsage, {
    authenticate: deps.auth.operator,
    handler: ({ query }) => readCustomerUsage(deps, query),
  });
}
