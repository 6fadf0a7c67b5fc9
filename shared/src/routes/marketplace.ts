import { type Static, Type } from 'typebox';
import { agentStates } from '../agent-state.ts';
import { clusters } from '../cluster.ts';
import type { RouteContract } from '../contract.ts';
import { Asks, Device, DeviceSample } from '../device.ts';
import { gpuFrameworks, languages } from '../job-spec.ts';
import { jobStates } from '../job-state.ts';
import { limits } from '../limits.ts';
import { assets, type Money } from '../money.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { AgentReputation, RatingSummary, RequesterReputation } from './agent-standing.ts';
import { amount, anyOf, anyWord, Facet, page, searchText } from './market-parts.ts';

export const Overview = strictObject({
  cluster: oneOf(clusters),
  jobs: Type.Record(Type.String(), Type.Integer({ description: 'Count per job state' })),
  agents: strictObject({
    online: Type.Integer(),
    offline: Type.Integer({ description: 'Without those that are disabled or gone' }),
  }),
  gpus: strictObject({
    registered: Type.Integer(),
    free: Type.Integer(),
    simulated: Type.Integer(),
  }),
  queue: strictObject({
    depth: Type.Integer(),
    oldestAgeSec: nullable(Type.Number({ description: 'null when the queue is empty' })),
  }),
  escrow: strictObject({ SOL: MoneySchema, USDC: MoneySchema }),
  paidOut: strictObject({ SOL: MoneySchema, USDC: MoneySchema }),
  payouts: Type.Record(Type.String(), Type.Integer({ description: 'Count per payout state' })),
  registration: oneOf(['open', 'token'], 'Whether a new agent needs a token of the operator'),
  feeBasisPoints: Type.Integer({ description: 'Comes on top of the reward; 500 is 5 %' }),
  meanRewardOpen: strictObject({ SOL: nullable(MoneySchema), USDC: nullable(MoneySchema) }),
});
export type Overview = Static<typeof Overview>;

export const getOverview = {
  method: 'GET',
  url: '/api/v1/marketplace/overview',
  summary: 'The marketplace in numbers',
  audience: 'public',
  tag: 'marketplace',
  schema: { response: { 200: Overview } },
} as const satisfies RouteContract;

export const boardStates = ['queued', 'assigned', 'running'] as const;
export const boardSorts = ['newest', 'oldest', 'reward', 'rate', 'memory'] as const;
export type BoardSort = (typeof boardSorts)[number];

/** Fields that jobs on the board are counted by. */
export const boardFacets = [
  'state',
  'workload',
  'framework',
  'gpu',
  'label',
  'asset',
  'hardware',
] as const;
export type BoardFacet = (typeof boardFacets)[number];

const boardFacetSchemas = Object.fromEntries(boardFacets.map((name) => [name, Facet])) as Record<
  BoardFacet,
  typeof Facet
>;

/** What anybody may see of a job: no code, no environment, no account. */
export const PublicJob = strictObject({
  jobId: id('job'),
  state: oneOf(jobStates),
  workload: Type.String(),
  gpus: Type.Integer(),
  gpuModels: nullable(Type.Array(Type.String())),
  memoryBytesMin: nullable(Type.Integer()),
  vendor: nullable(Type.String()),
  framework: nullable(Type.String()),
  regions: nullable(Type.Array(Type.String())),
  isolationMin: Type.String(),
  labels: Type.Record(Type.String(), Type.String(), {
    description: 'That an agent has to have, not those of the job',
  }),
  reward: MoneySchema,
  bidPerGpuHour: nullable(MoneySchema),
  perGpuHour: Type.Unsafe<Money>({
    ...MoneySchema,
    description:
      'What asks are compared with: the bid, or the reward for an hour of a run that takes as long as it may',
  }),
  runSec: Type.Integer(),
  requester: RequesterReputation,
  createdAt: Timestamp,
});
export type PublicJob = Static<typeof PublicJob>;

export const listPublicJobs = {
  method: 'GET',
  url: '/api/v1/marketplace/jobs',
  summary:
    'Open and running jobs on the board: filtered, sorted and counted; newest first where nothing is said',
  audience: 'public',
  tag: 'marketplace',
  schema: {
    querystring: strictObject({
      q: searchText,
      state: anyWord(boardStates, 'State'),
      workload: anyWord(['container', ...languages], 'What runs'),
      framework: anyWord([...gpuFrameworks, 'none'], 'What its program needs'),
      gpu: anyOf('Model that it asks for, none for those that ask for no model'),
      label: anyOf('Label that it wants of an agent, such as disk=fast'),
      asset: anyWord(assets, 'What it pays in'),
      hardware: anyWord(['gpu', 'cpu'], 'Whether it needs a GPU'),
      rewardMin: amount('Least that it pays at most; needs one asset'),
      rewardMax: amount('Most of the same; needs one asset'),
      memoryBytesMax: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Jobs that so much GPU memory is enough for' }),
      ),
      sort: Type.Optional(
        oneOf(boardSorts, 'newest where left out; reward and rate, the most first, need one asset'),
      ),
      ...page,
    }),
    response: {
      200: strictObject({
        data: Type.Array(PublicJob),
        nextCursor: nullable(Type.String()),
        total: Type.Integer({ description: 'That fit the filters' }),
        lookedAt: Type.Integer({ description: 'Jobs that the filters were applied to' }),
        complete: Type.Boolean({
          description: `false: older jobs beyond the newest ${limits.boardJobsMax} were not looked at`,
        }),
        facets: strictObject(boardFacetSchemas),
      }),
    },
  },
} as const satisfies RouteContract;

/** The least that is taken for an hour on one GPU; null takes anything. */
export const DeviceAsks = strictObject({
  deviceId: Device.properties.id,
  ...Asks.properties,
});
export type DeviceAsks = Static<typeof DeviceAsks>;

export const PublicAgent = strictObject({
  agentId: id('agent'),
  name: Type.String(),
  status: oneOf(['online', 'offline', 'disabled']),
  state: oneOf(agentStates),
  isolation: nullable(Type.String()),
  region: nullable(Type.String({ description: 'null where the provider does not say' })),
  devices: Type.Array(Device),
  deviceAsks: Type.Array(DeviceAsks),
  samples: Type.Array(DeviceSample),
  slots: nullable(Type.Integer()),
  running: Type.Integer(),
  jobsSucceeded: Type.Integer(),
  jobsFailed: Type.Integer(),
  avgRunSec: nullable(Type.Number({ description: 'Moving average of successful runs' })),
  reputation: AgentReputation,
  rating: RatingSummary,
  lastSeenAt: nullable(Timestamp),
  registeredAt: Timestamp,
});
export type PublicAgent = Static<typeof PublicAgent>;

export const listPublicAgents = {
  method: 'GET',
  url: '/api/v1/marketplace/agents',
  summary: 'Agents with their devices and counts',
  audience: 'public',
  tag: 'marketplace',
  schema: { response: { 200: strictObject({ data: Type.Array(PublicAgent) }) } },
} as const satisfies RouteContract;

const share = (description: string) =>
  nullable(Type.Number({ minimum: 0, maximum: 1, description }));

export const AgentUptime = strictObject({
  since: nullable(Timestamp),
  periods: Type.Array(
    strictObject({
      days: Type.Integer({ description: 'In UTC, today up to now among them' }),
      share: share('Of the time since `since`; null where nothing is known'),
      before: share('The same of as many days before'),
    }),
  ),
});
export type AgentUptime = Static<typeof AgentUptime>;

export const PublicAgentWithUptime = strictObject({
  ...PublicAgent.properties,
  /** Absent from an older marketplace, which does not count it. */
  uptime: Type.Optional(AgentUptime),
});
export type PublicAgentWithUptime = Static<typeof PublicAgentWithUptime>;

export const getPublicAgent = {
  method: 'GET',
  url: '/api/v1/marketplace/agents/:agentId',
  summary: 'One agent with its devices, its standing and what requesters say',
  audience: 'public',
  tag: 'marketplace',
  etag: 'read',
  schema: {
    params: strictObject({ agentId: id('agent') }),
    response: { 200: PublicAgentWithUptime },
  },
} as const satisfies RouteContract;
