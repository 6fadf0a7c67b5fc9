import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { languages } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { moment } from './jobs.ts';
import { PaymentRequired } from './x402.ts';

/** The endpoints of the Galaksio compute API, with its names and units. */

export const executeGpuTypes = ['l40s', 'a100'] as const;
export type ExecuteGpuType = (typeof executeGpuTypes)[number];

export const executeStates = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type ExecuteState = (typeof executeStates)[number];

export const ExecuteRequest = strictObject({
  code: Type.String({ minLength: 1, maxLength: Math.ceil((limits.codeBytesMax * 4) / 3) + 4 }),
  language: oneOf(languages),
  gpu_type: Type.Optional(oneOf(executeGpuTypes, 'l40s when absent')),
  gpu_count: Type.Optional(
    Type.Integer({ minimum: 1, maximum: limits.gpusPerJob, description: '1 when absent' }),
  ),
  timeout: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.executeTimeoutSecMax,
      description: 'Seconds; 300 when absent',
    }),
  ),
  is_base64: Type.Optional(Type.Boolean({ description: 'The code is base64 of UTF-8' })),
  on_demand: Type.Optional(Type.Boolean({ description: 'Dearer, and ahead of the queue' })),
});
export type ExecuteRequest = Static<typeof ExecuteRequest>;

const jobToken = Type.String({ description: 'Bearer token for this one job' });

export const ExecuteReply = strictObject({
  job_id: id('job'),
  status: oneOf(executeStates),
  output: nullable(Type.String({ description: 'What the code wrote to stdout' })),
  error: nullable(Type.String()),
  execution_time: nullable(Type.Number({ description: 'Seconds' })),
  job_token: jobToken,
});
export type ExecuteReply = Static<typeof ExecuteReply>;

/**
 * Waits until the code has ended, at most for its own timeout; then the answer says how far it is.
 * Without a key of an account the request is paid by x402.
 */
export const execute = {
  method: 'POST',
  url: '/execute',
  summary: 'Run code on a GPU and wait for its output',
  audience: 'public',
  tag: 'galaksio',
  schema: { body: ExecuteRequest, response: { 200: ExecuteReply, 402: PaymentRequired } },
} as const satisfies RouteContract;

export const executeAsync = {
  method: 'POST',
  url: '/execute/async',
  summary: 'Run code on a GPU; answers with its job at once',
  audience: 'public',
  tag: 'galaksio',
  schema: {
    body: ExecuteRequest,
    response: {
      200: strictObject({ job_id: id('job'), job_token: jobToken }),
      402: PaymentRequired,
    },
  },
} as const satisfies RouteContract;

/** One execution later on; `status` is the same word as `state`. */
export const ExecutionStatus = strictObject({
  job_id: id('job'),
  state: oneOf(executeStates),
  status: oneOf(executeStates),
  output: nullable(Type.String({ description: 'Once it is over; null in lists' })),
  error: nullable(Type.String()),
  execution_time: nullable(Type.Number({ description: 'Seconds; null in lists' })),
  name: nullable(Type.String()),
  language: Type.String({ description: 'container for a job that is no script' }),
  gpu_type: nullable(Type.String()),
  gpu_count: Type.Integer(),
  progress: nullable(Type.Number({ description: 'Percent, by the word of its agent' })),
  stage: nullable(Type.String()),
  cancel_requested: Type.Boolean({ description: 'Its agent was told to stop it' }),
  created_at: Timestamp,
  started_at: nullable(Timestamp),
  completed_at: nullable(Timestamp),
});
export type ExecutionStatus = Static<typeof ExecutionStatus>;

const jobParams = strictObject({ jobId: id('job') });

export const getExecution = {
  method: 'GET',
  url: '/jobs/:jobId',
  summary: 'State and output of one execution; a key of its account or its own token',
  audience: 'requester',
  tag: 'galaksio',
  schema: { params: jobParams, response: { 200: ExecutionStatus } },
} as const satisfies RouteContract;

/** What waits ends at once; what runs is dead within two seconds while its agent is connected. */
export const cancelExecution = {
  method: 'DELETE',
  url: '/jobs/:jobId',
  summary: 'Cancel an execution; again is answered the same',
  audience: 'requester',
  tag: 'galaksio',
  schema: { params: jobParams, response: { 200: ExecutionStatus } },
} as const satisfies RouteContract;

const ExecutionPage = strictObject({
  jobs: Type.Array(ExecutionStatus),
  total: nullable(
    Type.Integer({
      description: 'Of these states and times, at most 10 000; null with a name',
    }),
  ),
  next_cursor: nullable(Type.String()),
});

export const listExecutions = {
  method: 'GET',
  url: '/jobs',
  summary: 'Your jobs, newest first; by state, name and time',
  audience: 'requester',
  tag: 'galaksio',
  schema: {
    querystring: strictObject({
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: limits.listPageMax, description: '10 when absent' }),
      ),
      cursor: Type.Optional(Type.String({ maxLength: 64, description: 'next_cursor of a page' })),
      state: Type.Optional(
        Type.String({
          pattern: `^(${executeStates.join('|')})(,(${executeStates.join('|')})){0,4}$`,
          description: 'Or several: failed,cancelled',
        }),
      ),
      name: Type.Optional(
        Type.String({ minLength: 1, maxLength: 128, description: 'A part of the name' }),
      ),
      created_after: moment('RFC 3339; from then on'),
      created_before: moment('RFC 3339; until then, not then itself'),
      format: Type.Optional(oneOf(['page', 'array'], 'array: the jobs and nothing else')),
    }),
    response: { 200: Type.Union([ExecutionPage, Type.Array(ExecutionStatus)]) },
  },
} as const satisfies RouteContract;
