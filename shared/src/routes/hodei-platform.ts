import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { hodeiStates } from '../hodei-words.ts';
import { Labels, Region } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { ProviderName } from '../provider.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { enveloped, HodeiJobView } from './hodei.ts';

/** What Hodei's REST has beside jobs, and what its pages show. */

const tag = 'hodei';
const audience = 'requester';
const time = Type.String({ minLength: 1, maxLength: 32, description: 'RFC 3339' });

const hodeiProviderStatuses = [
  'ACTIVE',
  'MAINTENANCE',
  'DISABLED',
  'OVERLOADED',
  'UNHEALTHY',
  'DEGRADED',
] as const;

const texts = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  maxItems: limits.providerWords,
  uniqueItems: true,
});

const HodeiCapabilities = strictObject({
  max_resources: Type.Optional(
    strictObject({
      max_cpu_cores: Type.Optional(Type.Number({ minimum: 0.1, maximum: limits.cpusMax })),
      max_memory_bytes: Type.Optional(
        Type.Integer({ minimum: limits.memoryBytesMin, maximum: limits.memoryBytesMax }),
      ),
      max_disk_bytes: Type.Optional(
        Type.Integer({ minimum: limits.diskBytesMin, maximum: limits.diskBytesMax }),
      ),
      max_gpu_count: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.devicesPerAgent })),
    }),
  ),
  gpu_support: Type.Optional(Type.Boolean()),
  gpu_types: Type.Optional(texts),
  architectures: Type.Optional(
    Type.Array(oneOf(['x86_64', 'amd64', 'arm64', 'aarch64']), { minItems: 1, maxItems: 4 }),
  ),
  runtimes: Type.Optional(texts),
  regions: Type.Optional(Type.Array(Region, { minItems: 1, maxItems: limits.providerWords })),
  max_execution_time_ms: Type.Optional(
    Type.Integer({ minimum: 1_000, maximum: limits.runSecMax * 1_000 }),
  ),
});
export type HodeiCapabilities = Static<typeof HodeiCapabilities>;

export const HodeiNewProvider = strictObject({
  name: ProviderName,
  provider_type: Type.String({ minLength: 1, maxLength: 32 }),
  description: Type.Optional(Type.String({ minLength: 1, maxLength: limits.providerTextChars })),
  capabilities: Type.Optional(HodeiCapabilities),
  endpoint: Type.Optional(Type.String({ minLength: 1, maxLength: limits.providerTextChars })),
  token: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: limits.secretValueChars,
      description: 'Stored sealed and never shown again',
    }),
  ),
  labels: Type.Optional(Labels),
  tags: Type.Optional(texts),
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  max_workers: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.providerWorkersMax })),
});
export type HodeiNewProvider = Static<typeof HodeiNewProvider>;

export const HodeiProvider = Type.Object({
  id: Type.String(),
  name: Type.String(),
  provider_type: Type.String(),
  status: oneOf(hodeiProviderStatuses),
  status_reason: Type.String(),
  description: nullable(Type.String()),
  capabilities: HodeiCapabilities,
  labels: Labels,
  tags: Type.Array(Type.String()),
  priority: Type.Integer(),
  max_workers: nullable(Type.Integer()),
  active_workers: Type.Integer(),
  total_workers: Type.Integer(),
  utilization: nullable(Type.Number({ description: 'Slots that are taken, 0 to 1' })),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type HodeiProvider = Static<typeof HodeiProvider>;

const params = strictObject({ provider: Type.String({ minLength: 1, maxLength: 64 }) });
const oneProvider = { params, response: { 200: enveloped(HodeiProvider) } };

export const hodeiRegisterProvider = {
  method: 'POST',
  url: '/hodei/api/v1/providers',
  summary: 'Register a provider as Hodei does',
  audience: 'operator',
  tag,
  schema: { body: HodeiNewProvider, response: { 201: enveloped(HodeiProvider) } },
} as const satisfies RouteContract;

export const hodeiListProviders = {
  method: 'GET',
  url: '/hodei/api/v1/providers',
  summary: 'All providers, without what only the operator may see',
  audience,
  tag,
  schema: {
    response: { 200: enveloped(Type.Object({ providers: Type.Array(HodeiProvider) })) },
  },
} as const satisfies RouteContract;

export const hodeiGetProvider = {
  method: 'GET',
  url: '/hodei/api/v1/providers/:provider',
  summary: 'One provider, by its name or its id',
  audience,
  tag,
  schema: oneProvider,
} as const satisfies RouteContract;

export const hodeiEnableProvider = {
  method: 'POST',
  url: '/hodei/api/v1/providers/:provider/enable',
  summary: 'Let the agents of a provider work again',
  audience: 'operator',
  tag,
  schema: oneProvider,
} as const satisfies RouteContract;

export const hodeiDisableProvider = {
  method: 'POST',
  url: '/hodei/api/v1/providers/:provider/disable',
  summary: 'Give the agents of a provider nothing new',
  audience: 'operator',
  tag,
  schema: oneProvider,
} as const satisfies RouteContract;

const Payload = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
);

export const HodeiAuditLog = Type.Object({
  id: Type.String(),
  correlation_id: nullable(Type.String()),
  event_type: Type.String(),
  actor: Type.String(),
  occurred_at: Timestamp,
  job_id: nullable(Type.String()),
  payload: Payload,
});
export type HodeiAuditLog = Static<typeof HodeiAuditLog>;

export const hodeiAuditLogs = {
  method: 'GET',
  url: '/hodei/api/v1/audit-logs',
  summary: 'What happened to the jobs of a correlation id; without one, what the account has done',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      correlation_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      event_type: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      actor: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      from: Type.Optional(time),
      until: Type.Optional(time),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.auditEntriesPerPage })),
    }),
    response: {
      200: enveloped(
        Type.Object({
          logs: Type.Array(HodeiAuditLog),
          total_count: nullable(Type.Integer({ description: 'null without a correlation_id' })),
        }),
      ),
    },
  },
} as const satisfies RouteContract;

const HealthAnswer = Type.Object({
  success: Type.Boolean(),
  data: Type.Object({
    status: oneOf(['healthy', 'degraded', 'unhealthy']),
    version: Type.String(),
    timestamp: Timestamp,
  }),
});

export const hodeiHealth = {
  method: 'GET',
  url: '/hodei/api/v1/health',
  summary: 'Whether requests are served',
  audience: 'public',
  tag,
  schema: {
    response: {
      200: HealthAnswer,
      503: HealthAnswer,
    },
  },
} as const satisfies RouteContract;

/** Where Hodei has it: it lies beside its API. */
export const hodeiOwnHealth = {
  ...hodeiHealth,
  url: '/hodei/health',
} as const satisfies RouteContract;

export const hodeiStats = {
  method: 'GET',
  url: '/hodei/api/v1/stats',
  summary: 'Own jobs by how they are, the last five, and how the machines are',
  audience,
  tag,
  schema: {
    response: {
      200: enveloped(
        Type.Object({
          total: Type.Integer({ description: `Counted up to ${limits.jobsCountedMax} per state` }),
          pending: Type.Integer(),
          running: Type.Integer(),
          failed: Type.Integer({ description: 'With those that ran out of time' }),
          success: Type.Integer(),
          cancelled: Type.Integer(),
          system_health: Type.Object({
            status: oneOf(['healthy', 'degraded', 'unhealthy']),
            workers_online: Type.Integer(),
            workers_total: Type.Integer(),
            slots: Type.Integer(),
            busy_slots: Type.Integer(),
          }),
          recent_executions: Type.Array(HodeiJobView),
        }),
      ),
    },
  },
} as const satisfies RouteContract;

export const hodeiRanges = ['1H', '24H', '7D', '30D'] as const;
export type HodeiRange = (typeof hodeiRanges)[number];

const Figures = Type.Object({
  jobs: Type.Integer({ description: 'That ended then' }),
  success_rate: nullable(Type.Number({ description: '0 to 1' })),
  mean_duration_ms: nullable(Type.Number({ description: 'Of runs' })),
});

export const hodeiMetrics = {
  method: 'GET',
  url: '/hodei/api/v1/metrics',
  summary: 'Own jobs that ended in a time: by state, by provider, and beside the time before',
  audience,
  tag,
  schema: {
    querystring: strictObject({ range: Type.Optional(oneOf(hodeiRanges)) }),
    response: {
      200: enveloped(
        Type.Object({
          range: oneOf(hodeiRanges),
          from: Timestamp,
          to: Timestamp,
          total: Figures,
          before: Type.Unsafe<Static<typeof Figures>>({
            ...Figures,
            description: 'The same for as long a time before it',
          }),
          jobs_by_state: Type.Record(Type.String(), Type.Integer(), {
            description: `Of ${hodeiStates.join(', ')}: those open now, those ended then`,
          }),
          by_provider: Type.Array(
            Type.Object({ provider: nullable(Type.String()), ...Figures.properties }),
          ),
          trend: Type.Array(Type.Object({ from: Timestamp, ...Figures.properties })),
        }),
      ),
    },
  },
} as const satisfies RouteContract;
