import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { Gpus, Image, languages } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { JobDetail } from './jobs.ts';

const tag = 'snippets';
const audience = 'requester';

const snippetParams = strictObject({ snippetId: id('snippet') });
const Name = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  description: 'Of its own within the account, without control characters',
});
const RunSec = Type.Integer({ minimum: 1, maximum: limits.runSecMax });

export const SnippetInput = strictObject({
  name: Name,
  description: Type.Optional(Type.String({ maxLength: limits.snippetDescriptionChars })),
  language: oneOf(languages),
  code: Type.String({ minLength: 1, maxLength: limits.codeBytesMax }),
  image: Type.Optional(Image),
  gpus: Type.Optional(Gpus),
  runSec: Type.Optional(RunSec),
});
export type SnippetInput = Static<typeof SnippetInput>;

export const SnippetSummary = strictObject({
  snippetId: id('snippet'),
  name: Type.String(),
  description: nullable(Type.String()),
  language: oneOf(languages),
  codeBytes: Type.Integer(),
  version: Type.Integer({ description: 'Grows with each change' }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type SnippetSummary = Static<typeof SnippetSummary>;

export const SnippetDetail = strictObject({
  ...SnippetSummary.properties,
  code: Type.String(),
  image: nullable(Image),
  gpus: nullable(Gpus),
  runSec: nullable(RunSec),
});
export type SnippetDetail = Static<typeof SnippetDetail>;

export const createSnippet = {
  method: 'POST',
  url: '/api/v1/snippets',
  summary: 'Save a script with what it usually needs',
  audience,
  tag,
  schema: { body: SnippetInput, response: { 201: SnippetDetail } },
} as const satisfies RouteContract;

export const snippetSorts = ['-updatedAt', 'updatedAt', '-createdAt', 'createdAt', 'name'] as const;

export const listSnippets = {
  method: 'GET',
  url: '/api/v1/snippets',
  summary: 'Your snippets without their code, last changed first',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      name: Type.Optional(Type.String({ maxLength: 128, description: 'Exactly this name' })),
      q: Type.Optional(
        Type.String({ minLength: 1, maxLength: 128, description: 'In the name or description' }),
      ),
      language: Type.Optional(oneOf(languages)),
      sort: Type.Optional(oneOf(snippetSorts)),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(id('snippet')),
    }),
    response: {
      200: strictObject({ data: Type.Array(SnippetSummary), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const getSnippet = {
  method: 'GET',
  url: '/api/v1/snippets/:snippetId',
  summary: 'One snippet with its code',
  audience,
  tag,
  etag: 'read',
  schema: { params: snippetParams, response: { 200: SnippetDetail } },
} as const satisfies RouteContract;

export const putSnippet = {
  method: 'PUT',
  url: '/api/v1/snippets/:snippetId',
  summary: 'Replace a snippet',
  audience,
  tag,
  etag: 'change',
  schema: { params: snippetParams, body: SnippetInput, response: { 200: SnippetDetail } },
} as const satisfies RouteContract;

export const deleteSnippet = {
  method: 'DELETE',
  url: '/api/v1/snippets/:snippetId',
  summary: 'Remove a snippet; jobs that came from it stay',
  audience,
  tag,
  schema: { params: snippetParams, response: { 200: snippetParams } },
} as const satisfies RouteContract;

export const runSnippet = {
  method: 'POST',
  url: '/api/v1/snippets/:snippetId/jobs',
  summary: 'Post a job from a snippet (headers Idempotency-Key, Quote-Id)',
  audience,
  tag,
  schema: {
    params: snippetParams,
    body: strictObject({
      overrides: Type.Unsafe<Record<string, unknown>>({
        type: 'object',
        description:
          'The rest of the JobSpecInput, with a price; merged over the snippet as RFC 7396 says',
        examples: [{ price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } } }],
      }),
    }),
    response: { 201: JobDetail },
  },
} as const satisfies RouteContract;
