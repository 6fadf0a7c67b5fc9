import type { JobState } from '@node3/shared/job-state';
import { type BaseUnits, formatAmount } from '@node3/shared/money';
import type { PublicAgent, PublicJob } from '@node3/shared/routes/marketplace';
import type { SeedAgentView, SeedJobView } from '@node3/shared/routes/node3-reads';
import type { PayoutState } from '@node3/shared/settlement-state';
import { scoreAgent } from '../../../domain/placement-strategy.ts';
import type { AgentPresence } from '../../../services/presence.ts';

/** What people read, in the words and units of the node3 seed. */

export function toSeedAgent(agent: PublicAgent): SeedAgentView {
  const [device] = agent.devices;
  const ask = agent.deviceAsks[0]?.SOL ?? null;
  const { value } = agent.reputation.availability;
  return {
    id: agent.agentId,
    gpu_model: device?.model ?? null,
    gpu_vendor: device?.vendor ?? null,
    gpu_memory: device?.memoryBytes ?? null,
    compute_framework: device?.frameworks?.[0] ?? null,
    status: agent.status === 'online' && agent.state === 'active' ? 'available' : 'offline',
    jobs_completed: agent.jobsSucceeded,
    uptime: value === null ? null : value * 100,
    rate: ask === null ? null : Number(ask.amount),
    gpu_count: agent.devices.length,
  };
}

/** The board has none that are over. */
const openStates: Partial<Record<JobState, SeedJobView['status']>> = {
  queued: 'available',
  assigned: 'accepted',
  running: 'running',
};

export function toSeedJobView(job: PublicJob): SeedJobView {
  return {
    job_id: job.jobId,
    job_type: job.workload,
    gpu_memory_required: job.memoryBytesMin ?? 0,
    reward: Number(job.reward.amount),
    timeout: job.runSec,
    created_at: job.createdAt,
    requires_gpu: job.gpus > 0,
    status: openStates[job.state] ?? 'available',
  };
}

/** The seed's states of a job. */
const seedStates: Record<JobState, string> = {
  awaiting_funds: 'available',
  queued: 'available',
  assigned: 'accepted',
  running: 'running',
  succeeded: 'completed',
  failed: 'failed',
  timed_out: 'failed',
  expired: 'failed',
  cancelled: 'failed',
};

export function countByStatus(jobs: Record<string, number>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [state, count] of Object.entries(jobs)) {
    const word = seedStates[state as JobState];
    counts[word] = (counts[word] ?? 0) + count;
  }
  return counts;
}

export function toSeedPaymentStatus(state: PayoutState): string {
  if (state === 'finalized' || state === 'confirmed') return 'confirmed';
  return state === 'held' || state === 'cancelled' ? 'failed' : 'pending';
}

export function lamportsToSol(lamports: BaseUnits): number {
  return Number(formatAmount(lamports, 'SOL'));
}

/** One agent of the balancer, from what is in memory of it. */
export function toSeedLoad(presence: AgentPresence, current: number, isHealthy: boolean) {
  const { agentId, offer, standing } = presence;
  const slots = offer?.slots ?? 0;
  const { jobsSucceeded, jobsFailed, avgRunSec } = standing;
  const total = jobsSucceeded + jobsFailed;
  return {
    agent_id: agentId,
    current_jobs: current,
    max_jobs: slots,
    load_percent: slots === 0 ? 0 : (100 * current) / slots,
    total_completed: jobsSucceeded,
    total_failed: jobsFailed,
    success_rate: total === 0 ? 100 : (100 * jobsSucceeded) / total,
    avg_time: avgRunSec,
    score: scoreAgent({ freeSlots: Math.max(0, slots - current), slots, ...standing }),
    is_healthy: isHealthy,
  };
}
