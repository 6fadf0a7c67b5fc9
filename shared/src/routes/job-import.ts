import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import type { Problem } from '../error.ts';
import { importFormats } from '../import/import-formats.ts';
import { importLimits } from '../import/import-limits.ts';
import type { JobSpecInput } from '../job-spec.ts';
import { jobStates } from '../job-state.ts';
import { limits } from '../limits.ts';
import { amountPattern, assets } from '../money.ts';
import { id, MoneySchema, nullable, oneOf, strictObject } from '../schema.ts';
import { ProblemView } from './job-bulk.ts';

/** Jobs of documents that were written for other systems. */

const Amount = (description: string) =>
  Type.Optional(Type.String({ pattern: amountPattern, description }));

/** What no such document says, or what is to be instead of what it says. */
const ImportQuery = strictObject({
  format: Type.Optional(oneOf(importFormats, 'Guessed from the document without it')),
  dryRun: Type.Optional(
    Type.Boolean({ description: 'Answers what would be posted, and posts nothing' }),
  ),
  timeoutMinutes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.runSecMax / 60,
      description: `How long a run may take where the document doesn't say; ${importLimits.timeoutMinutes} without it`,
    }),
  ),
  gpu: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_024,
      description: 'Models that may run what asks for GPUs, with commas between them',
    }),
  ),
  gpuCount: Type.Optional(
    Type.Integer({ minimum: 1, maximum: limits.gpusPerJob, description: 'For what asks for GPUs' }),
  ),
  market: Type.Optional(
    Type.String({ maxLength: 64, description: 'A market of Nosana, such as nvidia-4090' }),
  ),
  allowHosts: Type.Optional(
    Type.String({
      maxLength: 8_192,
      description: 'Hosts that the jobs may reach, with commas between them; empty for none',
    }),
  ),
  reward: Amount('What the provider gets for each job; this, or bid and cap'),
  bid: Amount('The most an hour on one GPU may cost'),
  cap: Amount('The most the run of each job may cost, without the fee'),
  asset: Type.Optional(oneOf(assets, 'Of reward, bid and cap; SOL without it')),
});
export type ImportQuery = Static<typeof ImportQuery>;

const ImportWarningView = strictObject({
  pointer: Type.String({
    description: 'JSON pointer into the document; of a docker run the option, such as /--gpus',
  }),
  message: Type.String(),
  fix: Type.String(),
});

const ImportedRow = strictObject({
  name: Type.String({ description: 'The id of its operation, or the name of its document' }),
  after: Type.Array(Type.String(), { description: 'Names of those that have to succeed first' }),
  jobId: nullable(id('job')),
  state: nullable(oneOf(jobStates)),
  spec: Type.Optional(
    Type.Unsafe<Partial<JobSpecInput>>({
      type: 'object',
      description: 'Of a dry run: what would be posted. Without a price where none was given',
    }),
  ),
  problem: Type.Optional(
    Type.Unsafe<Problem>({
      ...ProblemView,
      description:
        'Of a dry run with a price: what this job would be refused with now (RFC 9457); absent where nothing is known against it',
    }),
  ),
});

const ImportReply = strictObject({
  format: oneOf(importFormats),
  dryRun: Type.Boolean(),
  jobs: Type.Array(ImportedRow),
  warnings: Type.Array(ImportWarningView, {
    description: 'What the document asks for and the jobs do not have',
  }),
  label: nullable(
    Type.String({ description: 'The value of the label import of all these jobs; null if dry' }),
  ),
  total: nullable(
    Type.Unsafe<Static<typeof MoneySchema>>({
      ...MoneySchema,
      description: 'What is held for all jobs, fee included; null without a price',
    }),
  ),
});
export type ImportReply = Static<typeof ImportReply>;

/**
 * The body is the document as it is, of at most 512 KiB; a docker run is a JSON string. All its jobs are posted, or none; each waits
 * for those that its document says. What no job here can have is refused with IMPORT_REFUSED: `errors`
 * has a pointer, a reason and a fix for each such thing.
 */
export const importJobs = {
  method: 'POST',
  url: '/api/v1/jobs/import',
  summary:
    'Post the jobs of a Nosana or Bacalhau document, or of a docker run (header Idempotency-Key covers them all)',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    querystring: ImportQuery,
    body: Type.Unknown({
      description:
        'A Nosana job definition 0.1, a Bacalhau job, or the text of a docker run as a string',
    }),
    response: { 200: ImportReply },
  },
} as const satisfies RouteContract;
