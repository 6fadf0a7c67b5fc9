import { type Static, Type } from 'typebox';
import { strictObject, taggedUnion } from '../schema.ts';
import { type EventView, eventTypesPattern } from './events.ts';
import type { JobResources } from './job-resources.ts';

/**
 * `GET /api/v1/stream` (WebSocket): one socket per browser tab, many channels.
 * Channels: `market` (public events), `jobs` (own jobs), `job:<id>` (one job's events),
 * `logs:<id>` (one job's log lines), `resources:<id>` (what one job uses), `events` (everything of the account as `GET /api/v1/events` has
 * it, perhaps of some `types` only). `since` resumes after a sequence number; `events` from any.
 */
export const streamUrl = '/api/v1/stream';

const channel = Type.String({
  pattern: '^(market|jobs|events|(job|logs|resources):job_[0-9A-Z]{26})$',
});

export const StreamRequest = taggedUnion('op', [
  strictObject({ op: Type.Literal('auth'), apiKey: Type.String({ maxLength: 256 }) }),
  strictObject({
    op: Type.Literal('subscribe'),
    channel,
    since: Type.Optional(Type.Integer({ minimum: 0 })),
    types: Type.Optional(Type.String({ pattern: eventTypesPattern })),
  }),
  strictObject({ op: Type.Literal('unsubscribe'), channel }),
  strictObject({ op: Type.Literal('ping') }),
]);
export type StreamRequest = Static<typeof StreamRequest>;

/** What the server sends. `resync` means the resume point is too old: read the resource again. */
export type StreamMessage =
  | { type: 'ready'; authenticated: boolean }
  | { type: 'subscribed'; channel: string; seq: number }
  | { type: 'event'; channel: string; seq: number; event: StreamEvent }
  | { type: 'events'; channel: string; events: EventView[] }
  | { type: 'lines'; channel: string; lines: unknown[]; ended: boolean; removedAt?: string }
  /** `whole`: all points of the latest attempt; otherwise those that changed since the frame before. */
  | { type: 'resources'; channel: string; seq: number; whole: boolean; resources: JobResources }
  | { type: 'resync'; channel: string }
  | { type: 'error'; code: string; detail: string; channel?: string }
  | { type: 'pong' };

export interface StreamEvent {
  name: string;
  jobId: string | null;
  at: string;
  data: Record<string, unknown>;
}
