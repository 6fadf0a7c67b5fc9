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

/** The same in the words of the seeds: node3, Galaksio and its broker, Hodei. */
const SeedHealth = {
  database: oneOf(['connected', 'disconnected']),
  payment_system: oneOf(['ok', 'not_initialized'], 'Whether the Solana cluster answers'),
  c3_connected: Type.Boolean({ description: 'Whether an agent is there to run something' }),
  user: nullable(Type.String({ description: 'The account of the key that was sent' })),
  balance: nullable(Type.Number({ description: 'What that account can spend, in USDC' })),
  ok: Type.Boolean({ description: 'Whether requests are served' }),
  service: Type.Literal('node3-marketplace'),
  success: Type.Boolean({ description: 'The same as ok' }),
  data: strictObject({ status: Health.properties.status, version: Type.String() }),
};

export const HealthAnswer = strictObject({ ...Health.properties, ...SeedHealth });
export type HealthAnswer = Static<typeof HealthAnswer>;

/**
 * Answers 200 while requests are served; 503 when the database does not accept writes. With the key
 * of an account it says whose that is and what it can spend; any other key is as good as none.
 */
export const getHealth = {
  method: 'GET',
  url: '/health',
  summary: 'Health of the marketplace and of what it depends on',
  audience: 'public',
  tag: 'health',
  schema: { response: { 200: HealthAnswer, 503: HealthAnswer } },
} as const satisfies RouteContract;

/** What a program finds at the address of a marketplace; a browser gets the web app there. */
export const ServiceCard = strictObject({
  name: Type.Literal('node3 marketplace'),
  service: Type.Literal('node3-marketplace'),
  version: Type.String(),
  status: Type.Literal('running'),
  environment: oneOf(clusters, 'The Solana cluster it pays on'),
  docs: Type.String(),
  openapi: Type.String(),
  endpoints: Type.Record(Type.String(), Type.String(), {
    description: 'Method and path by what it is for, such as register',
  }),
});
export type ServiceCard = Static<typeof ServiceCard>;

export const getServiceCard = {
  method: 'GET',
  url: '/',
  summary: 'What this is and where to go on; the web app for who accepts text/html',
  audience: 'public',
  tag: 'health',
  schema: { response: { 200: ServiceCard } },
} as const satisfies RouteContract;
