import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import type { Problem } from '../error.ts';
import type { JobSpecInput } from '../job-spec.ts';
import { jobStates } from '../job-state.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject } from '../schema.ts';
import { JobDetail } from './jobs.ts';

/** Endpoints for many jobs at a time, and for one job again. */

export const ProblemView = Type.Unsafe<Problem>({
  type: 'object',
  description: 'What a request for this job alone would have been answered with (RFC 9457)',
});

/** A row says the least that is needed to go on: `GET /api/v1/jobs/{id}` has the rest. */
const PostedRow = strictObject({
  jobId: id('job'),
  state: oneOf(jobStates),
  replayed: Type.Optional(Type.Boolean({ description: 'It was posted by an earlier request' })),
});
const RefusedRow = strictObject({ problem: ProblemView });

export const BatchRow = Type.Union([PostedRow, RefusedRow]);
export type BatchRow = Static<typeof BatchRow>;

/**
 * Each job is checked and answered on its own, in the order of the request. With `copies` each is
 * posted so many times, its copies next to each other: they run on as many agents as are free, know
 * which they are from `JOB_INDEX` (from 0) and `JOB_COUNT`, and have the label `fan-out`, by which all
 * of them are listed and cancelled.
 */
export const createJobs = {
  method: 'POST',
  url: '/api/v1/jobs/batch',
  summary: 'Post many jobs (header Idempotency-Key covers them all); each is answered on its own',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    body: strictObject({
      jobs: Type.Array(
        Type.Unsafe<JobSpecInput>({ description: 'A job as POST /api/v1/jobs takes it' }),
        { minItems: 1, maxItems: limits.jobsPerBatch },
      ),
      copies: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: limits.jobsPerBatch,
          description: `How often each job is posted; ${limits.jobsPerBatch} jobs in all at most`,
        }),
      ),
    }),
    response: {
      200: strictObject({
        data: Type.Array(BatchRow),
        fanOut: Type.Optional(
          Type.String({ description: 'The value of the label fan-out of all copies' }),
        ),
      }),
    },
  },
} as const satisfies RouteContract;

const CancelRow = Type.Union([
  strictObject({ jobId: id('job'), state: oneOf(jobStates) }),
  strictObject({ jobId: id('job'), problem: ProblemView }),
]);
export type CancelRow = Static<typeof CancelRow>;

export const JobFilter = strictObject({
  states: Type.Optional(Type.Array(oneOf(jobStates), { minItems: 1, maxItems: jobStates.length })),
  labels: Type.Optional(
    Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 256 }), {
      maxProperties: limits.labels,
    }),
  ),
});
export type JobFilter = Static<typeof JobFilter>;

/**
 * One request looks at a bounded number of jobs. `nextCursor` says that there may be more: ask again
 * with it until it is null.
 */
export const cancelJobs = {
  method: 'POST',
  url: '/api/v1/jobs/cancel',
  summary: 'Cancel many jobs, by their ids or by state and labels',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    body: strictObject({
      jobIds: Type.Optional(Type.Array(id('job'), { minItems: 1, maxItems: limits.jobsPerCancel })),
      filter: Type.Optional(JobFilter),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({ data: Type.Array(CancelRow), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

/** The new job runs, whatever results there are already, and waits for nobody. */
export const rerunJob = {
  method: 'POST',
  url: '/api/v1/jobs/:jobId/rerun',
  summary: 'Post an ended job again, with changes (header Idempotency-Key)',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    params: strictObject({ jobId: id('job') }),
    body: strictObject({
      changes: Type.Optional(
        Type.Unknown({
          description: 'A merge patch (RFC 7386) for its spec; null takes a field out',
        }),
      ),
    }),
    response: { 201: JobDetail },
  },
} as const satisfies RouteContract;
