import { type Static, Type } from 'typebox';
import { removalReasons } from '../artifact-removal.ts';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { Fence } from './agents.ts';

export const Sha256 = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 as 64 lowercase hexadecimal digits',
});

const FileFacts = {
  name: Type.String({
    minLength: 1,
    maxLength: limits.artifactNameBytes,
    description: 'Relative path with forward slashes, such as results/model.bin',
  }),
  bytes: Type.Integer({ minimum: 0, maximum: limits.artifactBytesMax }),
  mediaType: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$',
      description: 'Media type without parameters, such as text/csv',
    }),
  ),
};

const ArtifactFacts = {
  artifactId: id('artifact'),
  jobId: nullable(id('job')),
  attempt: nullable(Type.Integer()),
  name: Type.String(),
  bytes: Type.Integer(),
  sha256: Sha256,
  mediaType: Type.String(),
  createdAt: Timestamp,
};

export const ArtifactView = strictObject({ ...ArtifactFacts, expiresAt: Timestamp });
export type ArtifactView = Static<typeof ArtifactView>;

/** An artifact that was there and can't be read any more. */
export const RemovedArtifactView = strictObject({
  ...ArtifactFacts,
  removedAt: Timestamp,
  reason: oneOf(removalReasons),
});
export type RemovedArtifactView = Static<typeof RemovedArtifactView>;

export const UploadView = strictObject({
  artifactId: id('artifact'),
  name: Type.String(),
  bytes: Type.Integer(),
  partBytes: Type.Integer({
    description: 'Each part has so many bytes, the last one what is left; it begins at a multiple',
  }),
  /** The announced one; null where none was. */
  sha256: nullable(Sha256),
  state: oneOf(['open', 'complete']),
  received: Type.Array(strictObject({ start: Type.Integer(), end: Type.Integer() }), {
    description: 'What has come and need not be sent again; ends are exclusive',
  }),
  expiresAt: Timestamp,
});
export type UploadView = Static<typeof UploadView>;

const artifactParams = strictObject({ artifactId: id('artifact') });
const partParams = strictObject({
  artifactId: id('artifact'),
  offset: Type.Integer({ minimum: 0, maximum: limits.artifactBytesMax }),
});
const executionId = id('execution');

const bytesAnswer = Type.String({ description: 'The bytes themselves, also as ranges' });
const partAnswer = strictObject({ offset: Type.Integer(), bytes: Type.Integer() });

/** Begins an upload in parts. The artifact is an input for jobs once it is complete. */
export const createUpload = {
  method: 'POST',
  url: '/api/v1/uploads',
  summary: 'Begin to upload a file',
  audience: 'requester',
  tag: 'artifacts',
  schema: {
    body: strictObject({ ...FileFacts, sha256: Type.Optional(Sha256) }),
    response: { 201: UploadView },
  },
} as const satisfies RouteContract;

export const getUpload = {
  method: 'GET',
  url: '/api/v1/uploads/:artifactId',
  summary: 'What has come of an upload, to go on with it',
  audience: 'requester',
  tag: 'artifacts',
  etag: 'read',
  schema: { params: artifactParams, response: { 200: UploadView } },
} as const satisfies RouteContract;

/** The body is the part itself, as `application/octet-stream`. */
export const putUploadPart = {
  method: 'PUT',
  url: '/api/v1/uploads/:artifactId/parts/:offset',
  summary: 'Send one part of a file: bytes, not JSON',
  audience: 'requester',
  tag: 'artifacts',
  schema: { params: partParams, response: { 200: partAnswer } },
} as const satisfies RouteContract;

/** Reads what has come once more and compares its sha256 with the announced one. */
export const completeUpload = {
  method: 'POST',
  url: '/api/v1/uploads/:artifactId/complete',
  summary: 'End an upload of which every part has come',
  audience: 'requester',
  tag: 'artifacts',
  schema: {
    params: artifactParams,
    body: strictObject({ sha256: Type.Optional(Sha256) }),
    response: { 200: ArtifactView },
  },
} as const satisfies RouteContract;

const artifactPage = strictObject({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
  cursor: Type.Optional(Type.String({ maxLength: 64 })),
});

export const listArtifacts = {
  method: 'GET',
  url: '/api/v1/artifacts',
  summary: 'Your artifacts, newest first',
  audience: 'requester',
  tag: 'artifacts',
  schema: {
    querystring: artifactPage,
    response: {
      200: strictObject({ data: Type.Array(ArtifactView), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const listRemovedArtifacts = {
  method: 'GET',
  url: '/api/v1/artifacts/removed',
  summary: 'Your artifacts that were removed within a year, with when and why',
  audience: 'requester',
  tag: 'artifacts',
  schema: {
    querystring: artifactPage,
    response: {
      200: strictObject({
        data: Type.Array(RemovedArtifactView),
        nextCursor: nullable(Type.String()),
      }),
    },
  },
} as const satisfies RouteContract;

export const getArtifact = {
  method: 'GET',
  url: '/api/v1/artifacts/:artifactId',
  summary: 'One artifact: name, size, sha256',
  audience: 'requester',
  tag: 'artifacts',
  etag: 'read',
  schema: { params: artifactParams, response: { 200: ArtifactView } },
} as const satisfies RouteContract;

/** Answers `Range`, `If-Range` and `If-None-Match`; the ETag is the sha256. */
export const getArtifactContent = {
  method: 'GET',
  url: '/api/v1/artifacts/:artifactId/content',
  summary: 'Download an artifact, or a range of it',
  audience: 'requester',
  tag: 'artifacts',
  schema: { params: artifactParams, response: { 200: bytesAnswer } },
} as const satisfies RouteContract;

export const deleteArtifact = {
  method: 'DELETE',
  url: '/api/v1/artifacts/:artifactId',
  summary: 'Delete an artifact, or give up its upload',
  audience: 'requester',
  tag: 'artifacts',
  schema: {
    params: artifactParams,
    response: { 200: strictObject({ artifactId: id('artifact') }) },
  },
} as const satisfies RouteContract;

const Link = strictObject({
  url: Type.String({ description: 'Path on this marketplace; whoever has it may download' }),
  expiresAt: Timestamp,
});

export const createArtifactLink = {
  method: 'POST',
  url: '/api/v1/artifacts/:artifactId/links',
  summary: 'A signed link to one artifact, for whoever has it',
  audience: 'requester',
  tag: 'artifacts',
  schema: {
    params: artifactParams,
    body: strictObject({
      expiresSec: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.artifactLinkSecMax })),
    }),
    response: { 201: Link },
  },
} as const satisfies RouteContract;

export const revokeArtifactLinks = {
  method: 'POST',
  url: '/api/v1/artifacts/revoke-links',
  summary: 'Make every link of yours void: to artifacts and to jobs',
  audience: 'requester',
  tag: 'artifacts',
  schema: { response: { 200: strictObject({ version: Type.Integer() }) } },
} as const satisfies RouteContract;

export const downloadByLink = {
  method: 'GET',
  url: '/api/v1/downloads/:artifactId',
  summary: 'Download by a signed link',
  audience: 'public',
  tag: 'artifacts',
  schema: {
    params: artifactParams,
    querystring: strictObject({
      expires: Type.Integer({ minimum: 0, description: 'Seconds since 1970' }),
      signature: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    }),
    response: { 200: bytesAnswer },
  },
} as const satisfies RouteContract;

/** The manifest of a job: what its last execution has uploaded. */
export const listJobArtifacts = {
  method: 'GET',
  url: '/api/v1/jobs/:jobId/artifacts',
  summary: 'The files that a job has made, with links to download them',
  audience: 'requester',
  tag: 'artifacts',
  schema: {
    params: strictObject({ jobId: id('job') }),
    response: {
      200: strictObject({
        data: Type.Array(strictObject({ ...ArtifactView.properties, link: Type.String() })),
        /** What it has uploaded besides and is not kept any more. */
        removed: Type.Array(RemovedArtifactView),
      }),
    },
  },
} as const satisfies RouteContract;

/** Again for the same name, size and sha256 it is the same upload, with what has come of it. */
export const createOutputUpload = {
  method: 'POST',
  url: '/api/v1/executions/:executionId/uploads',
  summary: 'Begin, or go on, to upload a file that an execution has made',
  audience: 'agent',
  tag: 'artifacts',
  schema: {
    params: strictObject({ executionId }),
    body: strictObject({ ...Fence.properties, ...FileFacts, sha256: Sha256 }),
    response: { 201: UploadView },
  },
} as const satisfies RouteContract;

/** The fence stands in the headers `lease-attempt` and `lease-token`; the body is the part. */
export const putOutputPart = {
  method: 'PUT',
  url: '/api/v1/executions/:executionId/uploads/:artifactId/parts/:offset',
  summary: 'Send one part of such a file (headers lease-attempt, lease-token)',
  audience: 'agent',
  tag: 'artifacts',
  schema: {
    params: strictObject({ executionId, ...partParams.properties }),
    response: { 200: partAnswer },
  },
} as const satisfies RouteContract;

export const completeOutputUpload = {
  method: 'POST',
  url: '/api/v1/executions/:executionId/uploads/:artifactId/complete',
  summary: 'End the upload of such a file',
  audience: 'agent',
  tag: 'artifacts',
  schema: {
    params: strictObject({ executionId, ...artifactParams.properties }),
    body: Fence,
    response: { 200: ArtifactView },
  },
} as const satisfies RouteContract;

export const getInputContent = {
  method: 'GET',
  url: '/api/v1/executions/:executionId/inputs/:artifactId',
  summary: 'Download an input of an execution (headers lease-attempt, lease-token)',
  audience: 'agent',
  tag: 'artifacts',
  schema: {
    params: strictObject({ executionId, ...artifactParams.properties }),
    response: { 200: bytesAnswer },
  },
} as const satisfies RouteContract;

/** Where the fence of a request stands whose body is a file. */
export const fenceHeaders = { attempt: 'lease-attempt', leaseToken: 'lease-token' } as const;
