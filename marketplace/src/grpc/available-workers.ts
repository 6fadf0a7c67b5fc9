import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { PublicAgent } from '@node3/shared/routes/marketplace';
import { listPublicAgents } from '../services/read-agents.ts';
import type { GrpcDeps } from './grpc-deps.ts';
import { toProtoTime } from './proto-time.ts';

const listedDefault = 100;

/** The workers that are online, those that spoke last first. */
export async function listWorkers(deps: GrpcDeps, limit: number): Promise<object[]> {
  if (limit < 0 || limit > limits.listPageMax) {
    const detail = `must be from 1 to ${limits.listPageMax}, or 0 for ${listedDefault}`;
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/limit', detail }] });
  }
  const agents = await listPublicAgents(deps);
  return agents
    .filter(({ status }) => status === 'online')
    .slice(0, limit === 0 ? listedDefault : limit)
    .map((agent) => viewWorker(deps, agent));
}

function viewWorker({ presence }: Pick<GrpcDeps, 'presence'>, agent: PublicAgent): object {
  const offer = presence.get(agent.agentId)?.offer ?? null;
  const { devices, lastSeenAt } = agent;
  return {
    worker_id: agent.agentId,
    name: agent.name,
    status: workerStatusWord(agent),
    capacity: {
      cpu_cores: offer?.cpus ?? 0,
      memory_bytes: offer?.memoryBytes ?? 0,
      disk_bytes: offer?.diskBytes ?? 0,
      gpu_count: devices.length,
      gpu_types: devices.map(({ model }) => model),
      // One that is unknown would stand at the wrong place if it were left out.
      gpu_memory_bytes: devices.map(({ memoryBytes }) => memoryBytes ?? 0),
    },
    region: agent.region ?? '',
    running_jobs: agent.running,
    max_concurrent_jobs: agent.slots ?? 0,
    last_heartbeat: lastSeenAt === null ? null : toProtoTime(Date.parse(lastSeenAt)),
    jobs_succeeded: agent.jobsSucceeded,
    jobs_failed: agent.jobsFailed,
  };
}

/** Hodei's word for how an agent is. */
export function workerStatusWord(
  agent: Pick<PublicAgent, 'status' | 'state' | 'running' | 'slots'>,
): string {
  const { status, state, running, slots } = agent;
  if (state === 'unregistered' || state === 'disabled') return 'WORKER_STATUS_TERMINATED';
  if (status === 'offline') return 'WORKER_STATUS_CONNECTING';
  if (state === 'draining' || state === 'paused') return 'WORKER_STATUS_DRAINING';
  return running > 0 && running >= (slots ?? 1) ? 'WORKER_STATUS_BUSY' : 'WORKER_STATUS_READY';
}
