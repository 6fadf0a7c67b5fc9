import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject } from '../schema.ts';
import { AttemptView, DeliveryView } from './webhooks.ts';

const tag = 'admin';
const audience = 'operator';
const params = strictObject({ deliveryId: id('delivery') });

export const AdminDelivery = strictObject({
  ...DeliveryView.properties,
  webhookId: id('webhook'),
  accountId: id('account'),
  url: Type.String({ description: 'Where it goes now' }),
});
export type AdminDelivery = Static<typeof AdminDelivery>;

export const listAdminDeliveries = {
  method: 'GET',
  url: '/api/v1/admin/webhook-deliveries',
  summary: 'What was sent to the webhooks of everybody in the last 30 days, newest first',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      state: Type.Optional(oneOf(['failed', 'all'], 'failed where left out')),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({ data: Type.Array(AdminDelivery), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const getAdminDelivery = {
  method: 'GET',
  url: '/api/v1/admin/webhook-deliveries/:deliveryId',
  summary: 'A delivery of anybody with its attempts and how they were answered',
  audience,
  tag,
  schema: {
    params,
    response: { 200: strictObject({ ...AdminDelivery.properties, log: Type.Array(AttemptView) }) },
  },
} as const satisfies RouteContract;

export const replayAdminDelivery = {
  method: 'POST',
  url: '/api/v1/admin/webhook-deliveries/:deliveryId/replay',
  summary: 'Send a delivery of anybody once more',
  audience,
  tag,
  schema: { params, response: { 202: AdminDelivery } },
} as const satisfies RouteContract;
