import { addRoute } from '@node3/shared/http/add-route';
import {
  cancelReservation as cancelContract,
  createReservation,
  listReservations as listContract,
} from '@node3/shared/routes/reservations';
import type { FastifyInstance } from 'fastify';
import {
  cancelReservation,
  listReservations,
  reserveCapacity,
} from '../../services/reserve-capacity.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addReservationRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, createReservation, {
    authenticate,
    handler: ({ body }) => reserveCapacity(deps, body),
  });
  addRoute(app, listContract, {
    authenticate,
    async handler() {
      return { data: await listReservations(deps) };
    },
  });
  addRoute(app, cancelContract, {
    authenticate,
    handler: ({ params }) => cancelReservation(deps, params.reservationId),
  });
}
