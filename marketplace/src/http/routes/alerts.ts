import { addRoute } from '@node3/shared/http/add-route';
import {
  acknowledgeAlert as acknowledgeContract,
  listAlerts as listContract,
} from '@node3/shared/routes/alerts';
import type { FastifyInstance } from 'fastify';
import { acknowledgeAlert, listAlerts } from '../../services/read-alerts.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addAlertRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, listContract, {
    authenticate: deps.auth.requester,
    handler({ principal, query }) {
      const { accountId, keyId } = principal;
      const isOperator = keyId === null && accountId === deps.operatorAccountId;
      return listAlerts(deps, isOperator ? null : accountId, query);
    },
  });
  addRoute(app, acknowledgeContract, {
    authenticate: deps.auth.operator,
    handler: ({ params }) => acknowledgeAlert(deps, params.alertId),
  });
}
