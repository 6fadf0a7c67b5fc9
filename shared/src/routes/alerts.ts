import { type Static, Type } from 'typebox';
import { type AlertRule, alertRules, alertSeverities } from '../alert-rules.ts';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { assets } from '../money.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

export const AlertView = strictObject({
  alertId: id('alert'),
  rule: oneOf(Object.keys(alertRules) as AlertRule[]),
  subject: Type.String({ description: 'What it is about, such as an agent' }),
  accountId: nullable(Type.String({ description: 'Whose it is; null is the operator’s' })),
  severity: oneOf(alertSeverities),
  detail: Type.String(),
  facts: nullable(
    strictObject(
      {
        name: Type.Optional(Type.String()),
        ms: Type.Optional(Type.Integer({ minimum: 0 })),
        amount: Type.Optional(Type.String()),
        asset: Type.Optional(oneOf(assets)),
        freeRatio: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      },
      { description: 'What `detail` is made of; null: it is all that there is' },
    ),
  ),
  state: oneOf(['open', 'resolved']),
  openedAt: Timestamp,
  resolvedAt: nullable(Timestamp),
  acknowledgedAt: nullable(Timestamp),
});
export type AlertView = Static<typeof AlertView>;

/** The operator sees those of all. */
export const listAlerts = {
  method: 'GET',
  url: '/api/v1/alerts',
  summary: 'What somebody should look at: open alerts, or all of them, newest first',
  audience: 'requester',
  tag: 'events',
  schema: {
    querystring: strictObject({
      state: Type.Optional(oneOf(['open', 'all'])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({ data: Type.Array(AlertView), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const acknowledgeAlert = {
  method: 'POST',
  url: '/api/v1/admin/alerts/:alertId/acknowledge',
  summary: 'Say that an alert is known; it stays open until its cause is gone',
  audience: 'operator',
  tag: 'admin',
  schema: { params: strictObject({ alertId: id('alert') }), response: { 200: AlertView } },
} as const satisfies RouteContract;
