import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { ParameterValues, TemplateParameter, TemplateSpec } from '../template.ts';
import { JobDetail } from './jobs.ts';

const tag = 'templates';
const audience = 'requester';

const Version = Type.Integer({ minimum: 1, maximum: limits.templateVersions });
const Parameters = Type.Array(TemplateParameter, { maxItems: limits.templateParameters });
const templateParams = strictObject({ templateId: id('template') });

export const templateVisibilities = ['private', 'unlisted', 'public'] as const;
export type TemplateVisibility = (typeof templateVisibilities)[number];
const Tag = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' });
const Tags = Type.Array(Tag, { maxItems: limits.templateTags, uniqueItems: true });

export const TemplateSummary = strictObject({
  templateId: id('template'),
  name: Type.String(),
  description: nullable(Type.String()),
  version: Type.Integer({ description: 'The newest one' }),
  createdAt: Timestamp,
  archivedAt: nullable(Timestamp),
  visibility: oneOf(templateVisibilities, 'unlisted: for whoever has the id'),
  tags: Tags,
  uses: nullable(
    Type.Integer({
      description: 'Jobs posted from it; null for a built-in one, which nobody counts',
    }),
  ),
  hiddenAt: nullable(
    Type.Unsafe<string>({ ...Timestamp, description: 'The operator took it out of the gallery' }),
  ),
});
export type TemplateSummary = Static<typeof TemplateSummary>;

export const TemplateDetail = strictObject({
  ...TemplateSummary.properties,
  own: Type.Boolean({ description: 'Whether it is a template of your account' }),
  /** Of the version that was asked for. */
  versionCreatedAt: Timestamp,
  spec: TemplateSpec,
  parameters: Parameters,
});
export type TemplateDetail = Static<typeof TemplateDetail>;

export const createTemplate = {
  method: 'POST',
  url: '/api/v1/templates',
  summary: 'Keep a job spec with typed parameters, as version 1 of a template',
  audience,
  tag,
  schema: {
    body: strictObject({
      name: Type.String({ minLength: 1, maxLength: 128 }),
      description: Type.Optional(Type.String({ maxLength: limits.templateDescriptionChars })),
      spec: TemplateSpec,
      parameters: Type.Optional(Parameters),
    }),
    response: { 201: TemplateDetail },
  },
} as const satisfies RouteContract;

export const listTemplates = {
  method: 'GET',
  url: '/api/v1/templates',
  summary: 'Your templates, newest first',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      archived: Type.Optional(Type.Boolean({ description: 'With the archived ones' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({ data: Type.Array(TemplateSummary), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const getTemplate = {
  method: 'GET',
  url: '/api/v1/templates/:templateId',
  summary: 'One template, yours or a shared one: the newest version, or the one asked for',
  audience,
  tag,
  etag: 'read',
  schema: {
    params: templateParams,
    querystring: strictObject({ version: Type.Optional(Version) }),
    response: { 200: TemplateDetail },
  },
} as const satisfies RouteContract;

/** A version never changes: jobs name the one they came from. */
export const createTemplateVersion = {
  method: 'POST',
  url: '/api/v1/templates/:templateId/versions',
  summary: 'Add a version to a template',
  audience,
  tag,
  etag: 'change',
  schema: {
    params: templateParams,
    body: strictObject({ spec: TemplateSpec, parameters: Type.Optional(Parameters) }),
    response: { 201: TemplateDetail },
  },
} as const satisfies RouteContract;

export const archiveTemplate = {
  method: 'POST',
  url: '/api/v1/templates/:templateId/archive',
  summary: 'Post no more jobs from a template; what it made stays',
  audience,
  tag,
  schema: { params: templateParams, response: { 200: TemplateSummary } },
} as const satisfies RouteContract;

const RunBody = strictObject({
  parameters: Type.Optional(ParameterValues),
  version: Type.Optional(Version),
  overrides: Type.Optional(
    Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      description: 'Merged over the filled spec as RFC 7396 says: null takes a field away',
    }),
  ),
});
export type TemplateRun = Static<typeof RunBody>;

export const runTemplate = {
  method: 'POST',
  url: '/api/v1/templates/:templateId/jobs',
  summary: 'Post a job from a template (headers Idempotency-Key, Quote-Id)',
  audience,
  tag,
  schema: { params: templateParams, body: RunBody, response: { 201: JobDetail } },
} as const satisfies RouteContract;

/** The answered spec can be quoted: a quote for it is one for the job. */
export const previewTemplate = {
  method: 'POST',
  url: '/api/v1/templates/:templateId/preview',
  summary: 'The spec that would be posted, with secrets masked',
  audience,
  tag,
  schema: {
    params: templateParams,
    body: RunBody,
    response: {
      200: strictObject({
        templateId: id('template'),
        version: Type.Integer(),
        spec: TemplateSpec,
        secretEnv: Type.Array(Type.String({ description: 'Name of a masked variable' })),
      }),
    },
  },
} as const satisfies RouteContract;

export const GalleryTemplate = strictObject({
  templateId: id('template'),
  name: Type.String(),
  description: nullable(Type.String()),
  version: Type.Integer({ description: 'The newest one' }),
  tags: Tags,
  builtIn: Type.Boolean({ description: 'An example that comes with every marketplace' }),
  owner: nullable(Type.String({ description: 'Name of the account, as it calls itself' })),
  uses: TemplateSummary.properties.uses,
  createdAt: Timestamp,
});
export type GalleryTemplate = Static<typeof GalleryTemplate>;

export const gallerySorts = ['newest', 'uses'] as const;
export type GallerySort = (typeof gallerySorts)[number];

export const listGallery = {
  method: 'GET',
  url: '/api/v1/templates/public',
  summary: 'Templates that anybody may use, and then the built-in examples',
  audience: 'public',
  tag,
  schema: {
    querystring: strictObject({
      q: Type.Optional(
        Type.String({ minLength: 1, maxLength: 128, description: 'In the name or description' }),
      ),
      tag: Type.Optional(Tag),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      sort: Type.Optional(
        oneOf(gallerySorts, 'newest where left out; uses: the most jobs posted from it first'),
      ),
      cursor: Type.Optional(Type.String({ maxLength: 64, description: 'From nextCursor' })),
    }),
    response: {
      200: strictObject({ data: Type.Array(GalleryTemplate), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const setTemplateVisibility = {
  method: 'PUT',
  url: '/api/v1/templates/:templateId/visibility',
  summary: 'Say who may use a template; its values of secret parameters are never in it',
  audience,
  tag,
  schema: {
    params: templateParams,
    body: strictObject({
      visibility: oneOf(templateVisibilities),
      tags: Type.Optional(Tags),
    }),
    response: { 200: TemplateSummary },
  },
} as const satisfies RouteContract;

export const copyTemplate = {
  method: 'POST',
  url: '/api/v1/templates/:templateId/copies',
  summary: 'Copy the newest version of a template, yours or a shared one, into your account',
  audience,
  tag,
  schema: { params: templateParams, response: { 201: TemplateDetail } },
} as const satisfies RouteContract;

export const hideTemplate = {
  method: 'POST',
  url: '/api/v1/admin/templates/:templateId/hidden',
  summary: 'Show a template to nobody but its owner, or to all again',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: templateParams,
    body: strictObject({
      hidden: Type.Boolean(),
      reason: Type.Optional(Type.String({ maxLength: 256 })),
    }),
    response: { 200: TemplateSummary },
  },
} as const satisfies RouteContract;
