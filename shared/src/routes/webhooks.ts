import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

const tag = 'webhooks';
const audience = 'requester';

export const webhookStates = ['enabled', 'disabled'] as const;
export const deliveryStates = ['pending', 'delivered', 'failed'] as const;

const url = Type.String({
  minLength: 1,
  maxLength: 2_048,
  description: 'http or https; private addresses are refused unless the operator allows them',
});
const types = nullable(
  Type.Array(Type.String({ pattern: '^[a-z*][a-z.*-]{0,63}$' }), {
    minItems: 1,
    maxItems: 32,
    description: 'Names of events; payout.* is all that begin so. Without it all events',
  }),
);
const description = nullable(Type.String({ maxLength: 256 }));

export const WebhookView = strictObject({
  webhookId: id('webhook'),
  url,
  types,
  description,
  state: oneOf(webhookStates),
  reason: nullable(Type.String({ description: 'Why it is disabled' })),
  failingSince: nullable(Timestamp),
  oldSecretUntil: nullable(Timestamp),
  createdAt: Timestamp,
});
export type WebhookView = Static<typeof WebhookView>;

export const DeliveryView = strictObject({
  deliveryId: id('delivery'),
  eventSeq: Type.Integer(),
  type: Type.String(),
  state: oneOf(deliveryStates),
  attempts: Type.Integer({ description: 'Since it was made, or since the last replay' }),
  nextAt: nullable(Timestamp),
  createdAt: Timestamp,
});
export type DeliveryView = Static<typeof DeliveryView>;

export const AttemptView = strictObject({
  number: Type.Integer(),
  at: Timestamp,
  status: nullable(Type.Integer({ description: 'null: there was no answer' })),
  latencyMs: Type.Integer(),
  error: nullable(Type.String()),
  answer: nullable(Type.String({ description: 'How the answer begins' })),
});
export type AttemptView = Static<typeof AttemptView>;

const params = strictObject({ webhookId: id('webhook') });
const deliveryParams = strictObject({ webhookId: id('webhook'), deliveryId: id('delivery') });
const secret = Type.String({ description: 'whsec_ and base64; it is shown only here' });

export const createWebhook = {
  method: 'POST',
  url: '/api/v1/webhooks',
  summary: 'Have events of your account sent to a URL, signed; the secret is shown once',
  audience,
  tag,
  schema: {
    body: strictObject({
      url,
      types: Type.Optional(types),
      description: Type.Optional(description),
    }),
    response: { 201: strictObject({ ...WebhookView.properties, secret }) },
  },
} as const satisfies RouteContract;

export const listWebhooks = {
  method: 'GET',
  url: '/api/v1/webhooks',
  summary: 'Your webhooks, newest first',
  audience,
  tag,
  schema: { response: { 200: strictObject({ data: Type.Array(WebhookView) }) } },
} as const satisfies RouteContract;

export const getWebhook = {
  method: 'GET',
  url: '/api/v1/webhooks/:webhookId',
  summary: 'One webhook',
  audience,
  tag,
  etag: 'read',
  schema: { params, response: { 200: WebhookView } },
} as const satisfies RouteContract;

/** One that is enabled again gets what happens from then on; `replay` sends what it missed. */
export const changeWebhook = {
  method: 'PUT',
  url: '/api/v1/webhooks/:webhookId',
  summary: 'Change the URL, the events or the description of a webhook; disable or enable it',
  audience,
  tag,
  etag: 'change',
  schema: {
    params,
    body: strictObject({
      url: Type.Optional(url),
      types: Type.Optional(types),
      description: Type.Optional(description),
      enabled: Type.Optional(Type.Boolean()),
    }),
    response: { 200: WebhookView },
  },
} as const satisfies RouteContract;

export const deleteWebhook = {
  method: 'DELETE',
  url: '/api/v1/webhooks/:webhookId',
  summary: 'Remove a webhook with what was to be sent to it',
  audience,
  tag,
  schema: { params, response: { 200: strictObject({ webhookId: id('webhook') }) } },
} as const satisfies RouteContract;

export const rotateWebhookSecret = {
  method: 'POST',
  url: '/api/v1/webhooks/:webhookId/rotate',
  summary: 'Sign with a new secret; the old one signs too for a day',
  audience,
  tag,
  etag: 'change',
  schema: { params, response: { 201: strictObject({ ...WebhookView.properties, secret }) } },
} as const satisfies RouteContract;

export const testWebhook = {
  method: 'POST',
  url: '/api/v1/webhooks/:webhookId/test',
  summary: 'Send the event webhook.tested to a webhook',
  audience,
  tag,
  schema: { params, response: { 202: strictObject({ webhookId: id('webhook') }) } },
} as const satisfies RouteContract;

export const listDeliveries = {
  method: 'GET',
  url: '/api/v1/webhooks/:webhookId/deliveries',
  summary: 'What was sent to a webhook in the last 30 days, newest first',
  audience,
  tag,
  schema: {
    params,
    querystring: strictObject({
      state: Type.Optional(oneOf(deliveryStates)),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({ data: Type.Array(DeliveryView), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const getDelivery = {
  method: 'GET',
  url: '/api/v1/webhooks/:webhookId/deliveries/:deliveryId',
  summary: 'One delivery with its attempts and how they were answered',
  audience,
  tag,
  etag: 'read',
  schema: {
    params: deliveryParams,
    response: {
      200: strictObject({ ...DeliveryView.properties, log: Type.Array(AttemptView) }),
    },
  },
} as const satisfies RouteContract;

export const replayDelivery = {
  method: 'POST',
  url: '/api/v1/webhooks/:webhookId/deliveries/:deliveryId/replay',
  summary: 'Send a delivery once more, with the same id and the secret of now',
  audience,
  tag,
  schema: { params: deliveryParams, response: { 202: DeliveryView } },
} as const satisfies RouteContract;

/** Sends what was not sent yet for the first time, and the rest once more. */
export const replayWebhook = {
  method: 'POST',
  url: '/api/v1/webhooks/:webhookId/replay',
  summary: 'Send the events of a range of the log to a webhook, page by page',
  audience,
  tag,
  schema: {
    params,
    body: strictObject({
      after: Type.Integer({ minimum: 0, description: 'seq of the event before the first' }),
      through: Type.Optional(Type.Integer({ minimum: 1, description: 'Without it, up to now' })),
    }),
    response: {
      202: strictObject({
        queued: Type.Integer(),
        nextAfter: Type.Integer({ description: 'Where to go on' }),
        more: Type.Boolean(),
      }),
    },
  },
} as const satisfies RouteContract;
