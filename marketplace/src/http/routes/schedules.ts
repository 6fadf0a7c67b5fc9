import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import * as contracts from '@node3/shared/routes/schedules';
import type { FastifyInstance } from 'fastify';
import {
  createSchedule,
  deleteSchedule,
  listSchedules,
  pauseSchedule,
  previewSchedule,
  readSchedule,
  resumeSchedule,
} from '../../services/manage-schedules.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addScheduleRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.createSchedule, {
    authenticate,
    bodyLimit: limits.jobBodyBytes,
    handler: ({ principal, body }) => createSchedule(deps, principal, body),
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
    handler: ({ principal, params }) => readSchedule(deps, principal.accountId, params.scheduleId),
  });
  addRoute(app, contracts.pauseSchedule, {
    authenticate,
    handler: ({ principal, params }) => pauseSchedule(deps, principal.accountId, params.scheduleId),
  });
  addRoute(app, contracts.resumeSchedule, {
    authenticate,
    handler: ({ principal, params }) => resumeSchedule(deps, principal, params.scheduleId),
  });
  addRoute(app, contracts.deleteSchedule, {
    authenticate,
    handler: ({ principal, params }) =>
      deleteSchedule(deps, principal.accountId, params.scheduleId),
  });
}
