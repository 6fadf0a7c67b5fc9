import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

/** How far back: windows of whole steps that end now, in the step that is under way. */
export const metricsRanges = ['1h', '24h', '7d', '30d'] as const;
export type MetricsRange = (typeof metricsRanges)[number];

const ms = (description: string) => nullable(Type.Number({ description }));

/** Jobs that ended in a time. Durations are known to three digits; null: of none. */
export const JobFigures = strictObject({
  jobs: Type.Integer(),
  succeeded: Type.Integer(),
  failed: Type.Integer({ description: 'failed, timed_out and expired' }),
  cancelled: Type.Integer(),
  successRatio: nullable(
    Type.Number({ description: 'Of those that succeeded or failed, 0 to 1; null: of none' }),
  ),
  runMsMean: ms('Milliseconds of the last run'),
  runMsP50: ms('Median'),
  runMsP95: ms('95 of 100 took no longer'),
  queueMsP50: ms('From queued until an agent had it, the last time; median'),
  queueMsP95: ms('95 of 100 waited no longer'),
});
export type JobFigures = Static<typeof JobFigures>;

const ProviderUse = strictObject({
  providerId: nullable(Type.String({ description: 'null: no agent ever had these jobs' })),
  provider: nullable(Type.String()),
  jobs: Type.Integer(),
  succeeded: Type.Integer(),
  runMs: Type.Number({ description: 'What these runs took together, milliseconds' }),
  timedRuns: Type.Integer({ description: 'Runs that is known of' }),
});

export const JobMetrics = strictObject({
  range: oneOf(metricsRanges),
  from: Timestamp,
  to: Type.String({ format: 'date-time', description: 'Now, in the last step' }),
  stepMs: Type.Integer(),
  open: Type.Record(Type.String(), Type.Integer({ description: 'Jobs per open state, now' })),
  ended: Type.Record(Type.String(), Type.Integer({ description: 'Jobs per final state' })),
  total: JobFigures,
  before: JobFigures,
  providers: Type.Array(ProviderUse, { description: 'Those with most jobs first' }),
  steps: Type.Array(strictObject({ from: Timestamp, ...JobFigures.properties })),
});
export type JobMetrics = Static<typeof JobMetrics>;

const querystring = strictObject({ range: Type.Optional(oneOf(metricsRanges, '24h if left out')) });

export const getJobMetrics = {
  method: 'GET',
  url: '/api/v1/job-metrics',
  summary: 'How your jobs ended, and how long they waited and ran, beside the time before',
  audience: 'requester',
  tag: 'accounts',
  schema: { querystring, response: { 200: JobMetrics } },
} as const satisfies RouteContract;

export const getAdminJobMetrics = {
  method: 'GET',
  url: '/api/v1/admin/job-metrics',
  summary: 'The same for the jobs of everybody',
  audience: 'operator',
  tag: 'admin',
  schema: { querystring, response: { 200: JobMetrics } },
} as const satisfies RouteContract;
