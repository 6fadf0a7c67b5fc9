import { type Static, Type } from 'typebox';
import { clusters } from '../cluster.ts';
import type { RouteContract } from '../contract.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

export const HealthCheck = strictObject({
  state: oneOf(['ok', 'degraded', 'failed']),
  detail: Type.String({ description: 'One sentence for a person' }),
});

export const Health = strictObject({
  status: oneOf(['healthy', 'degraded', 'unhealthy']),
  version: Type.String(),
  cluster: nullable(oneOf(clusters)),
  timestamp: Timestamp,
  uptimeSec: Type.Number(),
  checks: strictObject({
    store: HealthCheck,
    chain: HealthCheck,
    ledger: HealthCheck,
    payouts: HealthCheck,
  }),
});
export type Health = Static<typeof Health>;

/** Answers 200 while requests are served; 503 when the database does not accept writes. */
export const getHealth = {
  method: 'GET',
  url: '/health',
  summary: 'Health of the marketplace and of what it depends on',
  audience: 'public',
  tag: 'health',
  schema: { response: { 200: Health, 503: Health } },
} as const satisfies RouteContract;
