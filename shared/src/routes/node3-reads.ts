import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { id, nullable, oneOf } from '../schema.ts';

/** What the node3 seed lets people read, with its names and units. Unknown is null, never made up. */

const count = Type.Integer();
const sol = Type.Number({ description: 'SOL' });

export const SeedAgentView = Type.Object({
  id: id('agent'),
  gpu_model: nullable(Type.String()),
  gpu_vendor: nullable(Type.String()),
  gpu_memory: nullable(Type.Integer({ description: 'Bytes' })),
  compute_framework: nullable(Type.String()),
  status: Type.Union([Type.Literal('available'), Type.Literal('offline')]),
  jobs_completed: count,
  uptime: nullable(Type.Number({ description: 'Percent of its executions that it was there for' })),
  rate: nullable(Type.Number({ description: 'SOL it asks for an hour on its first GPU' })),
  gpu_count: count,
});
export type SeedAgentView = Static<typeof SeedAgentView>;

export const seedAgents = {
  method: 'GET',
  url: '/api/marketplace/agents',
  summary: 'Agents in the words of the node3 seed',
  audience: 'public',
  tag: 'node3',
  schema: { response: { 200: Type.Object({ agents: Type.Array(SeedAgentView) }) } },
} as const satisfies RouteContract;

export const SeedJobView = Type.Object({
  job_id: id('job'),
  job_type: Type.String(),
  gpu_memory_required: Type.Integer(),
  reward: Type.Number(),
  timeout: Type.Integer(),
  created_at: Type.String(),
  requires_gpu: Type.Boolean(),
  status: oneOf(['available', 'accepted', 'running']),
});
export type SeedJobView = Static<typeof SeedJobView>;

export const seedJobs = {
  method: 'GET',
  url: '/api/jobs',
  summary: 'Open and running jobs in the words of the node3 seed',
  audience: 'public',
  tag: 'node3',
  schema: {
    response: {
      200: Type.Object({
        available: Type.Array(SeedJobView),
        accepted: Type.Array(SeedJobView),
      }),
    },
  },
} as const satisfies RouteContract;

const SeedBoard = Type.Object({
  jobs: Type.Array(SeedJobView, { description: 'The same as available' }),
  ...seedJobs.schema.response[200].properties,
});
export type SeedBoard = Static<typeof SeedBoard>;

export const seedMarketJobs = {
  method: 'GET',
  url: '/api/marketplace/jobs',
  summary: 'The board in the words of the node3 seed: no code, no environment, no account',
  audience: 'public',
  tag: 'node3',
  schema: { response: { 200: SeedBoard } },
} as const satisfies RouteContract;

export const seedStatus = {
  method: 'GET',
  url: '/api/status',
  summary: 'How much is going on, in the words of the node3 seed',
  audience: 'public',
  tag: 'node3',
  schema: {
    response: {
      200: Type.Object({
        status: Type.Literal('running'),
        available_jobs: count,
        accepted_jobs: count,
        registered_agents: count,
        agents: Type.Array(SeedAgentView),
      }),
    },
  },
} as const satisfies RouteContract;

const LoadBalancer = Type.Object({
  total_agents: count,
  healthy_agents: count,
  total_capacity: count,
  current_load: count,
  utilization: Type.Number({ description: 'Percent' }),
  queued_jobs: count,
  assigned_jobs: count,
  total_jobs_queued: count,
  total_jobs_assigned: count,
  total_jobs_failed: count,
  total_jobs_retried: Type.Null({ description: 'Not counted; each job shows its own attempts' }),
});

export const seedStats = {
  method: 'GET',
  url: '/api/admin/stats',
  summary: 'Counts in the words of the node3 seed',
  audience: 'operator',
  tag: 'node3',
  schema: {
    response: {
      200: Type.Object({
        agents: Type.Object({ total: count }),
        jobs: Type.Object({ total: count, by_status: Type.Record(Type.String(), count) }),
        payments: Type.Object({ total_count: count, total_amount: sol }),
        load_balancer: LoadBalancer,
      }),
    },
  },
} as const satisfies RouteContract;

export const seedLoadBalancer = {
  method: 'GET',
  url: '/api/admin/load-balancer',
  summary: 'Load of the agents in the words of the node3 seed, best score first',
  audience: 'operator',
  tag: 'node3',
  schema: {
    response: {
      200: Type.Object({
        ...LoadBalancer.properties,
        agents: Type.Array(
          Type.Object({
            agent_id: id('agent'),
            current_jobs: count,
            max_jobs: count,
            load_percent: Type.Number(),
            total_completed: count,
            total_failed: count,
            success_rate: Type.Number({ description: 'Percent; 100 before the first job' }),
            avg_time: nullable(Type.Number({ description: 'Seconds' })),
            score: Type.Number(),
            is_healthy: Type.Boolean(),
          }),
        ),
      }),
    },
  },
} as const satisfies RouteContract;

export const seedPayments = {
  method: 'GET',
  url: '/api/payments/history',
  summary: 'The newest payments to agents in the words of the node3 seed',
  audience: 'operator',
  tag: 'node3',
  schema: {
    response: {
      200: Type.Object({
        payments: Type.Array(
          Type.Object({
            job_id: nullable(id('job')),
            agent_wallet: Type.String(),
            amount: Type.Number(),
            asset: Type.String(),
            signature: nullable(Type.String()),
            timestamp: Type.String(),
            status: Type.String({ description: 'pending, confirmed or failed' }),
          }),
        ),
        total_payments: count,
        total_amount: sol,
      }),
    },
  },
} as const satisfies RouteContract;

export const seedInfo = {
  method: 'GET',
  url: '/api/marketplace/info',
  summary: 'The treasury in the words of the node3 seed',
  audience: 'operator',
  tag: 'node3',
  schema: {
    response: {
      200: Type.Object({
        wallet_address: Type.String(),
        balance: nullable(sol),
        escrow_balance: sol,
        rpc_url: Type.String(),
        payments_processed: count,
        total_paid: sol,
      }),
    },
  },
} as const satisfies RouteContract;

export const seedFund = {
  method: 'POST',
  url: '/api/marketplace/fund',
  summary: 'Airdrop 2 SOL on a test cluster, in the words of the node3 seed',
  audience: 'operator',
  tag: 'node3',
  schema: {
    response: {
      200: Type.Object({
        status: Type.Literal('funded'),
        message: Type.String(),
        new_balance: nullable(sol),
      }),
    },
  },
} as const satisfies RouteContract;
