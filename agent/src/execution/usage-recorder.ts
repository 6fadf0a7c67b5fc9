import type { DeviceSample } from '@node3/shared/device';
import type { ExecutionReadings, UsageReading } from '@node3/shared/execution-usage';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { usageLimits } from '@node3/shared/usage-limits';
import type { ExecutionUsage } from '../executors/executor.ts';
import type { HostClock } from '../host-clock.ts';

/** An execution that runs, the latest reading of its workload, and the devices that it has. */
export interface RunningUsage {
  executionId: string;
  deviceIds: readonly string[];
  usage: ExecutionUsage | null;
}

export interface UsageRecorderDeps {
  clock: HostClock;
  log: Logger;
  running(): RunningUsage[];
  samples(): DeviceSample[];
}

type Kept = Omit<UsageReading, 'ageMs'> & { atMonotonicMs: number };

interface Record {
  last: ExecutionUsage;
  /** The number of the first reading that is kept. */
  from: number;
  readings: Kept[];
}

/**
 * Keeps what running jobs use until a heartbeat that took it along is answered. Reads nothing itself:
 * executors and the device collector have read it already. What can't be sent for long is dropped,
 * oldest first.
 */
export class UsageRecorder {
  readonly #deps: UsageRecorderDeps;
  readonly #records = new Map<string, Record>();
  #loop: Loop | null = null;

  constructor(deps: UsageRecorderDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#loop = startLoop({
      name: 'job-usage',
      intervalMs: usageLimits.usageSampleMs,
      log: this.#deps.log,
      run: async () => this.record(),
    });
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** Notes the latest reading of each running execution, where it is a new one. */
  record(): void {
    const running = this.#deps.running();
    const ids = new Set(running.map(({ executionId }) => executionId));
    for (const executionId of this.#records.keys()) {
      if (!ids.has(executionId)) this.#records.delete(executionId);
    }
    if (running.length === 0) return;
    const samples = this.#deps.samples();
    const atMonotonicMs = this.#deps.clock.monotonicMs();
    for (const { executionId, deviceIds, usage } of running) {
      if (usage === null) continue;
      const record = this.#records.get(executionId);
      if (record?.last.sampledAtMs === usage.sampledAtMs) continue;
      const from = record?.from ?? 0;
      const readings = record?.readings ?? [];
      readings.push({
        atMonotonicMs,
        cpuCores: coresBetween(record?.last ?? null, usage),
        memoryBytes: usage.memoryBytes,
        ...devicesOf(samples, deviceIds),
      });
      const isFull = readings.length > usageLimits.usagePointsPerHeartbeat;
      if (isFull) readings.shift();
      this.#records.set(executionId, { last: usage, from: isFull ? from + 1 : from, readings });
    }
  }

  /** What was noted and not settled yet. */
  pending(executionsMax: number): ExecutionReadings[] {
    const nowMs = this.#deps.clock.monotonicMs();
    const records = [...this.#records].filter(([, { readings }]) => readings.length > 0);
    return records.slice(0, executionsMax).map(([executionId, { from, readings }]) => ({
      executionId,
      from,
      readings: readings.map(({ atMonotonicMs, ...used }) => ({
        ageMs: Math.max(0, Math.round(nowMs - atMonotonicMs)),
        ...used,
      })),
    }));
  }

  /** Forgets what was sent and heard; what was noted meanwhile stays. */
  settle(sent: readonly ExecutionReadings[]): void {
    for (const { executionId, from = 0, readings } of sent) {
      const record = this.#records.get(executionId);
      if (record === undefined) continue;
      const heard = Math.max(0, from + readings.length - record.from);
      record.readings = record.readings.slice(heard);
      record.from += heard;
    }
  }
}

/** Cores in use between two readings; null where one of them doesn't tell. */
function coresBetween(before: ExecutionUsage | null, now: ExecutionUsage): number | null {
  if (before === null || before.cpuMs === null || now.cpuMs === null) return null;
  const elapsedMs = now.sampledAtMs - before.sampledAtMs;
  // A counter that went back is another counter, and a clock that went back measures nothing.
  if (elapsedMs <= 0 || now.cpuMs < before.cpuMs) return null;
  const cores = (now.cpuMs - before.cpuMs) / elapsedMs;
  return Math.min(usageLimits.cpuCoresMax, Math.round(cores * 1_000) / 1_000);
}

/** null as soon as one of the devices says nothing: a mean of the others would be of something else. */
function devicesOf(
  samples: readonly DeviceSample[],
  deviceIds: readonly string[],
): Pick<UsageReading, 'gpuUtilizationRatio' | 'gpuMemoryBytes'> {
  const own = deviceIds.map((id) => samples.find(({ deviceId }) => deviceId === id));
  const utilizations = own.map((sample) => sample?.utilizationRatio.value ?? null);
  const memories = own.map((sample) => sample?.memoryUsedBytes.value ?? null);
  const utilization = sum(utilizations);
  const memory = sum(memories);
  return {
    gpuUtilizationRatio:
      utilization === null ? null : Math.min(1, Math.max(0, utilization / own.length)),
    gpuMemoryBytes: memory === null ? null : Math.round(memory),
  };
}

function sum(values: readonly (number | null)[]): number | null {
  if (values.length === 0) return null;
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}
