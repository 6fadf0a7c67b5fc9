import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { id, nullable, strictObject, Timestamp } from '../schema.ts';

const Fact = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);

export const EventView = strictObject({
  seq: Type.Integer({
    minimum: 1,
    description: 'Grows with every event; go on after the last one',
  }),
  type: Type.String({ description: 'Such as job.ended; see the catalogue of events' }),
  at: Timestamp,
  actor: Type.String({ description: 'requester, operator, marketplace or agent:<id>' }),
  accountId: nullable(Type.String()),
  jobId: nullable(Type.String()),
  executionId: nullable(Type.String()),
  reason: nullable(Type.String()),
  data: Type.Record(Type.String(), Fact),
});
export type EventView = Static<typeof EventView>;

/** Names of events, or their beginnings: `job.ended,payout.*`. */
export const eventTypesPattern = '^[a-z*][a-z.*-]{0,63}(,[a-z*][a-z.*-]{0,63}){0,31}$';

/**
 * As `text/event-stream` a stream that goes on with what happens next and resumes by Last-Event-ID;
 * as JSON lines (`application/x-ndjson`) everything, and with `follow` also what happens next.
 */
export const listEvents = {
  method: 'GET',
  url: '/api/v1/events',
  summary: 'What happened to your account, oldest first: a page, JSON lines or server-sent events',
  audience: 'requester',
  tag: 'events',
  schema: {
    querystring: strictObject({
      after: Type.Optional(
        Type.Integer({
          minimum: 0,
          description:
            'seq of the last event seen; streams without it begin with what happens next',
        }),
      ),
      types: Type.Optional(
        Type.String({
          pattern: eventTypesPattern,
          description: 'Names separated by commas; payout.* is all that begin so',
        }),
      ),
      jobId: Type.Optional(id('job')),
      accountId: Type.Optional(id('account')),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.eventsPerPage })),
      follow: Type.Optional(Type.Boolean()),
    }),
    response: {
      200: strictObject({
        data: Type.Array(EventView),
        nextAfter: Type.Integer({ description: 'Where to go on, also when there was no event' }),
        more: Type.Boolean({ description: 'Whether there may be events after nextAfter already' }),
      }),
    },
  },
} as const satisfies RouteContract;
