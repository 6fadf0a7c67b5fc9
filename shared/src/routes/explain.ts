import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { JobSpecInput, placementStrategies } from '../job-spec.ts';
import { jobStates } from '../job-state.ts';
import type { Money } from '../money.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

/** One change that would let agents take the job; nothing else is changed with it. */
export const Alternative = strictObject({
  constraint: Type.String({ description: 'The requirement that is relaxed, such as gpu_memory' }),
  pointer: Type.String({ description: 'The field of the spec that sets it' }),
  value: Type.Union([Type.String(), Type.Number(), Type.Null()], {
    description: 'What to write there; null leaves it out',
  }),
  agents: Type.Integer({ description: 'How many agents could then run it, beside those that can' }),
  askMin: Type.Unsafe<Money | null>({
    ...nullable(MoneySchema),
    description: 'The lowest that any of them asks per GPU hour; null where one takes anything',
  }),
});
export type Alternative = Static<typeof Alternative>;

const ConstraintCount = strictObject({
  constraint: Type.String({ description: 'A requirement of the job or of a provider' }),
  pointer: Type.String({ description: 'The field that sets it; empty for the job as a whole' }),
  passes: Type.Integer(),
  fails: Type.Integer(),
  failsOnlyThis: Type.Integer({ description: 'Agents that fail this and nothing else' }),
});

const Candidate = strictObject({
  agentId: id('agent'),
  agentName: Type.String(),
  score: Type.Number({ description: '0 to 1: how free, how reliable and how fast it is' }),
  freeSlots: Type.Integer(),
  slots: Type.Integer(),
  askPerGpuHour: nullable(MoneySchema),
  now: Type.Boolean({ description: 'Whether it could start the job at this moment' }),
  waitsFor: nullable(Type.String({ description: 'What it lacks at present, such as gpu_count' })),
});

export const waits = [
  'nobody_registered',
  'nobody_fits',
  'nobody_online',
  'all_busy',
  'reserved',
  'not_before',
  'dependencies',
  'paused',
  'turn',
] as const;
/**
 * What a job that is not assigned waits for. `paused`: the operator assigns no jobs at present. `turn`: jobs before it, or an agent that asks for work.
 */
export type Wait = (typeof waits)[number];

/** What a job should ask for, from what earlier jobs of the same account needed. */
export const Sizing = strictObject({
  memoryBytes: nullable(
    Type.Integer({ description: 'For resources.memoryBytes; null where no peak was measured' }),
  ),
  runSec: nullable(Type.Integer({ description: 'For limits.runSec; null where none succeeded' })),
  basis: strictObject({
    jobs: Type.Integer({ description: 'Those that succeeded' }),
    peakMemoryBytesMax: nullable(Type.Number({ description: 'The highest measured in those' })),
    runMsMax: nullable(Type.Number({ description: 'How long the longest of those ran' })),
    oomJobs: Type.Integer({ description: 'Those that ran out of memory' }),
    oomMemoryBytesMax: nullable(Type.Number({ description: 'The most that one of these had' })),
  }),
});
export type Sizing = Static<typeof Sizing>;

/** How long the agent of a job has been silent, and what comes of that. */
export const Lease = strictObject({
  agentSeenAt: nullable(Timestamp),
  until: Timestamp,
  lostAt: Type.String({
    ...Timestamp,
    description: 'When it goes to another agent, unless this one is heard of before',
  }),
});
export type Lease = Static<typeof Lease>;

export const Explanation = strictObject({
  jobId: nullable(id('job')),
  state: nullable(oneOf(jobStates)),
  possible: Type.Boolean({ description: 'Whether any agent counted here could ever run it' }),
  waitsFor: nullable(oneOf(waits, 'null for a job that an agent has or that is over')),
  waitsUntil: nullable(Timestamp),
  sentence: Type.String({ description: 'The same for a person' }),
  counted: oneOf(['online', 'registered'], 'Registered agents are counted while none is online'),
  agents: Type.Integer({ description: 'How many were looked at' }),
  agentsFitting: Type.Integer({ description: 'Those that could run it with nothing else on them' }),
  agentsRegistered: Type.Integer(),
  constraints: Type.Array(ConstraintCount, { description: 'What excludes most comes first' }),
  alternatives: Type.Array(Alternative, {
    description: 'Nearest single changes, most agents first',
  }),
  strategy: oneOf(placementStrategies),
  candidates: Type.Array(Candidate, { description: 'At most 10, in the order of the strategy' }),
  queueAhead: Type.Integer({ description: 'Open jobs of the same or a higher priority' }),
  eta: nullable(
    strictObject({
      startSecP50: Type.Number(),
      startSecP90: Type.Number(),
      samples: Type.Integer({ description: 'How many recent starts of such jobs this is from' }),
    }),
  ),
  lease: Type.Unsafe<Lease | null>({
    ...nullable(Lease),
    description: 'Of the agent that has the job; null where none has it',
  }),
  sizing: Type.Unsafe<Sizing | null>({
    ...nullable(Sizing),
    description:
      'What your newest jobs of the same image and command, or code, needed; disk is not measured. ' +
      'null where none of them tells, and for a job that is posted',
  }),
});
export type Explanation = Static<typeof Explanation>;

/** Answers as posting would at this moment, and stores nothing. */
export const explainSpec = {
  method: 'POST',
  url: '/api/v1/jobs/explain',
  summary: 'Who could run a job, what keeps it from the others, and what would change that',
  audience: 'requester',
  tag: 'jobs',
  schema: { body: JobSpecInput, response: { 200: Explanation } },
} as const satisfies RouteContract;

export const explainJob = {
  method: 'GET',
  url: '/api/v1/jobs/:jobId/explain',
  summary: 'What a job waits for, and who could run it',
  audience: 'requester',
  tag: 'jobs',
  schema: { params: strictObject({ jobId: id('job') }), response: { 200: Explanation } },
} as const satisfies RouteContract;
