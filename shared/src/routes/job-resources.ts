import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { UsagePoint, UsageSummary } from '../execution-usage.ts';
import { id, nullable, strictObject, Timestamp } from '../schema.ts';
import { usageLimits } from '../usage-limits.ts';

/** Where nobody measures, everything is null; an interval without a reading has no point. */
export const JobResources = strictObject({
  jobId: id('job'),
  attempt: nullable(Type.Integer({ description: 'Which one; null: nothing has run yet' })),
  executionId: nullable(id('execution')),
  live: Type.Boolean({ description: 'It is under way, and more points will come' }),
  cpus: Type.Number({ description: 'Cores that the job may use' }),
  memoryBytes: Type.Integer({ description: 'Memory that the job may use' }),
  gpus: Type.Integer(),
  startedAt: nullable(Timestamp),
  finishedAt: nullable(Timestamp),
  intervalMs: nullable(
    Type.Integer({ description: 'What one point stands for; it grows as the job runs' }),
  ),
  points: Type.Array(UsagePoint, {
    maxItems: usageLimits.usagePointsPerExecution,
    description: 'Oldest first',
  }),
  summary: nullable(UsageSummary),
});
export type JobResources = Static<typeof JobResources>;

export const getJobResources = {
  method: 'GET',
  url: '/api/v1/jobs/:jobId/resources',
  summary: 'What a job uses of processor, memory and GPU while it runs, and what it used',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    params: strictObject({ jobId: id('job') }),
    querystring: strictObject({
      attempt: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1_000, description: 'The latest where left out' }),
      ),
    }),
    response: { 200: JobResources },
  },
} as const satisfies RouteContract;
