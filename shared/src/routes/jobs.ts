import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { executionStates } from '../execution-state.ts';
import { ImagePull } from '../image-pull.ts';
import { Dependency } from '../job-lifecycle.ts';
import { JobSpecInput } from '../job-spec.ts';
import { faults, jobStates, reasonNames } from '../job-state.ts';
import { limits } from '../limits.ts';
import { lineLevels } from '../line-level.ts';
import type { Money } from '../money.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { payoutStates, settlementStates } from '../settlement-state.ts';
import { WorkProgress } from '../work-progress.ts';

export const Reason = oneOf(reasonNames);

export const ExecutionView = strictObject({
  executionId: id('execution'),
  attempt: Type.Integer(),
  agentId: id('agent'),
  agentName: Type.String(),
  deviceIds: Type.Array(Type.String()),
  ratePerGpuHour: nullable(MoneySchema),
  state: oneOf(executionStates),
  reason: nullable(Reason),
  detail: nullable(Type.String()),
  isolation: nullable(Type.String()),
  imageDigest: nullable(Type.String()),
  imagePull: Type.Unsafe<ImagePull | null>({
    ...nullable(ImagePull),
    description: 'How far its image was when the agent last said so; null where nothing was pulled',
  }),
  progress: nullable(WorkProgress),
  exitCode: nullable(Type.Integer()),
  runMs: nullable(Type.Number()),
  peakMemoryBytes: nullable(Type.Number()),
  leasedAt: Timestamp,
  startedAt: nullable(Timestamp),
  finishedAt: nullable(Timestamp),
});
export type ExecutionView = Static<typeof ExecutionView>;

export const PayoutView = strictObject({
  payoutId: id('payout'),
  state: oneOf(payoutStates),
  wallet: Type.String(),
  money: MoneySchema,
  signature: nullable(Type.String()),
  explorerUrl: nullable(Type.String()),
  holdReason: nullable(Type.String()),
  waitReason: nullable(Type.String({ description: 'Why it is due and has not left yet' })),
  createdAt: Timestamp,
  finalizedAt: nullable(Timestamp),
});
export type PayoutView = Static<typeof PayoutView>;

export const SettlementView = strictObject({
  state: oneOf(settlementStates),
  held: MoneySchema,
  quoted: MoneySchema,
  charged: nullable(MoneySchema),
  providerShare: nullable(MoneySchema),
  fee: nullable(MoneySchema),
  refund: nullable(MoneySchema),
  payout: nullable(PayoutView),
});

export const JobSummary = strictObject({
  jobId: id('job'),
  name: nullable(Type.String()),
  state: oneOf(jobStates),
  reason: nullable(Reason),
  attempt: Type.Integer(),
  attemptsMax: Type.Integer(),
  waitsFor: Type.Integer({ description: 'Jobs that have to end before agents hear of this one' }),
  cachedFrom: nullable(id('job')),
  workload: Type.String({ description: 'container or the script language' }),
  image: Type.String(),
  gpus: Type.Integer(),
  gpuModels: Type.Array(Type.String(), {
    description: 'What it runs or ran on, each once; empty before, and without GPUs',
  }),
  labels: Type.Record(Type.String(), Type.String()),
  price: Type.Unsafe<Money>({
    ...MoneySchema,
    description: 'The most the provider gets: the reward, or the cap of a metered job',
  }),
  bidPerGpuHour: nullable(MoneySchema),
  costMax: Type.Unsafe<Money>({
    ...MoneySchema,
    description: 'The most it can cost, fee included',
  }),
  charged: Type.Unsafe<Money | null>({
    ...nullable(MoneySchema),
    description: 'What it cost in the end, fee included; null before that is settled',
  }),
  agentId: nullable(id('agent')),
  agentName: nullable(Type.String()),
  simulatedDevice: nullable(Type.Boolean()),
  exitCode: nullable(Type.Integer()),
  createdAt: Timestamp,
  startedAt: nullable(Timestamp),
  finishedAt: nullable(Timestamp),
  payoutState: nullable(oneOf(payoutStates)),
});
export type JobSummary = Static<typeof JobSummary>;

export const JobEvent = strictObject({
  seq: Type.Integer(),
  type: Type.String({ description: 'Such as job.queued or payout.finalized' }),
  at: Timestamp,
  actor: Type.String({ description: 'requester, agent:<id>, marketplace or operator' }),
  reason: nullable(Reason),
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type JobEvent = Static<typeof JobEvent>;

export const JobDetail = strictObject({
  ...JobSummary.properties,
  spec: Type.Unknown({ description: 'The complete spec; environment values are not echoed' }),
  reasonSentence: nullable(Type.String()),
  reasonAction: nullable(Type.String()),
  fault: nullable(oneOf(faults)),
  output: Type.Unknown({
    description: 'Structured output: output.json or JSON on stdout, else null',
  }),
  logBytes: Type.Integer(),
  after: Type.Array(
    strictObject({ ...Dependency.properties, state: oneOf(['open', 'met', 'failed']) }),
  ),
  rerunOf: nullable(id('job')),
  executions: Type.Array(ExecutionView),
  settlement: SettlementView,
  events: Type.Array(JobEvent),
});
export type JobDetail = Static<typeof JobDetail>;

/** A day, or a moment of RFC 3339. */
const timePattern =
  '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2}))?$';

const jobParams = strictObject({ jobId: id('job') });

/**
 * Send `Idempotency-Key` to make a repeated request answer with the first one's job, `Quote-Id` to post
 * it at the price of a quote, and `Prefer: wait=25` to hear of it when it is over, or then.
 */
export const createJob = {
  method: 'POST',
  url: '/api/v1/jobs',
  summary:
    'Post a job (headers Idempotency-Key, Quote-Id, Prefer: wait=25); its price is held from your balance',
  audience: 'requester',
  tag: 'jobs',
  schema: { body: JobSpecInput, response: { 201: JobDetail } },
} as const satisfies RouteContract;

const words = (description: string) =>
  Type.Optional(
    Type.String({ pattern: '^[a-zA-Z_]+(,[a-zA-Z_]+)*$', maxLength: 400, description }),
  );

export const moment = (description: string) =>
  Type.Optional(Type.String({ pattern: timePattern, description }));

/**
 * States, times, and what came after a job are found by an index; times of end in the order of ends. The rest is looked for among 2 000 of
 * those: a page may have fewer than `limit`, or none, and still be followed by another.
 * `Link: <…>; rel="next"` leads there, as `nextCursor` does.
 */
export const listJobs = {
  method: 'GET',
  url: '/api/v1/jobs',
  summary: 'Your jobs, newest first; by state, type, label, GPU, time and name',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    querystring: strictObject({
      state: Type.Optional(Type.String({ pattern: '^[a-z_]+(,[a-z_]+)*$', maxLength: 200 })),
      type: words('container, python, javascript, typescript or bash; or several'),
      label: Type.Optional(
        Type.String({
          maxLength: 1_024,
          description: 'Such as team=vision,env=test; all must fit',
        }),
      ),
      q: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 128,
          description: 'A part of the name, or how the id begins',
        }),
      ),
      gpu: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 64,
          description:
            'A part of the model that it runs or ran on, or of one that it asks for; none: without GPUs',
        }),
      ),
      dependsOn: Type.Optional(
        Type.String({ ...id('job'), description: 'Jobs that come after this one' }),
      ),
      rerunOf: Type.Optional(
        Type.String({ ...id('job'), description: 'Jobs that run this one again' }),
      ),
      createdAfter: moment('RFC 3339; from then on'),
      createdBefore: moment('RFC 3339; until then, not then itself'),
      finishedAfter: moment('RFC 3339; jobs that ended from then on'),
      finishedBefore: moment('RFC 3339; that ended until then, not then itself'),
      sort: Type.Optional(
        oneOf(
          ['-createdAt', 'createdAt', '-finishedAt', 'finishedAt'],
          'Newest or oldest first; by the end where a time of end is asked for. finishedAt lists only jobs that ended',
        ),
      ),
      fields: words('The only fields of each job to answer, such as jobId,state'),
      count: Type.Optional(
        Type.Boolean({ description: 'Whether to count the jobs, up to 10 000' }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({
        data: Type.Array(JobSummary),
        nextCursor: nullable(Type.String()),
        total: Type.Optional(
          Type.Integer({
            description:
              'With count=true: how many jobs of these states and times there are, at most 10 000',
          }),
        ),
      }),
    },
  },
} as const satisfies RouteContract;

/**
 * `Prefer: wait=25` (RFC 7240, seconds) or `wait=25` answers when the job is over, or then;
 * `Preference-Applied` says that it was waited for. With `since`, the ETag of an earlier answer, it is
 * waited for anything new instead; lines of its log are nothing new, and how far its image is may be
 * heard of a few seconds late.
 */
export const getJob = {
  method: 'GET',
  url: '/api/v1/jobs/:jobId',
  summary: 'One job with its executions, settlement and events (header Prefer: wait=25 waits)',
  audience: 'requester',
  tag: 'jobs',
  etag: 'read',
  schema: {
    params: jobParams,
    querystring: strictObject({
      wait: Type.Optional(
        Type.Integer({ minimum: 0, maximum: limits.jobWaitSecMax, description: 'Seconds' }),
      ),
      since: Type.Optional(
        Type.String({ maxLength: 64, description: 'The ETag of an earlier answer' }),
      ),
    }),
    response: { 200: JobDetail },
  },
} as const satisfies RouteContract;

/** Answers at once; a running workload is dead within two seconds while its agent is connected. */
export const cancelJob = {
  method: 'POST',
  url: '/api/v1/jobs/:jobId/cancel',
  summary: 'Cancel a job',
  audience: 'requester',
  tag: 'jobs',
  schema: { params: jobParams, response: { 200: JobDetail } },
} as const satisfies RouteContract;

export const logStreams = ['stdout', 'stderr', 'system'] as const;
/** `system` lines come from the agent itself: pull progress, truncation marks. */
export type LogStream = (typeof logStreams)[number];

export const LogLine = strictObject({
  seq: Type.Integer({ description: 'Grows by one per line within the job, over all its attempts' }),
  attempt: Type.Integer(),
  stream: oneOf(logStreams),
  at: Timestamp,
  text: Type.String(),
  partial: Type.Boolean({ description: 'True when no newline followed, such as a prompt' }),
});
export type LogLine = Static<typeof LogLine>;

const streamNames = `(${logStreams.join('|')})`;

/** Which lines of a log: every part that is given leaves out more. */
export const logSelection = {
  after: Type.Optional(Type.Integer({ minimum: 0, description: 'Lines after this seq' })),
  until: Type.Optional(Type.Integer({ minimum: 1, description: 'Lines up to this seq' })),
  last: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: limits.logLinesLastMax,
      description: 'Lines from the end',
    }),
  ),
  since: Type.Optional(
    Type.String({
      pattern: timePattern,
      description: 'RFC 3339: lines from this time on, by the clocks of the agents',
    }),
  ),
  stream: Type.Optional(
    Type.String({
      pattern: `^${streamNames}(,${streamNames}){0,2}$`,
      description: 'One stream or several, such as stdout,stderr',
    }),
  ),
};

/**
 * One page of lines, at most `limit` of them and about a megabyte: go on with `after=nextAfter` until
 * `ended`. By the `Accept` header the same lines come as a stream: `application/x-ndjson` (JSON
 * lines), `text/event-stream` (server-sent events; `Last-Event-ID` resumes) or `text/plain`. Streams
 * of JSON lines and text end with what is stored, unless `follow=true`; events follow, unless
 * `follow=false`. A followed stream ends with its job.
 */
export const LogPage = strictObject({
  data: Type.Array(LogLine),
  nextAfter: Type.Integer(),
  lastSeq: Type.Integer({
    description: 'Of the last line that the job has written by now; 0: none',
  }),
  ended: Type.Boolean({ description: 'The job is over and this page reaches its last line' }),
  removedAt: nullable(
    Type.Unsafe<string>({
      ...Timestamp,
      description: 'When the log was removed; null: kept',
    }),
  ),
});
export type LogPage = Static<typeof LogPage>;

export const getJobLogs = {
  method: 'GET',
  url: '/api/v1/jobs/:jobId/logs',
  summary: 'Log lines of a job, during and after it',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    params: jobParams,
    querystring: strictObject({
      ...logSelection,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.logLinesPerPage })),
      follow: Type.Optional(Type.Boolean()),
      timestamps: Type.Optional(Type.Boolean({ description: 'Before each line of text' })),
    }),
    response: { 200: LogPage },
  },
} as const satisfies RouteContract;

/**
 * What the job has written so far; a job under way has more later. `q` is looked for as it is, in any
 * case: expressions are for whoever has the file.
 */
export const downloadJobLogs = {
  method: 'GET',
  url: '/api/v1/jobs/:jobId/logs/download',
  summary: 'The log of a job as a text file',
  audience: 'requester',
  tag: 'jobs',
  schema: {
    params: jobParams,
    querystring: strictObject({
      ...logSelection,
      timestamps: Type.Optional(Type.Boolean()),
      format: Type.Optional(
        Type.Union([Type.Literal('ansi'), Type.Literal('text'), Type.Literal('ndjson')], {
          description: 'Text with its colours, which is usual; without them; or JSON lines',
        }),
      ),
      level: Type.Optional(
        Type.String({
          pattern: `^(${lineLevels.join('|')})(,(${lineLevels.join('|')})){0,3}$`,
          description: 'Lines that name one of these levels, such as error,warn',
        }),
      ),
      q: Type.Optional(
        Type.String({ minLength: 1, maxLength: 200, description: 'A part of the line' }),
      ),
      attempt: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    }),
    response: { 200: Type.String({ description: 'One line after another' }) },
  },
} as const satisfies RouteContract;
