import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { languages } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject } from '../schema.ts';
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
