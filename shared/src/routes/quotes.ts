import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { JobSpecInput } from '../job-spec.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { Alternative } from './explain.ts';

export const Quote = strictObject({
  quoteId: id('quote'),
  specHash: Type.String({ description: 'SHA-256 of the complete spec as canonical JSON, hex' }),
  kind: oneOf(['fixed', 'metered']),
  price: Type.Unsafe<Static<typeof MoneySchema>>({
    ...MoneySchema,
    description: 'The most the provider gets: the reward, or the cap of a metered job',
  }),
  bidPerGpuHour: nullable(MoneySchema),
  fee: MoneySchema,
  feeBasisPoints: Type.Integer(),
  total: Type.Unsafe<Static<typeof MoneySchema>>({
    ...MoneySchema,
    description: 'What is held when the job is posted; it never costs more',
  }),
  expiresAt: Timestamp,
  availability: strictObject({
    agentsMatching: Type.Integer({ description: 'Agents online that can run it' }),
    agentsFree: Type.Integer({ description: 'Those of them that could start it now' }),
    devicesFree: nullable(Type.Integer({ description: 'null for a job without GPUs' })),
    queueAhead: Type.Integer({ description: 'Open jobs of the same or a higher priority' }),
  }),
  eta: nullable(
    strictObject({
      startSecP50: Type.Number(),
      startSecP90: Type.Number(),
      samples: Type.Integer({ description: 'How many recent starts of such jobs this is from' }),
    }),
  ),
  alternatives: Type.Array(Alternative, {
    description: 'When nobody online can run it: what would change that, most agents first',
  }),
});
export type Quote = Static<typeof Quote>;

/** Post the same spec with the header `Quote-Id` before it expires, and the quote is what it costs. */
export const createQuote = {
  method: 'POST',
  url: '/api/v1/quotes',
  summary: 'What a job will cost at most, who could run it and when; firm until it expires',
  audience: 'public',
  tag: 'jobs',
  schema: { body: JobSpecInput, response: { 201: Quote } },
} as const satisfies RouteContract;
