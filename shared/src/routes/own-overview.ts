import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { strictObject } from '../schema.ts';
import { JobSummary } from './jobs.ts';

const count = (description: string) => Type.Integer({ description });

export const OwnOverview = strictObject({
  total: count(`Each of its parts is counted up to ${limits.jobsCountedMax}`),
  pending: count('awaiting_funds, queued, assigned'),
  running: Type.Integer(),
  succeeded: Type.Integer(),
  failed: count('failed, timed_out, expired'),
  cancelled: Type.Integer(),
  counted: Type.Union([Type.Literal('all'), Type.Literal('part')], {
    description: 'part: at least one of them is larger than said',
  }),
  recent: Type.Array(JobSummary, { description: `The newest, at most ${limits.ownRecentJobs}` }),
});
export type OwnOverview = Static<typeof OwnOverview>;

export const getOwnOverview = {
  method: 'GET',
  url: '/api/v1/account/overview',
  summary: 'Your jobs counted by how they are, and the newest of them',
  audience: 'requester',
  tag: 'accounts',
  schema: { response: { 200: OwnOverview } },
} as const satisfies RouteContract;
