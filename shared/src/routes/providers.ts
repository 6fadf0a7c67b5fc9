import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { Labels } from '../job-spec.ts';
import { limits } from '../limits.ts';
import {
  ProviderCapabilities,
  ProviderName,
  providerKinds,
  providerStates,
  providerStatuses,
} from '../provider.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

const tag = 'admin';
const audience = 'operator';

const text = Type.String({ minLength: 1, maxLength: limits.providerTextChars });
const tags = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  maxItems: limits.providerWords,
  uniqueItems: true,
});
const endpoint = Type.String({
  pattern: '^(https?|tcp|unix|ssh)://[!-~]+$',
  maxLength: limits.providerTextChars,
  description: 'Kept for whoever starts agents there; the marketplace itself calls nobody',
});
const credentialName = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$' });
const credential = Type.String({ minLength: 1, maxLength: limits.secretValueChars });
const credentials = (value: Parameters<typeof nullable>[0]) =>
  Type.Record(credentialName, value, {
    maxProperties: limits.providerCredentials,
    additionalProperties: false,
    description: 'Stored sealed and never shown again',
  });
const priority = Type.Integer({
  minimum: 0,
  maximum: 100,
  description: 'Where it stands in lists, the highest first; it gets no more work for it',
});
const workersMax = Type.Integer({
  minimum: 1,
  maximum: limits.providerWorkersMax,
  description: 'Agents that it may have',
});

export const NewProvider = strictObject({
  name: ProviderName,
  kind: oneOf(providerKinds),
  description: Type.Optional(text),
  capabilities: Type.Optional(ProviderCapabilities),
  endpoint: Type.Optional(endpoint),
  credentials: Type.Optional(Type.Unsafe<Record<string, string>>(credentials(credential))),
  labels: Type.Optional(Labels),
  tags: Type.Optional(tags),
  priority: Type.Optional(priority),
  workersMax: Type.Optional(nullable(workersMax)),
});
export type NewProvider = Static<typeof NewProvider>;

/** What is left out stays as it is; null takes it away. Capabilities and labels are replaced as a whole. */
export const ProviderChange = strictObject({
  kind: Type.Optional(oneOf(providerKinds)),
  description: Type.Optional(nullable(text)),
  capabilities: Type.Optional(nullable(ProviderCapabilities)),
  endpoint: Type.Optional(nullable(endpoint)),
  credentials: Type.Optional(
    Type.Unsafe<Record<string, string | null>>(credentials(nullable(credential))),
  ),
  labels: Type.Optional(nullable(Labels)),
  tags: Type.Optional(nullable(tags)),
  priority: Type.Optional(priority),
  workersMax: Type.Optional(nullable(workersMax)),
});
export type ProviderChange = Static<typeof ProviderChange>;

export const Provider = strictObject({
  providerId: Type.String(),
  name: Type.String(),
  kind: oneOf(providerKinds),
  state: oneOf(providerStates, 'What the operator wants of it'),
  status: oneOf(providerStatuses, 'How it stands now, from what is known of its agents'),
  statusReason: Type.String(),
  description: nullable(Type.String()),
  capabilities: ProviderCapabilities,
  endpoint: nullable(Type.String()),
  credentials: Type.Array(Type.String({ description: 'Names; the values are never shown' })),
  labels: Labels,
  tags: Type.Array(Type.String()),
  priority: Type.Integer(),
  workersMax: nullable(Type.Integer()),
  workers: strictObject({
    registered: Type.Integer(),
    online: Type.Integer(),
    accepting: Type.Integer({ description: 'Online, and neither paused nor draining' }),
    slots: Type.Integer({ description: 'Of those online' }),
    busySlots: Type.Integer(),
  }),
  builtIn: Type.Boolean({ description: 'The one that agents of no other belong to' }),
  createdAt: Timestamp,
  changedAt: Timestamp,
});
export type Provider = Static<typeof Provider>;

const earned = strictObject({ finalized: MoneySchema, pending: MoneySchema });

export const ProviderStats = strictObject({
  providerId: Type.String(),
  name: Type.String(),
  agents: Type.Integer(),
  jobsSucceeded: Type.Integer({ description: 'Of the agents that belong to it now' }),
  jobsFailed: Type.Integer({ description: 'By its fault or the program’s' }),
  successRate: nullable(Type.Number({ description: '0 to 1; null before the first job' })),
  runMsMean: nullable(
    Type.Number({ description: 'Of runs since this version; null before the first' }),
  ),
  utilization: nullable(
    Type.Number({ description: 'Slots that are taken, 0 to 1; null while none is online' }),
  ),
  earned: nullable(
    strictObject(
      { SOL: earned, USDC: earned },
      {
        description: `null with more than ${limits.providerAgentsSummed} agents`,
      },
    ),
  ),
});
export type ProviderStats = Static<typeof ProviderStats>;

export const ProviderHealth = strictObject({
  number: Type.Integer({ description: 'From 1 for each provider' }),
  status: oneOf(providerStatuses),
  reason: Type.String(),
  at: Timestamp,
});
export type ProviderHealth = Static<typeof ProviderHealth>;

const params = strictObject({
  provider: Type.String({ minLength: 1, maxLength: 64, description: 'Its name or its id' }),
});

export const registerProvider = {
  method: 'POST',
  url: '/api/v1/admin/providers',
  summary: 'Register a provider: limits that hold for the agents that belong to it',
  audience,
  tag,
  schema: { body: NewProvider, response: { 201: Provider } },
} as const satisfies RouteContract;

export const listProviders = {
  method: 'GET',
  url: '/api/v1/admin/providers',
  summary: 'All providers with how they stand',
  audience,
  tag,
  schema: { response: { 200: strictObject({ data: Type.Array(Provider) }) } },
} as const satisfies RouteContract;

export const getProvider = {
  method: 'GET',
  url: '/api/v1/admin/providers/:provider',
  summary: 'One provider, by its name or its id',
  audience,
  tag,
  schema: { params, response: { 200: Provider } },
} as const satisfies RouteContract;

export const updateProvider = {
  method: 'PUT',
  url: '/api/v1/admin/providers/:provider',
  summary: 'Change what is said of a provider; its name stays',
  audience,
  tag,
  schema: { params, body: ProviderChange, response: { 200: Provider } },
} as const satisfies RouteContract;

export const setProviderState = {
  method: 'POST',
  url: '/api/v1/admin/providers/:provider/state',
  summary: 'Let its agents work, or give them nothing new: what they run goes on',
  audience,
  tag,
  schema: {
    params,
    body: strictObject({ state: oneOf(providerStates), reason: Type.Optional(nullable(text)) }),
    response: { 200: Provider },
  },
} as const satisfies RouteContract;

export const deleteProvider = {
  method: 'DELETE',
  url: '/api/v1/admin/providers/:provider',
  summary: 'Remove a provider that no agent belongs to',
  audience,
  tag,
  schema: {
    params,
    response: { 200: strictObject({ providerId: Type.String(), deleted: Type.Literal(true) }) },
  },
} as const satisfies RouteContract;

export const getProviderStats = {
  method: 'GET',
  url: '/api/v1/admin/providers/:provider/stats',
  summary: 'What the agents of a provider have done and earned',
  audience,
  tag,
  schema: { params, response: { 200: ProviderStats } },
} as const satisfies RouteContract;

export const getProviderHealth = {
  method: 'GET',
  url: '/api/v1/admin/providers/:provider/health',
  summary: 'When a provider stood how, newest first; kept for 90 days',
  audience,
  tag,
  schema: {
    params,
    querystring: strictObject({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.Integer({ minimum: 1, description: 'From nextCursor' })),
    }),
    response: {
      200: strictObject({
        data: Type.Array(ProviderHealth),
        nextCursor: nullable(Type.Integer()),
      }),
    },
  },
} as const satisfies RouteContract;

export const assignAgent = {
  method: 'POST',
  url: '/api/v1/admin/agents/:agentId/provider',
  summary: 'Give an agent to a provider; `default` is the built-in one',
  audience,
  tag,
  schema: {
    params: strictObject({ agentId: id('agent') }),
    body: strictObject({ provider: Type.String({ minLength: 1, maxLength: 64 }) }),
    response: { 200: strictObject({ agentId: id('agent'), provider: Type.String() }) },
  },
} as const satisfies RouteContract;
