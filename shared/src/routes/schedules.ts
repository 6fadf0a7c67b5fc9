import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { JobSpecInput } from '../job-spec.ts';
import { jobStates } from '../job-state.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp, taggedUnion } from '../schema.ts';
import { ParameterValues } from '../template.ts';

const tag = 'schedules';
const audience = 'requester';

/** `ended`: its last time before `until` is over. */
export const scheduleStates = ['active', 'paused', 'ended'] as const;
export type ScheduleState = (typeof scheduleStates)[number];

export const overlaps = ['skip', 'allow'] as const;
export type Overlap = (typeof overlaps)[number];

export const catchUps = ['none', 'last'] as const;
export type CatchUp = (typeof catchUps)[number];

/**
 * `skipped`: an earlier job still ran. `missed`: the marketplace did not run at that time.
 * `refused`: the job could not be posted.
 */
export const firingOutcomes = ['posted', 'skipped', 'missed', 'refused'] as const;
export type FiringOutcome = (typeof firingOutcomes)[number];

const cron = Type.String({
  minLength: 1,
  maxLength: limits.cronChars,
  description:
    'Five fields, minute first, such as "30 2 * * MON-FRI"; or @hourly, @daily, @weekly …',
});
const timezone = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'IANA name, such as Europe/Berlin or UTC',
});

const FromTemplate = strictObject({
  templateId: id('template'),
  version: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.templateVersions,
      description: 'Without it the newest now; later versions do not change a schedule',
    }),
  ),
  parameters: Type.Optional(ParameterValues),
});

/** All of it but what it posts. */
const ScheduleRules = strictObject({
  name: Type.String({ minLength: 1, maxLength: 128 }),
  cron,
  timezone,
  overlap: Type.Optional(
    oneOf(overlaps, 'What happens while an earlier job is not over; skip without a word'),
  ),
  catchUp: Type.Optional(
    oneOf(
      catchUps,
      'What happens after times were missed: nothing, or the last one is made up for',
    ),
  ),
  failuresMax: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.scheduleFailuresMax,
      description: 'Failures in a row after which the schedule pauses',
    }),
  ),
  until: Type.Optional(
    Type.String({
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?(Z|[+-]\\d\\d:\\d\\d)$',
      description: 'RFC 3339, such as 2027-12-31T23:59:59Z; the last moment a job may be posted',
    }),
  ),
});
export type ScheduleRules = Static<typeof ScheduleRules>;

const CreateSchedule = strictObject({
  ...ScheduleRules.properties,
  jobSpec: Type.Optional(JobSpecInput),
  template: Type.Optional(FromTemplate),
});
export type CreateSchedule = Static<typeof CreateSchedule>;

const Target = taggedUnion('kind', [
  strictObject({
    kind: Type.Literal('job'),
    spec: Type.Unknown({ description: 'As it was given; environment values are not echoed' }),
  }),
  strictObject({
    kind: Type.Literal('template'),
    templateId: id('template'),
    version: Type.Integer(),
    parameters: ParameterValues,
  }),
]);
export type ScheduleTargetView = Static<typeof Target>;

export const ScheduleSummary = strictObject({
  scheduleId: id('schedule'),
  name: Type.String(),
  cron: Type.String(),
  timezone: Type.String(),
  state: oneOf(scheduleStates),
  reason: nullable(Type.String({ description: 'Why it is not active' })),
  overlap: oneOf(overlaps),
  catchUp: oneOf(catchUps),
  failuresMax: Type.Integer(),
  failuresInRow: Type.Integer({ description: 'Counted up to its last time' }),
  until: nullable(Timestamp),
  nextAt: nullable(Timestamp),
  createdAt: Timestamp,
});
export type ScheduleSummary = Static<typeof ScheduleSummary>;

export const ScheduleRun = strictObject({
  dueAt: Timestamp,
  firedAt: Timestamp,
  outcome: oneOf(firingOutcomes),
  jobId: nullable(id('job')),
  jobState: nullable(oneOf(jobStates)),
  errorCode: nullable(Type.String()),
  detail: nullable(Type.String()),
});
export type ScheduleRun = Static<typeof ScheduleRun>;

export const ScheduleDetail = strictObject({
  ...ScheduleSummary.properties,
  target: Target,
  next: Type.Array(Timestamp, { description: 'The next times' }),
  runs: Type.Array(ScheduleRun, { description: 'The last ones, newest first' }),
});
export type ScheduleDetail = Static<typeof ScheduleDetail>;

const params = strictObject({ scheduleId: id('schedule') });
const detail = { params, response: { 200: ScheduleDetail } };

/** Give exactly one of `jobSpec` and `template`. The caps of the key it is made with hold for its jobs. */
export const createSchedule = {
  method: 'POST',
  url: '/api/v1/schedules',
  summary: 'Post a job at every time that a cron expression says (header Idempotency-Key)',
  audience,
  tag,
  schema: { body: CreateSchedule, response: { 201: ScheduleDetail } },
} as const satisfies RouteContract;

export const previewSchedule = {
  method: 'POST',
  url: '/api/v1/schedules/preview',
  summary: 'The next times of a cron expression in a time zone',
  audience,
  tag,
  schema: {
    body: strictObject({ cron, timezone }),
    response: { 200: strictObject({ next: Type.Array(Timestamp) }) },
  },
} as const satisfies RouteContract;

export const listSchedules = {
  method: 'GET',
  url: '/api/v1/schedules',
  summary: 'Your schedules, newest first',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({ data: Type.Array(ScheduleSummary), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const getSchedule = {
  method: 'GET',
  url: '/api/v1/schedules/:scheduleId',
  summary: 'One schedule with its next times and its last runs',
  audience,
  tag,
  etag: 'read',
  schema: detail,
} as const satisfies RouteContract;

/** What it posts stays: its secrets are sealed, and nobody could show them to be changed. */
export const changeSchedule = {
  method: 'PUT',
  url: '/api/v1/schedules/:scheduleId',
  summary: 'Change when and how a schedule posts; what is left out is as if newly made',
  audience,
  tag,
  etag: 'change',
  schema: { ...detail, body: ScheduleRules },
} as const satisfies RouteContract;

export const pauseSchedule = {
  method: 'POST',
  url: '/api/v1/schedules/:scheduleId/pause',
  summary: 'Post no jobs until the schedule is resumed',
  audience,
  tag,
  etag: 'change',
  schema: detail,
} as const satisfies RouteContract;

/** Goes on with the next time from now; what was due meanwhile is not made up for. */
export const resumeSchedule = {
  method: 'POST',
  url: '/api/v1/schedules/:scheduleId/resume',
  summary: 'Go on with a paused schedule, its failures forgotten',
  audience,
  tag,
  etag: 'change',
  schema: detail,
} as const satisfies RouteContract;

export const deleteSchedule = {
  method: 'DELETE',
  url: '/api/v1/schedules/:scheduleId',
  summary: 'Remove a schedule; its jobs stay',
  audience,
  tag,
  schema: {
    params,
    response: { 200: strictObject({ scheduleId: id('schedule') }) },
  },
} as const satisfies RouteContract;
