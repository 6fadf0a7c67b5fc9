import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { nullable, oneOf } from '../schema.ts';
import { seedAgents, seedMarketJobs } from './node3-reads.ts';

/** What the node3 seed's agent serves on its own port, with its names and units. Unknown is null. */

const count = Type.Integer();

const SeedGpu = Type.Object({
  index: count,
  name: Type.String(),
  vendor: Type.String(),
  gpu_type: Type.String({ description: 'The same as vendor' }),
  compute_framework: Type.String({ description: 'none where there is none' }),
  memory: nullable(Type.Integer({ description: 'Bytes' })),
  utilization: nullable(Type.Number({ description: 'Percent' })),
  memory_used: nullable(Type.Number({ description: 'Bytes' })),
  temperature: nullable(Type.Number({ description: 'Degrees Celsius' })),
  power: nullable(Type.Number({ description: 'Watts' })),
  metrics_accurate: Type.Boolean({ description: 'Whether every reading shown was measured' }),
});

export const SeedAgentStatus = Type.Object({
  gpus: Type.Array(SeedGpu),
  active_jobs: count,
  completed_jobs: nullable(count),
  wallet_address: Type.String(),
  balance: nullable(Type.Number({ description: 'SOL' })),
  status: oneOf(['running', 'stopped']),
});
export type SeedAgentStatus = Static<typeof SeedAgentStatus>;

export const seedAgentStatus = {
  method: 'GET',
  url: '/api/status',
  summary: 'Devices, work and balance of this agent in the words of the node3 seed',
  audience: 'public',
  tag: 'agent',
  schema: { response: { 200: SeedAgentStatus } },
} as const satisfies RouteContract;

export const SeedPastJob = Type.Object({
  job_id: Type.String(),
  job_type: Type.String(),
  status: oneOf(['running', 'completed', 'failed']),
  reward: Type.Number({ description: 'In units of the asset' }),
  asset: Type.String(),
  duration: nullable(Type.Number({ description: 'Seconds it ran' })),
  completed_at: nullable(Type.String()),
});
export type SeedPastJob = Static<typeof SeedPastJob>;

export const seedAgentJobs = {
  method: 'GET',
  url: '/api/jobs',
  summary: 'The last 50 jobs of this agent in the words of the node3 seed, newest first',
  audience: 'public',
  tag: 'agent',
  schema: { response: { 200: Type.Object({ jobs: Type.Array(SeedPastJob) }) } },
} as const satisfies RouteContract;

/** Only what is final on the chain is earned; null until the marketplace has answered once. */
export const SeedAgentEarnings = Type.Object({
  total_earnings: nullable(Type.Number({ description: 'SOL' })),
  today_earnings: nullable(Type.Number({ description: 'SOL' })),
  completed_jobs: nullable(count),
  failed_jobs: nullable(count),
});
export type SeedAgentEarnings = Static<typeof SeedAgentEarnings>;

export const seedAgentEarnings = {
  method: 'GET',
  url: '/api/earnings',
  summary: 'What this agent earned in the words of the node3 seed',
  audience: 'public',
  tag: 'agent',
  schema: { response: { 200: SeedAgentEarnings } },
} as const satisfies RouteContract;

export const seedAgentStart = {
  method: 'POST',
  url: '/api/start',
  summary: 'Takes jobs again',
  audience: 'provider',
  tag: 'agent',
  schema: {
    response: { 200: Type.Object({ status: oneOf(['started', 'already_running']) }) },
  },
} as const satisfies RouteContract;

export const seedAgentStop = {
  method: 'POST',
  url: '/api/stop',
  summary: 'Takes no new jobs; running ones finish',
  audience: 'provider',
  tag: 'agent',
  schema: { response: { 200: Type.Object({ status: Type.Literal('stopped') }) } },
} as const satisfies RouteContract;

export const seedAgentMarketJobs = {
  ...seedMarketJobs,
  summary: 'The jobs of the marketplace, asked by this agent',
  tag: 'agent',
} as const satisfies RouteContract;

export const seedAgentMarketAgents = {
  ...seedAgents,
  summary: 'The agents of the marketplace, asked by this agent',
  tag: 'agent',
} as const satisfies RouteContract;

/** The status body again, every two seconds. */
export const seedAgentSocketUrl = '/ws';
