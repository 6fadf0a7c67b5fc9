import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { id, nullable, strictObject, Timestamp } from '../schema.ts';

export const Rating = strictObject({
  jobId: id('job'),
  agentId: id('agent'),
  stars: Type.Integer({ minimum: 1, maximum: 5 }),
  comment: nullable(Type.String()),
  ratedAt: Timestamp,
});
export type Rating = Static<typeof Rating>;

/** Once per job, and only where something was paid: stars cost what the job did. */
export const rateJob = {
  method: 'POST',
  url: '/api/v1/jobs/:jobId/rating',
  summary: 'Rate the agent that a finished job of yours was paid to',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    params: strictObject({ jobId: id('job') }),
    body: strictObject({
      stars: Type.Integer({ minimum: 1, maximum: 5 }),
      comment: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
    }),
    response: { 201: Rating },
  },
} as const satisfies RouteContract;

export const listRatings = {
  method: 'GET',
  url: '/api/v1/marketplace/agents/:agentId/ratings',
  summary: 'What requesters that paid said about an agent, newest first',
  audience: 'public',
  tag: 'marketplace',
  schema: {
    params: strictObject({ agentId: id('agent') }),
    response: { 200: strictObject({ data: Type.Array(Rating) }) },
  },
} as const satisfies RouteContract;
