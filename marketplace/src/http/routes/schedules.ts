import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import * as contracts from '@node3/shared/routes/schedules';
import type { FastifyInstance } from 'fastify';
import {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  listSchedules,
  pauseSchedule,
  previewSchedule,
  readSchedule,
  resumeSchedule,
  versionOfSchedule,
} from '../../services/manage-schedules.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { readIfMatch, tagged } from '../if-match.ts';

export function addScheduleRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.createSchedule, {
    authenticate,
    bodyLimit: limits.jobBodyBytes,
    handler: ({ principal, body, request }) =>
      createSchedule(deps, principal, body, readIdempotencyKey(request)),
  });
  addRoute(app, contracts.previewSchedule, {
    authenticate,
    handler: async ({ body }) => previewSchedule(deps, body),
  });
  addRoute(app, contracts.listSchedules, {
    authenticate,
    handler: ({ principal, query }) => listSchedules(deps, principal.accountId, query),
  });
  addRoute(app, contracts.getSchedule, {
    authenticate,
    async handler({ principal, params, reply }) {
      const view = await readSchedule(deps, principal.accountId, params.scheduleId);
      return tagged(reply, view, versionOfSchedule(view));
    },
  });
  addRoute(app, contracts.changeSchedule, {
    authenticate,
    async handler({ principal, params, body, request, reply }) {
      const asked = { scheduleId: params.scheduleId, input: body };
      const view = await changeSchedule(deps, principal.accountId, asked, readIfMatch(request));
      return tagged(reply, view, versionOfSchedule(view));
    },
  });
  addRoute(app, contracts.pauseSchedule, {
    authenticate,
    async handler({ principal, params, request, reply }) {
      const { accountId } = principal;
      const ifMatch = readIfMatch(request);
      const view = await pauseSchedule(deps, accountId, params.scheduleId, ifMatch);
      return tagged(reply, view, versionOfSchedule(view));
    },
  });
  addRoute(app, contracts.resumeSchedule, {
    authenticate,
    async handler({ principal, params, request, reply }) {
      const ifMatch = readIfMatch(request);
      const view = await resumeSchedule(deps, principal, params.scheduleId, ifMatch);
      return tagged(reply, view, versionOfSchedule(view));
    },
  });
  addRoute(app, contracts.deleteSchedule, {
    authenticate,
    handler: ({ principal, params }) =>
      deleteSchedule(deps, principal.accountId, params.scheduleId),
  });
}
