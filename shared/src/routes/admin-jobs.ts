import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { jobStates } from '../job-state.ts';
import { limits } from '../limits.ts';
import type { Money } from '../money.ts';
import { operatorLimits } from '../operator-limits.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { Explanation } from './explain.ts';
import { Reason } from './jobs.ts';

const tag = 'admin';
const audience = 'operator';
const cursor = Type.Optional(Type.String({ maxLength: 64, description: 'From nextCursor' }));

/** A job of anybody: what it asks for, without its code and its environment. */
export const AdminJob = strictObject({
  jobId: id('job'),
  accountId: id('account'),
  accountName: nullable(Type.String()),
  name: nullable(Type.String()),
  state: oneOf(jobStates),
  reason: nullable(Reason),
  exitCode: nullable(Type.Integer()),
  priority: Type.String(),
  workload: Type.String(),
  image: Type.String(),
  gpus: Type.Integer(),
  gpuModels: nullable(Type.Array(Type.String(), { description: 'null takes any' })),
  gpuMemoryBytesMin: nullable(Type.Integer()),
  cpus: Type.Number(),
  memoryBytes: Type.Integer(),
  diskBytes: Type.Integer(),
  price: MoneySchema,
  bidPerGpuHour: nullable(MoneySchema),
  charged: Type.Unsafe<Money | null>({
    ...nullable(MoneySchema),
    description: 'What it cost in the end, fee included; null before that is settled',
  }),
  payoutId: Type.Unsafe<string | null>({
    ...nullable(id('payout')),
    description: 'What its provider is paid by; null where nothing is paid',
  }),
  attempt: Type.Integer({ description: 'How often an agent has had it' }),
  agentId: nullable(id('agent')),
  agentName: nullable(Type.String()),
  waitsFor: Type.Integer({ description: 'Jobs that have to end before it may run' }),
  notBefore: nullable(Timestamp),
  createdAt: Timestamp,
  queuedAt: nullable(Timestamp),
  startedAt: nullable(Timestamp),
  finishedAt: nullable(Timestamp),
});
export type AdminJob = Static<typeof AdminJob>;

export const QueuedJob = strictObject({
  ...AdminJob.properties,
  ahead: nullable(
    Type.Integer({
      description:
        'Jobs that come before it and ask for the same kind of GPU, or for none as it does; null while it may not run',
    }),
  ),
});
export type QueuedJob = Static<typeof QueuedJob>;

export const listAdminJobs = {
  method: 'GET',
  url: '/api/v1/admin/jobs',
  summary: 'Jobs of everybody, newest first',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      state: Type.Optional(
        Type.String({ maxLength: 128, description: 'States with commas between them' }),
      ),
      accountId: Type.Optional(id('account')),
      jobId: Type.Optional(id('job')),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor,
    }),
    response: {
      200: strictObject({ data: Type.Array(AdminJob), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const listQueue = {
  method: 'GET',
  url: '/api/v1/admin/queue',
  summary: 'Queued jobs of everybody that wait for no other job, the oldest first',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: operatorLimits.queuePageMax })),
      cursor,
    }),
    response: {
      200: strictObject({
        data: Type.Array(QueuedJob),
        nextCursor: nullable(Type.String()),
        depth: Type.Integer({ description: 'Queued jobs in all' }),
      }),
    },
  },
} as const satisfies RouteContract;

/** Of one job: all jobs times all agents would hold up the market. */
export const explainAdminJob = {
  method: 'GET',
  url: '/api/v1/admin/jobs/:jobId/explain',
  summary: 'What a job of anybody waits for, and who could run it',
  audience,
  tag,
  schema: { params: strictObject({ jobId: id('job') }), response: { 200: Explanation } },
} as const satisfies RouteContract;
