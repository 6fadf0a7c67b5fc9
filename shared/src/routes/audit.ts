import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

const tag = 'admin';
const audience = 'operator';
const hashPattern = '^[0-9a-f]{64}$';

const Fact = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);

export const AuditEntry = strictObject({
  entry: Type.Integer({ minimum: 1, description: 'From 1, without a gap' }),
  at: Timestamp,
  action: Type.String({ description: 'What was done, such as key.revoked' }),
  actor: Type.String({
    description: 'requester, operator, marketplace, agent:<id>, or nobody where nobody was let in',
  }),
  accountId: nullable(Type.String()),
  keyId: nullable(Type.String({ description: 'The key it was done with' })),
  ip: nullable(Type.String({ description: 'Where from, as exactly as the operator keeps it' })),
  requestId: nullable(Type.String()),
  target: nullable(Type.String({ description: 'What it was done to' })),
  facts: Type.Record(Type.String(), Fact, { description: 'What was before and after; no secrets' }),
  hash: Type.String({
    pattern: hashPattern,
    description:
      'SHA-256 of the previous entry’s 32 bytes (zeros before the first) and of this entry without hash as JSON with sorted keys',
  }),
});
export type AuditEntry = Static<typeof AuditEntry>;

const text = (maxLength: number, description?: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength, ...(description === undefined ? {} : { description }) }),
  );

const filters = {
  action: text(64),
  actor: text(64),
  accountId: text(64),
  keyId: text(64),
  target: text(128),
  requestId: text(64),
  from: text(32, 'RFC 3339; entries of this time and later'),
  until: text(32, 'RFC 3339; entries before this time'),
};

/** As JSON lines (`Accept: application/x-ndjson`) or CSV (`text/csv`) everything, oldest first. */
export const listAuditLog = {
  method: 'GET',
  url: '/api/v1/admin/audit-log',
  summary: 'What was done that needed a right, newest first; the whole log as JSON lines or CSV',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      ...filters,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.auditEntriesPerPage })),
      cursor: Type.Optional(Type.Integer({ minimum: 1, description: 'From nextCursor' })),
      order: Type.Optional(oneOf(['newest', 'oldest'])),
    }),
    response: {
      200: strictObject({
        data: Type.Array(AuditEntry),
        nextCursor: nullable(Type.Integer()),
        after: strictObject({
          entry: Type.Integer({ description: 'The last entry that was removed for its age, or 0' }),
          hash: Type.String({
            pattern: hashPattern,
            description: 'What the next one is chained to',
          }),
        }),
      }),
    },
  },
} as const satisfies RouteContract;

export const AuditProof = strictObject({
  verified: Type.Boolean(),
  problems: Type.Array(Type.String({ description: 'One sentence per problem' })),
  entries: Type.Integer({ description: 'How many were read' }),
  from: Type.Integer({ description: 'The first entry that is kept' }),
  head: strictObject({
    entry: Type.Integer(),
    hash: Type.String({ pattern: hashPattern, description: 'Of the newest entry' }),
  }),
});
export type AuditProof = Static<typeof AuditProof>;

export const verifyAuditLog = {
  method: 'GET',
  url: '/api/v1/admin/audit-log/verify',
  summary: 'Recompute the chain of hashes of the audit log',
  audience,
  tag,
  schema: { response: { 200: AuditProof } },
} as const satisfies RouteContract;
