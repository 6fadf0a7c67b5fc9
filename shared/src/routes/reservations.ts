import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { JobSpecInput } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { id, nullable, strictObject, Timestamp } from '../schema.ts';

export const Reservation = strictObject({
  reservationId: id('reservation'),
  accountId: id('account'),
  agentIds: Type.Array(id('agent'), { description: 'Whole agents, chosen when it was made' }),
  from: Timestamp,
  until: Timestamp,
  createdAt: Timestamp,
  cancelledAt: nullable(Timestamp),
});
export type Reservation = Static<typeof Reservation>;

/** RFC 3339 in UTC, as it is sent; whether there is such a day is checked by the service. */
const Moment = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
  description: 'RFC 3339, UTC, such as 2026-12-01T08:00:00Z',
});

/**
 * Holds agents for one account for a time: in it they take jobs of nobody else. What runs there at
 * its beginning goes on to its end. It costs nothing, so only the operator makes it.
 */
export const createReservation = {
  method: 'POST',
  url: '/api/v1/reservations',
  summary: 'Hold agents for an account for a time',
  audience: 'operator',
  tag: 'admin',
  schema: {
    body: strictObject({
      accountId: id('account'),
      count: Type.Integer({ minimum: 1, maximum: limits.agentsPerReservation }),
      resources: JobSpecInput.properties.resources,
      placement: JobSpecInput.properties.placement,
      from: Moment,
      until: Moment,
    }),
    response: { 201: Reservation },
  },
} as const satisfies RouteContract;

export const listReservations = {
  method: 'GET',
  url: '/api/v1/reservations',
  summary: 'Reservations that are not over',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: strictObject({ data: Type.Array(Reservation) }) } },
} as const satisfies RouteContract;

export const cancelReservation = {
  method: 'POST',
  url: '/api/v1/reservations/:reservationId/cancel',
  summary: 'Let the agents of a reservation go',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ reservationId: id('reservation') }),
    response: { 200: Reservation },
  },
} as const satisfies RouteContract;
