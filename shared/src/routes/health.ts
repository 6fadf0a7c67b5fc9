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

/** Whether the process works at all. It asks nobody: what restarts it must not ask the database. */
export const getLive = {
  method: 'GET',
  url: '/livez',
  summary: 'Whether the process answers',
  audience: 'public',
  tag: 'health',
  schema: { response: { 200: strictObject({ alive: Type.Literal(true) }) } },
} as const satisfies RouteContract;

export const Readiness = strictObject({
  ready: Type.Boolean(),
  checks: strictObject({ store: HealthCheck, schema: HealthCheck, chain: HealthCheck }),
});
export type Readiness = Static<typeof Readiness>;

/**
 * Answers 200 while requests may be sent here: writes reach the disk, and the database has the schema
 * of this program. A chain that does not answer is told, and holds back payouts only.
 */
export const getReady = {
  method: 'GET',
  url: '/readyz',
  summary: 'Whether requests may be sent here',
  audience: 'public',
  tag: 'health',
  schema: { response: { 200: Readiness, 503: Readiness } },
} as const satisfies RouteContract;

/** Answers 200 while requests are served; 503 when the database does not accept writes. */
export const getHealth = {
  method: 'GET',
  url: '/health',
  summary: 'Health of the marketplace and of what it depends on',
  audience: 'public',
  tag: 'health',
  schema: { response: { 200: Health, 503: Health } },
} as const satisfies RouteContract;
