import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { jobStates } from '../job-state.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { WorkProgress } from '../work-progress.ts';
import { ArtifactView } from './artifacts.ts';
import { LogPage, logSelection } from './jobs.ts';

/** Links that show a job to whoever has them. What they show has no money, no account and no environment. */

const tag = 'sharing';
const jobParams = strictObject({ jobId: id('job') });

export const linkParts = ['job', 'logs', 'artifacts'] as const;
export type LinkPart = (typeof linkParts)[number];
const Parts = Type.Array(oneOf(linkParts), {
  minItems: 1,
  maxItems: linkParts.length,
  uniqueItems: true,
});

export const JobLink = strictObject({
  linkId: id('link'),
  jobId: id('job'),
  shows: Type.Array(oneOf(linkParts), { description: 'Empty where it shows one artifact' }),
  artifactId: nullable(id('artifact')),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  usesMax: nullable(Type.Integer()),
  uses: Type.Integer({ description: 'Requests that were answered' }),
  lastUsedAt: nullable(Timestamp),
  revokedAt: nullable(Timestamp),
});
export type JobLink = Static<typeof JobLink>;

export const NewJobLink = strictObject({
  ...JobLink.properties,
  url: Type.String({ description: 'A path of this marketplace; it is not shown again' }),
});
export type NewJobLink = Static<typeof NewJobLink>;

export const createJobLink = {
  method: 'POST',
  url: '/api/v1/jobs/:jobId/links',
  summary: 'A signed link to a job, its log or its files, for whoever has it',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    body: strictObject({
      shows: Type.Optional(Parts),
      artifactId: Type.Optional(
        Type.String({ ...id('artifact'), description: 'This file of the job and nothing else' }),
      ),
      expiresSec: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: limits.jobLinkSecMax,
          description: `${limits.jobLinkSecDefault} where left out`,
        }),
      ),
      usesMax: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: limits.linkUsesMax,
          description: 'Requests it answers: a page of a log and a part of a file is one each',
        }),
      ),
    }),
    response: { 201: NewJobLink },
  },
} as const satisfies RouteContract;

export const listJobLinks = {
  method: 'GET',
  url: '/api/v1/jobs/:jobId/links',
  summary: 'The links to a job, newest first, with those that ended',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    response: {
      200: strictObject({ data: Type.Array(JobLink, { maxItems: limits.linksPerJob }) }),
    },
  },
} as const satisfies RouteContract;

export const revokeJobLink = {
  method: 'DELETE',
  url: '/api/v1/jobs/:jobId/links/:linkId',
  summary: 'Make a link void at once',
  audience: 'requester',
  tag,
  schema: {
    params: strictObject({ ...jobParams.properties, linkId: id('link') }),
    response: { 200: JobLink },
  },
} as const satisfies RouteContract;

const linkParams = strictObject({ linkId: id('link') });
/** Not part of the path: paths are written to logs. */
const signed = { signature: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) };

export const SharedJob = strictObject({
  jobId: id('job'),
  name: nullable(Type.String()),
  state: oneOf(jobStates),
  reasonSentence: nullable(Type.String()),
  workload: Type.String({ description: 'container or the script language' }),
  image: Type.String(),
  code: nullable(Type.String({ description: 'Of a script' })),
  command: nullable(Type.Array(Type.String())),
  gpus: Type.Integer(),
  gpuModels: Type.Array(Type.String(), { description: 'What it ran on; empty before' }),
  simulatedDevice: nullable(Type.Boolean()),
  runMs: nullable(Type.Integer()),
  progress: nullable(WorkProgress),
  exitCode: nullable(Type.Integer()),
  output: Type.Unknown({ description: 'Structured output, else null' }),
  createdAt: Timestamp,
  startedAt: nullable(Timestamp),
  finishedAt: nullable(Timestamp),
  shows: Type.Array(oneOf(linkParts)),
  linkExpiresAt: Timestamp,
});
export type SharedJob = Static<typeof SharedJob>;

export const getSharedJob = {
  method: 'GET',
  url: '/api/v1/shared/:linkId',
  summary: 'A job, by a link to it',
  audience: 'public',
  tag,
  schema: {
    params: linkParams,
    querystring: strictObject(signed),
    response: { 200: SharedJob },
  },
} as const satisfies RouteContract;

export const getSharedLogs = {
  method: 'GET',
  url: '/api/v1/shared/:linkId/logs',
  summary: 'Log lines of a job, by a link to it; all of them as application/x-ndjson',
  audience: 'public',
  tag,
  schema: {
    params: linkParams,
    querystring: strictObject({
      ...signed,
      after: Type.Optional(Type.Integer({ minimum: 0 })),
      last: logSelection.last,
      until: logSelection.until,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.logLinesPerPage })),
    }),
    response: { 200: LogPage },
  },
} as const satisfies RouteContract;

export const listSharedArtifacts = {
  method: 'GET',
  url: '/api/v1/shared/:linkId/artifacts',
  summary: 'The files of a job, by a link to it',
  audience: 'public',
  tag,
  schema: {
    params: linkParams,
    querystring: strictObject(signed),
    response: {
      200: strictObject({
        data: Type.Array(
          strictObject({
            ...ArtifactView.properties,
            url: Type.String({ description: 'Its bytes, by the same link' }),
          }),
        ),
      }),
    },
  },
} as const satisfies RouteContract;

export const downloadSharedArtifact = {
  method: 'GET',
  url: '/api/v1/shared/:linkId/artifacts/:artifactId',
  summary: 'A file of a job, by a link to it',
  audience: 'public',
  tag,
  schema: {
    params: strictObject({ ...linkParams.properties, artifactId: id('artifact') }),
    querystring: strictObject(signed),
    response: { 200: Type.String({ description: 'The bytes; Range is understood' }) },
  },
} as const satisfies RouteContract;
