import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { hodeiFailureReasons, hodeiLevels, hodeiStates } from '../hodei-words.ts';
import { CommandParts, Environment, Image, Labels, Price, Region } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

/**
 * The jobs of Hodei's REST, below /hodei: milliseconds and bytes, as on its wire. Fields that nobody
 * would heed are refused.
 */

const tag = 'hodei';
const audience = 'requester';
const time = Type.String({ minLength: 1, maxLength: 32, description: 'RFC 3339' });

/** What every answer of Hodei is wrapped into. */
export function enveloped<T extends Parameters<typeof Type.Object>[0][string]>(data: T) {
  return Type.Object({ success: Type.Literal(true), data });
}

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

export const HodeiJobBody = strictObject({
  name: Type.Optional(Text(128)),
  command: Type.Union(
    [
      CommandParts,
      strictObject({
        shell: strictObject({
          cmd: Text(limits.commandPartBytes),
          args: Type.Optional(
            Type.Array(Type.String({ maxLength: limits.commandPartBytes }), {
              maxItems: limits.commandParts - 1,
            }),
          ),
        }),
      }),
      strictObject({
        script: strictObject({ interpreter: Text(64), content: Text(limits.codeBytesMax) }),
      }),
    ],
    {
      description:
        'Words of a program; one alone, or `shell` without args, is a line for /bin/sh; or a `script`',
    },
  ),
  image: Type.Optional(Image),
  env: Type.Optional(Environment),
  secrets: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }),
      Type.String({ minLength: limits.secretChars, maxLength: limits.secretValueChars }),
      {
        maxProperties: limits.secretsPerJob,
        additionalProperties: false,
        description: 'In the environment of the program, and never shown again',
      },
    ),
  ),
  working_dir: Type.Optional(Type.String({ pattern: '^/', maxLength: 1024 })),
  stdin: Type.Optional(Type.String({ maxLength: limits.stdinBytes })),
  cpu_cores: Type.Optional(Type.Number({ minimum: 0.1, maximum: limits.cpusMax })),
  memory_bytes: Type.Optional(
    Type.Integer({ minimum: limits.memoryBytesMin, maximum: limits.memoryBytesMax }),
  ),
  memory_mb: Type.Optional(
    Type.Integer({ minimum: 16, maximum: 4_194_304, description: 'Instead of memory_bytes' }),
  ),
  disk_bytes: Type.Optional(
    Type.Integer({ minimum: limits.diskBytesMin, maximum: limits.diskBytesMax }),
  ),
  storage_mb: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 16_777_216, description: 'Instead of disk_bytes' }),
  ),
  gpu_count: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.gpusPerJob })),
  gpu_types: Type.Optional(Type.Array(Text(64), { maxItems: 16 })),
  architecture: Type.Optional(Text(16)),
  timeout_ms: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.runSecMax * 1_000,
      description: 'Whole seconds are counted, rounded up',
    }),
  ),
  priority: Type.Optional(Text(32)),
  allow_retry: Type.Optional(Type.Boolean()),
  max_attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.attemptsMax })),
  preferred_provider: Type.Optional(
    Type.String({ maxLength: 64, description: 'Name or id; nobody else gets the job. `Any`: all' }),
  ),
  preferred_region: Type.Optional(
    Type.Union([Region, Type.String({ pattern: '^(|[Aa]ny|[Aa]uto)$' })]),
  ),
  required_labels: Type.Optional(Labels),
  labels: Type.Optional(Labels),
  egress_hosts: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
      minItems: 1,
      maxItems: limits.egressHosts,
      description: 'Not of Hodei: what the job may reach; without it nothing',
    }),
  ),
  price: Type.Optional(
    Type.Unsafe<Price>({ ...Price, description: 'Not of Hodei: 0.001 SOL unless given' }),
  ),
});
export type HodeiJobBody = Static<typeof HodeiJobBody>;

const correlationId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[ -+\\--~]+$',
  description: 'Kept with the job, and found again in the audit log',
});

const HodeiTimelineStep = Type.Object({
  step: oneOf(['Queued', 'Assigned', 'Image pulled', 'Running', 'Cleanup']),
  started_at: nullable(Timestamp),
  finished_at: nullable(Timestamp),
  state: oneOf(['pending', 'active', 'done', 'skipped']),
});

export const HodeiJobView = Type.Object({
  job_id: id('job'),
  client_job_id: nullable(Type.String({ description: 'What the client has named it' })),
  name: nullable(Type.String()),
  status: oneOf(hodeiStates),
  correlation_id: nullable(Type.String()),
  created_at: Timestamp,
  started_at: nullable(Timestamp),
  completed_at: nullable(Timestamp),
  duration_ms: nullable(Type.Integer({ description: 'Of the run; null before its end' })),
  attempts: Type.Integer(),
  max_attempts: Type.Integer(),
  worker_id: nullable(Type.String()),
  result: nullable(
    Type.Object({
      success: Type.Boolean(),
      exit_code: nullable(Type.Integer()),
      output: nullable(Type.Unknown({ description: 'JSON that the program has printed last' })),
      failure: nullable(
        Type.Object({
          reason: oneOf(hodeiFailureReasons),
          message: Type.String(),
          suggested_action: Type.String(),
        }),
      ),
    }),
  ),
});
export type HodeiJobView = Static<typeof HodeiJobView>;

const jobParams = strictObject({
  jobId: Type.String({ minLength: 1, maxLength: 128, description: 'Ours, or the client’s own' }),
});

export const hodeiCreateJob = {
  method: 'POST',
  url: '/hodei/api/v1/jobs',
  summary: 'Post a job as Hodei does; the same job_id again answers the same job',
  audience,
  tag,
  schema: {
    body: strictObject({
      spec: HodeiJobBody,
      correlation_id: Type.Optional(nullable(correlationId)),
      job_id: Type.Optional(
        nullable(
          Type.String({ pattern: '^[A-Za-z0-9._:-]{1,64}$', description: 'The client’s own' }),
        ),
      ),
    }),
    response: { 201: enveloped(HodeiJobView) },
  },
} as const satisfies RouteContract;

export const hodeiListJobs = {
  method: 'GET',
  url: '/hodei/api/v1/jobs',
  summary: 'Own jobs, newest first, with how many there are',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.jobsPerListScan })),
      status: Type.Optional(Text(128)),
      search_term: Type.Optional(Text(128)),
      created_after: Type.Optional(time),
      created_before: Type.Optional(time),
    }),
    response: {
      200: enveloped(
        Type.Object({
          jobs: Type.Array(HodeiJobView),
          total_count: nullable(
            Type.Integer({ description: 'null with a search_term: nobody counts those' }),
          ),
        }),
      ),
    },
  },
} as const satisfies RouteContract;

export const hodeiGetJob = {
  method: 'GET',
  url: '/hodei/api/v1/jobs/:jobId',
  summary: 'One job with its settings, its timeline and what it uses',
  audience,
  tag,
  schema: {
    params: jobParams,
    response: {
      200: enveloped(
        Type.Object({
          ...HodeiJobView.properties,
          timeline: Type.Array(HodeiTimelineStep),
          config: Type.Object({
            command: Type.Array(Type.String()),
            image: Type.String(),
            image_digest: nullable(Type.String()),
            env: Type.Array(Type.String({ description: 'Names; values are nobody’s to read' })),
            cpu_cores: Type.Number(),
            memory_bytes: Type.Integer(),
            disk_bytes: Type.Integer(),
            gpu_count: Type.Integer(),
            timeout_ms: Type.Integer(),
            priority: Type.String(),
          }),
          resources: Type.Object({
            peak_memory_bytes: nullable(Type.Integer()),
            run_ms: nullable(Type.Integer()),
            log_bytes: Type.Integer(),
          }),
        }),
      ),
    },
  },
} as const satisfies RouteContract;

export const hodeiCancelJob = {
  method: 'POST',
  url: '/hodei/api/v1/jobs/:jobId/cancel',
  summary: 'Stop a job, wherever it is',
  audience,
  tag,
  schema: {
    params: jobParams,
    response: { 200: enveloped(HodeiJobView) },
  },
} as const satisfies RouteContract;

export const hodeiJobLogs = {
  method: 'GET',
  url: '/hodei/api/v1/jobs/:jobId/logs',
  summary: 'Lines of a log, by what they say and by their level',
  audience,
  tag,
  schema: {
    params: jobParams,
    querystring: strictObject({
      since_sequence: Type.Optional(Type.Integer({ minimum: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.logLinesPerPage })),
      grep: Type.Optional(Text(256)),
      level: Type.Optional(
        Type.String({
          pattern: '^([aA][lL][lL]|[iI][nN][fF][oO]|[wW][aA][rR][nN]|[eE][rR][rR][oO][rR])$',
        }),
      ),
    }),
    response: {
      200: enveloped(
        Type.Object({
          entries: Type.Array(
            Type.Object({
              sequence: Type.Integer(),
              timestamp: Timestamp,
              line: Type.String(),
              is_stderr: Type.Boolean(),
              level: oneOf(hodeiLevels),
            }),
          ),
          next_sequence: Type.Integer({ description: 'since_sequence of the next page' }),
          has_more: Type.Boolean({ description: 'Whether there may be more by now, or later' }),
        }),
      ),
    },
  },
} as const satisfies RouteContract;
