import { type Static, Type } from 'typebox';
import type { Said } from '../agent-sentences.ts';
import type { RouteContract } from '../contract.ts';
import { Device, DeviceSample } from '../device.ts';
import { executionStates } from '../execution-state.ts';
import { limits } from '../limits.ts';
import { localLimits } from '../local-limits.ts';
import { PolicyFile, ProviderPolicy, policyKeys } from '../provider-policy.ts';
import { MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { AgentEarnings } from './agents.ts';
import { LogLine } from './jobs.ts';

/** What goes into the sentence of a code. */
export const SaidValues = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]));

/**
 * The agent's own API on loopback. Routes for the provider want the token in the agent's data folder.
 * `problem` is a sentence and the command that fixes it.
 */
export const LocalProblem = strictObject({
  code: Type.String(),
  sentence: Type.String(),
  fix: Type.String(),
  values: Type.Optional(SaidValues),
});

/** A sentence of the agent: in English, and as a code with its values where it has one. */
export const SaidSchema = Type.Unsafe<Said>(
  strictObject({
    text: Type.String(),
    code: Type.Optional(
      Type.String({ description: 'For other languages; what has none is told as it is' }),
    ),
    values: Type.Optional(SaidValues),
  }),
);

/** Of a metered job, where the marketplace has said it. */
const RatePerGpuHour = nullable(MoneySchema);

export const ActiveExecution = strictObject({
  executionId: Type.String(),
  jobId: Type.String(),
  name: nullable(Type.String()),
  state: oneOf(executionStates),
  image: nullable(Type.String({ description: 'null, as the name, for callers without the token' })),
  deviceIds: Type.Array(Type.String()),
  reward: MoneySchema,
  ratePerGpuHour: RatePerGpuHour,
  acceptedAt: Timestamp,
  startedAt: nullable(Timestamp),
  runSec: Type.Integer({ description: 'The limit, not the time used' }),
});

/**
 * `blocked`: no job can run here until somebody mends something. `engine_down`: the engine was there
 * and is gone. `held`: it died again and again and waits for somebody to look.
 */
export const agentStates = [
  'starting',
  'idle',
  'working',
  'paused',
  'draining',
  'blocked',
  'engine_down',
  'held',
] as const;

export const AgentStatus = strictObject({
  agentId: nullable(Type.String({ description: 'null until registered' })),
  name: Type.String(),
  version: Type.String(),
  wallet: Type.String(),
  marketplaceUrl: Type.String(),
  state: oneOf(agentStates),
  stateSentence: Type.String({ description: 'Why it is in this state, for a person' }),
  stateSaid: Type.Array(SaidSchema, { description: 'The same, sentence by sentence' }),
  lastContactAt: nullable(Timestamp),
  startedAt: Timestamp,
  executor: strictObject({
    name: Type.String(),
    isolation: nullable(Type.String()),
    available: Type.Boolean(),
    facts: Type.Record(Type.String(), Type.String()),
  }),
  devices: Type.Array(Device),
  samples: Type.Array(DeviceSample),
  proofs: Type.Optional(
    Type.Array(
      strictObject({
        deviceId: Type.String(),
        state: oneOf(['passed', 'failed', 'void']),
        finding: Type.String({ description: 'Why it ended so' }),
        at: Timestamp,
      }),
      {
        description: 'The last proof of each device since the agent began; void: it could not try',
      },
    ),
  ),
  problems: Type.Array(LocalProblem),
  active: Type.Array(ActiveExecution),
  balances: strictObject({ SOL: nullable(MoneySchema), USDC: nullable(MoneySchema) }),
});
export type AgentStatus = Static<typeof AgentStatus>;

export const getAgentStatus = {
  method: 'GET',
  url: '/api/v1/local/status',
  summary: 'State, devices, active executions and balance of this agent',
  audience: 'public',
  tag: 'agent',
  schema: { response: { 200: AgentStatus } },
} as const satisfies RouteContract;

/** How the web app gets in. The key works together with the cookie that comes with it, and only so. */
export const openLocalSession = {
  method: 'POST',
  url: '/api/v1/local/session',
  summary: 'Exchange the token of this agent for a cookie and the key of a web page',
  audience: 'public',
  tag: 'agent',
  schema: {
    body: strictObject({ token: Type.String({ maxLength: 256 }) }),
    response: { 200: strictObject({ pageKey: Type.String() }) },
  },
} as const satisfies RouteContract;

/** Asked before the token is sent: another program may have taken the agent's port. */
export const proveAgent = {
  method: 'GET',
  url: '/api/v1/local/proof',
  summary: 'Proof that this agent, at this port, has the token that the caller has',
  audience: 'public',
  tag: 'agent',
  schema: {
    querystring: strictObject({ nonce: Type.String({ pattern: '^[A-Za-z0-9_-]{16,64}$' }) }),
    response: { 200: strictObject({ proof: Type.String() }) },
  },
} as const satisfies RouteContract;

export const LocalEarnings = strictObject({
  asOf: nullable(Timestamp),
  earnings: nullable(AgentEarnings),
  dayStart: nullable(
    Type.String({
      format: 'date-time',
      description: 'Midnight on this machine, from which `within.…since` counts',
    }),
  ),
  unreachableSince: nullable(
    Type.String({
      format: 'date-time',
      description: 'Since when the marketplace does not answer; null while it does',
    }),
  ),
});

/** `earnings` is null until the marketplace has answered once. */
export const getLocalEarnings = {
  method: 'GET',
  url: '/api/v1/local/earnings',
  summary: 'Earnings as the marketplace last told them, with their age',
  audience: 'provider',
  tag: 'agent',
  schema: { response: { 200: LocalEarnings } },
} as const satisfies RouteContract;

export const LocalExecution = strictObject({
  executionId: Type.String(),
  jobId: Type.String(),
  name: nullable(Type.String()),
  state: oneOf(executionStates),
  reason: nullable(Type.String()),
  exitCode: nullable(Type.Integer()),
  runMs: nullable(Type.Number()),
  reward: MoneySchema,
  ratePerGpuHour: RatePerGpuHour,
  acceptedAt: Timestamp,
  finishedAt: nullable(Timestamp),
});

export const listLocalExecutions = {
  method: 'GET',
  url: '/api/v1/local/executions',
  summary: 'The executions of this agent, newest first: 50, or as many as asked for',
  audience: 'provider',
  tag: 'agent',
  schema: {
    querystring: strictObject({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: localLimits.executionsPage })),
      cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
      state: Type.Optional(oneOf(executionStates)),
      q: Type.Optional(
        Type.String({
          maxLength: localLimits.searchChars,
          description: 'Part of the name of the job, or the beginning of its id',
        }),
      ),
    }),
    response: {
      200: strictObject({
        data: Type.Array(LocalExecution),
        nextCursor: nullable(Type.String({ description: 'null at the end' })),
      }),
    },
  },
} as const satisfies RouteContract;

export const getLocalLogTail = {
  method: 'GET',
  url: '/api/v1/local/executions/:executionId/logs',
  summary: 'The last lines of an execution kept by this agent',
  audience: 'provider',
  tag: 'agent',
  schema: {
    params: strictObject({ executionId: Type.String({ pattern: '^exe_[0-9A-Z]{26}$' }) }),
    response: { 200: strictObject({ data: Type.Array(LogLine) }) },
  },
} as const satisfies RouteContract;

/** `pause` takes no new work; running work goes on. `drain` also ends the agent when it is done. */
export const setAgentMode = {
  method: 'POST',
  url: '/api/v1/local/mode',
  summary: 'Pause, resume or drain this agent',
  audience: 'provider',
  tag: 'agent',
  schema: {
    body: strictObject({ mode: oneOf(['run', 'pause', 'drain']) }),
    response: { 200: strictObject({ mode: oneOf(['run', 'pause', 'drain']) }) },
  },
} as const satisfies RouteContract;

/** The agent takes no new step and ends; workloads go on and are taken over by the next start. */
export const stopAgent = {
  method: 'POST',
  url: '/api/v1/local/stop',
  summary: 'Stop this agent at once and leave running jobs to its next start',
  audience: 'provider',
  tag: 'agent',
  schema: {
    body: strictObject({}),
    response: { 202: strictObject({ active: Type.Integer({ description: 'Jobs left running' }) }) },
  },
} as const satisfies RouteContract;

export const LocalPolicy = strictObject({
  path: Type.String({ description: 'The file, which may be edited as well' }),
  version: Type.String({ description: 'Of the file, also the ETag; for If-Match' }),
  policy: ProviderPolicy,
  defaults: ProviderPolicy,
  decided: Type.Array(oneOf(policyKeys), {
    description: 'What stands in the file; the rest is default',
  }),
  problem: nullable(Type.String({ description: 'Why the file can not be used as it is now' })),
  problemSaid: Type.Unsafe<Said | null>(nullable(SaidSchema)),
  closed: nullable(Type.String({ description: 'Why no new job is taken now' })),
  closedSaid: Type.Unsafe<Said | null>(nullable(SaidSchema)),
  withheld: Type.Array(
    strictObject({ deviceId: Type.String(), sentence: Type.String(), said: SaidSchema }),
  ),
  restartNeed: nullable(Type.String({ description: 'What waits for the next start' })),
});
export type LocalPolicy = Static<typeof LocalPolicy>;

export const getLocalPolicy = {
  method: 'GET',
  url: '/api/v1/local/policy',
  summary: 'What the provider allows on this machine, and what is sold because of it now',
  audience: 'provider',
  tag: 'agent',
  schema: { response: { 200: LocalPolicy } },
} as const satisfies RouteContract;

/**
 * What is wrong in one field changes nothing. With `If-Match` nothing is changed either when the file is
 * another version by now: RESOURCE_CHANGED.
 */
export const changeLocalPolicy = {
  method: 'POST',
  url: '/api/v1/local/policy',
  summary: 'Change fields of the policy, or set them back to their defaults',
  audience: 'provider',
  tag: 'agent',
  schema: {
    body: strictObject({
      set: Type.Optional(PolicyFile),
      unset: Type.Optional(Type.Array(oneOf(policyKeys), { maxItems: policyKeys.length })),
    }),
    response: { 200: LocalPolicy },
  },
} as const satisfies RouteContract;

const usd = (description: string) =>
  nullable(Type.Number({ description: `US dollars: ${description}` }));

/** One device in money. What is not known is null; nothing here is guessed. */
export const DeviceEconomics = strictObject({
  deviceId: Type.String(),
  model: Type.String(),
  modelId: nullable(Type.String()),
  ask: strictObject({ SOL: nullable(MoneySchema), USDC: nullable(MoneySchema) }),
  seen: nullable(
    strictObject(
      {
        lowUsd: Type.Number(),
        medianUsd: Type.Number(),
        highUsd: Type.Number(),
        count: Type.Integer(),
      },
      { description: 'What others publicly ask for an hour on this model' },
    ),
  ),
  dutyRatio: nullable(Type.Number({ description: 'Time with a job of the time since the start' })),
  energyUsdPerHourNow: usd('at the watts measured now'),
  energyUsdPerHourMax: usd('at the power limit'),
  netUsdPerHourMin: usd('the ask in USDC less the energy at the power limit'),
});
export type DeviceEconomics = Static<typeof DeviceEconomics>;

const hours = (description: string) => Type.Number({ minimum: 0, description });
const BothAssets = strictObject({ SOL: MoneySchema, USDC: MoneySchema });

/** What a device has earned by accepted results, of all starts; `none` is work without a GPU. */
export const DeviceEarnings = strictObject({
  deviceId: Type.String(),
  model: nullable(Type.String()),
  since: Timestamp,
  results: Type.Integer(),
  runHours: hours('Of the runs whose results were accepted'),
  earned: BothAssets,
  expected: nullable(BothAssets),
  expectedHours: hours('Of the runs with an ask: what it would have brought is expected'),
  energyKwh: nullable(Type.Number({ description: 'From the watts measured during the runs' })),
  energyHours: hours('Of the runs whose watts were measured'),
  energyUsd: usd('the energy at the price of electricity of its time'),
  netUsdPerHour: usd('earned in USDC less energy, for an hour of run'),
  netHours: hours('Of the runs that were paid in USDC and whose energy is known'),
});
export type DeviceEarnings = Static<typeof DeviceEarnings>;

export const getLocalEconomics = {
  method: 'GET',
  url: '/api/v1/local/economics',
  summary: 'What each device asks, costs and has earned',
  audience: 'provider',
  tag: 'agent',
  schema: {
    response: {
      200: strictObject({
        since: Timestamp,
        electricityUsdPerKwh: nullable(Type.Number()),
        devices: Type.Array(DeviceEconomics),
        earned: Type.Array(DeviceEarnings),
      }),
    },
  },
} as const satisfies RouteContract;

/** What one device earned with one accepted result. */
export const ResultEarning = strictObject({
  executionId: Type.String(),
  jobId: Type.String(),
  deviceId: Type.String(),
  model: nullable(Type.String()),
  at: Timestamp,
  runMs: Type.Integer(),
  earned: MoneySchema,
  expected: nullable(MoneySchema),
  energyWh: nullable(Type.Number()),
  energyUsd: usd('the energy at the price of electricity then'),
});
export type ResultEarning = Static<typeof ResultEarning>;

export const listResultEarnings = {
  method: 'GET',
  url: '/api/v1/local/earnings/results',
  summary: 'What each device earned with each of the latest results, newest first',
  audience: 'provider',
  tag: 'agent',
  schema: {
    querystring: strictObject({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.earningRowsMax })),
    }),
    response: { 200: strictObject({ data: Type.Array(ResultEarning) }) },
  },
} as const satisfies RouteContract;
