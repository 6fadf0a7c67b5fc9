import { type Static, Type } from 'typebox';
import { agentStates } from '../agent-state.ts';
import { clusters } from '../cluster.ts';
import type { RouteContract } from '../contract.ts';
import { Asks, Device, DeviceSample } from '../device.ts';
import { jobStates } from '../job-state.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { AgentReputation, RatingSummary, RequesterReputation } from './agent-standing.ts';

export const Overview = strictObject({
  cluster: oneOf(clusters),
  jobs: Type.Record(Type.String(), Type.Integer({ description: 'Count per job state' })),
  agents: strictObject({ online: Type.Integer(), offline: Type.Integer() }),
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

/** What anybody may see of a job: no code, no environment, no account. */
export const PublicJob = strictObject({
  jobId: id('job'),
  state: oneOf(jobStates),
  workload: Type.String(),
  gpus: Type.Integer(),
  gpuModels: nullable(Type.Array(Type.String())),
  memoryBytesMin: nullable(Type.Integer()),
  reward: MoneySchema,
  bidPerGpuHour: nullable(MoneySchema),
  runSec: Type.Integer(),
  requester: RequesterReputation,
  createdAt: Timestamp,
});
export type PublicJob = Static<typeof PublicJob>;

export const listPublicJobs = {
  method: 'GET',
  url: '/api/v1/marketplace/jobs',
  summary: 'Open and running jobs on the board, newest first',
  audience: 'public',
  tag: 'marketplace',
  schema: { response: { 200: strictObject({ data: Type.Array(PublicJob) }) } },
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

export const getPublicAgent = {
  method: 'GET',
  url: '/api/v1/marketplace/agents/:agentId',
  summary: 'One agent with its devices, its standing and what requesters say',
  audience: 'public',
  tag: 'marketplace',
  etag: 'read',
  schema: {
    params: strictObject({ agentId: id('agent') }),
    response: { 200: PublicAgent },
  },
} as const satisfies RouteContract;
