import { type Static, type TProperties, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { CommandParts, Environment, Image } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { id, nullable, WalletAddress } from '../schema.ts';

/**
 * The endpoints of the node3 seed, with its names and units: seconds, bytes and SOL as numbers. Its
 * agents send fields of later versions too, so unknown ones are not refused here.
 */
const lenient = <T extends TProperties>(properties: T) => Type.Object(properties);

const bytes = Type.Integer({ minimum: 0, maximum: limits.memoryBytesMax });
const words = (maxLength: number) => Type.String({ maxLength });
const time = Type.Union([words(64), Type.Number()]);
const seconds = Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const jobParams = Type.Object({ jobId: id('job') });

export const SeedMachine = lenient({
  gpu_model: Type.String({ minLength: 1, maxLength: 128 }),
  gpu_vendor: Type.Optional(words(64)),
  gpu_memory: Type.Integer({ minimum: 0, maximum: limits.memoryBytesMax, description: 'Bytes' }),
  gpu_type: Type.Optional(nullable(words(64))),
  compute_framework: Type.Optional(nullable(words(64))),
  compute_capability: Type.Optional(Type.Unknown()),
});
export type SeedMachine = Static<typeof SeedMachine>;

export const seedRegister = {
  method: 'POST',
  url: '/api/agents/register',
  summary: 'Register a node3 agent; without a wallet proof only where the operator allows it',
  audience: 'public',
  tag: 'node3',
  schema: {
    body: lenient({
      ...SeedMachine.properties,
      wallet_address: WalletAddress,
      gpu_vendor: words(64),
      registration_token: Type.Optional(words(128)),
    }),
    response: {
      200: Type.Object({ agent_id: id('agent'), api_key: Type.String(), message: Type.String() }),
    },
  },
} as const satisfies RouteContract;

export const seedHeartbeat = {
  method: 'POST',
  url: '/api/agents/heartbeat',
  summary: 'Say that a node3 agent lives',
  audience: 'agent',
  tag: 'node3',
  schema: {
    response: { 200: Type.Object({ status: Type.Literal('ok'), timestamp: Type.String() }) },
  },
} as const satisfies RouteContract;

export const SeedJob = Type.Object({
  job_id: id('job'),
  job_type: Type.String(),
  docker_image: Type.String(),
  command: Type.Array(Type.String()),
  environment: Type.Record(Type.String(), Type.String()),
  gpu_memory_required: Type.Integer({ description: 'Bytes' }),
  estimated_duration: Type.Number({ description: 'Seconds' }),
  reward: Type.Number({ description: 'SOL' }),
  timeout: Type.Integer({ description: 'Seconds' }),
  input_data_url: Type.Optional(Type.String()),
  output_upload_url: Type.Optional(Type.String()),
});
export type SeedJob = Static<typeof SeedJob>;

export const seedAvailable = {
  method: 'POST',
  url: '/api/jobs/available',
  summary: 'At most ten open jobs that fit the machine; none of them is leased',
  audience: 'agent',
  tag: 'node3',
  schema: {
    body: lenient({
      ...SeedMachine.properties,
      max_concurrent_jobs: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: limits.executionsPerAgent,
          description: '1 if absent',
        }),
      ),
    }),
    response: { 200: Type.Object({ jobs: Type.Array(SeedJob) }) },
  },
} as const satisfies RouteContract;

const jobAnswer = <Status extends string>(status: Status) => ({
  status: Type.Literal(status),
  job_id: id('job'),
  message: Type.String(),
});

const isCancelled = Type.Boolean({ description: 'Stop it and report how it ended' });

export const seedAccept = {
  method: 'POST',
  url: '/api/jobs/:jobId/accept',
  summary: 'Take one job; the lease lasts for its timeout times 1.2',
  audience: 'agent',
  tag: 'node3',
  schema: {
    params: jobParams,
    body: lenient({ wallet_address: WalletAddress }),
    response: { 200: Type.Object({ ...jobAnswer('accepted'), reward: Type.Number() }) },
  },
} as const satisfies RouteContract;

/** An agent that accepted runs already; saying so changes nothing. */
export const seedStart = {
  method: 'POST',
  url: '/api/jobs/:jobId/start',
  summary: 'Say that an accepted job runs',
  audience: 'agent',
  tag: 'node3',
  schema: {
    params: jobParams,
    response: { 200: Type.Object({ ...jobAnswer('running'), cancelled: isCancelled }) },
  },
} as const satisfies RouteContract;

export const SeedProgress = lenient({
  progress: Type.Number({ minimum: 0, maximum: 100, description: 'Percent' }),
  stage: Type.Optional(nullable(words(64))),
  message: Type.Optional(nullable(words(1_000))),
});
export type SeedProgress = Static<typeof SeedProgress>;

export const seedProgress = {
  method: 'POST',
  url: '/api/jobs/:jobId/progress',
  summary: 'Say how far a running job is',
  audience: 'agent',
  tag: 'node3',
  schema: {
    params: jobParams,
    body: SeedProgress,
    response: {
      200: Type.Object({
        ...jobAnswer('running'),
        progress: Type.Number(),
        stage: nullable(Type.String()),
        cancelled: isCancelled,
      }),
    },
  },
} as const satisfies RouteContract;

export const SeedCompletion = lenient({
  output_data: Type.Optional(Type.Unknown()),
  execution_time: Type.Optional(nullable(seconds)),
  metrics: Type.Optional(Type.Unknown()),
  status: Type.Optional(words(32)),
  started_at: Type.Optional(nullable(time)),
  completed_at: Type.Optional(nullable(time)),
  duration: Type.Optional(nullable(seconds)),
});
export type SeedCompletion = Static<typeof SeedCompletion>;

export const seedComplete = {
  method: 'POST',
  url: '/api/jobs/:jobId/complete',
  summary: 'Report success; the reward is paid to the registered wallet',
  audience: 'agent',
  tag: 'node3',
  schema: {
    params: jobParams,
    body: SeedCompletion,
    response: { 200: Type.Object({ ...jobAnswer('completed'), reward: Type.Number() }) },
  },
} as const satisfies RouteContract;

export const SeedFailure = lenient({
  error_message: words(8_192),
  error_type: Type.Optional(nullable(words(128))),
  status: Type.Optional(words(32)),
  started_at: Type.Optional(nullable(time)),
  failed_at: Type.Optional(nullable(time)),
});
export type SeedFailure = Static<typeof SeedFailure>;

export const seedFail = {
  method: 'POST',
  url: '/api/jobs/:jobId/fail',
  summary: 'Report failure; another agent gets the job where that may help',
  audience: 'agent',
  tag: 'node3',
  schema: {
    params: jobParams,
    body: SeedFailure,
    response: { 200: Type.Object(jobAnswer('failed')) },
  },
} as const satisfies RouteContract;

export const SeedNewJob = lenient({
  job_type: Type.String({ minLength: 1, maxLength: 128 }),
  docker_image: Image,
  command: CommandParts,
  environment: Type.Optional(Environment),
  gpu_memory_required: Type.Optional(bytes),
  requires_gpu: Type.Optional(Type.Boolean()),
  estimated_duration: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.runSecMax })),
  timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.runSecMax })),
  reward: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
  input_data_url: Type.Optional(nullable(words(4_096))),
  output_upload_url: Type.Optional(nullable(words(256))),
});
export type SeedNewJob = Static<typeof SeedNewJob>;

export const seedCreateJob = {
  method: 'POST',
  url: '/api/admin/jobs/create',
  summary: 'Post a job that the operator pays for',
  audience: 'operator',
  tag: 'node3',
  schema: {
    body: SeedNewJob,
    response: { 200: Type.Object({ job_id: id('job'), status: Type.Literal('created') }) },
  },
} as const satisfies RouteContract;
