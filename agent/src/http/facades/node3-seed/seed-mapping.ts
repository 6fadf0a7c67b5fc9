import type { ReplyOf } from '@node3/shared/contract';
import type { Device, DeviceSample, Metric } from '@node3/shared/device';
import { type ExecutionState, isTerminalExecution } from '@node3/shared/execution-state';
import type { Money } from '@node3/shared/money';
import type { AgentStatus, getLocalEarnings } from '@node3/shared/routes/agent-local';
import type {
  SeedAgentEarnings,
  SeedAgentStatus,
  SeedPastJob,
} from '@node3/shared/routes/node3-agent';
import { seedLabels } from '@node3/shared/seed-labels';
import { readJobSpec } from '../../../execution/job-spec-reader.ts';
import type { JournalExecution } from '../../../journal/journal.ts';
import type { AgentMode } from '../../../observability/agent-state.ts';
import { toLocalExecution } from '../../../observability/status.ts';

/** Between the words of the node3 seed's agent and ours; nothing else knows them. */

type Earnings = ReplyOf<typeof getLocalEarnings>['earnings'];

const percent = 100;

export function toSeedAgentStatus(
  status: AgentStatus,
  mode: AgentMode,
  earnings: Earnings,
): SeedAgentStatus {
  const { active, balances, devices, samples, wallet } = status;
  return {
    gpus: devices.map((device, index) => {
      const sample = samples.find(({ deviceId }) => deviceId === device.id) ?? null;
      return toSeedGpu(device, index, sample);
    }),
    active_jobs: active.length,
    completed_jobs: earnings?.jobsSucceeded ?? null,
    wallet_address: wallet,
    balance: balances.SOL === null ? null : toUnits(balances.SOL),
    status: mode === 'run' ? 'running' : 'stopped',
  };
}

function toSeedGpu(device: Device, index: number, sample: DeviceSample | null) {
  const { frameworks, memoryBytes, model, vendor } = device;
  const utilization = readingOf(sample?.utilizationRatio);
  return {
    index,
    name: model,
    vendor,
    gpu_type: vendor,
    compute_framework: frameworks?.[0] ?? 'none',
    memory: memoryBytes,
    utilization: utilization === null ? null : utilization * percent,
    memory_used: readingOf(sample?.memoryUsedBytes),
    temperature: readingOf(sample?.temperatureCelsius),
    power: readingOf(sample?.powerWatts),
    metrics_accurate: sample !== null && !device.simulated && isMeasured(sample),
  };
}

function readingOf(metric: Metric | undefined): number | null {
  return metric?.value ?? null;
}

function isMeasured(sample: DeviceSample): boolean {
  const { memoryUsedBytes, powerWatts, temperatureCelsius, utilizationRatio } = sample;
  const metrics = [utilizationRatio, memoryUsedBytes, temperatureCelsius, powerWatts];
  return metrics.every(({ source }) => source !== 'estimated');
}

export function toSeedPastJob(execution: JournalExecution): SeedPastJob {
  const { finishedAt, jobId, reward, runMs, state } = toLocalExecution(execution);
  const labels = readJobSpec(execution.offer.spec)?.labels ?? {};
  return {
    job_id: jobId,
    job_type: labels[seedLabels.type] ?? 'container',
    status: toSeedState(state),
    reward: toUnits(reward),
    asset: reward.asset,
    duration: runMs === null ? null : runMs / 1_000,
    completed_at: finishedAt,
  };
}

function toSeedState(state: ExecutionState): SeedPastJob['status'] {
  if (!isTerminalExecution(state)) return 'running';
  return state === 'succeeded' ? 'completed' : 'failed';
}

export function toSeedAgentEarnings(earnings: Earnings): SeedAgentEarnings {
  const sol = earnings?.earned.SOL ?? null;
  return {
    total_earnings: sol === null ? null : toUnits(sol.finalized),
    today_earnings: sol === null ? null : toUnits(sol.today),
    completed_jobs: earnings?.jobsSucceeded ?? null,
    failed_jobs: earnings?.jobsFailed ?? null,
  };
}

/** What the seed shows. Money itself is never computed with it. */
function toUnits(money: Money): number {
  return Number(money.amount);
}
