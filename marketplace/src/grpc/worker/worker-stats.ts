import type { DeviceSample, Metric } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import { wrong } from './worker-messages.ts';
import { deviceId } from './worker-offer.ts';

/** hodei.WorkerStats as it is read: what was not measured is absent. */
export interface WorkerStats {
  devices: {
    gpu_index: number;
    utilization_ratio?: number;
    memory_used_bytes?: number;
    temperature_celsius?: number;
    power_watts?: number;
  }[];
}

export function toSamples({ devices }: WorkerStats): DeviceSample[] {
  if (devices.length > limits.devicesPerAgent) {
    throw wrong('/stats/devices', `must be at most ${limits.devicesPerAgent}`);
  }
  return devices.map((device) => ({
    deviceId: deviceId(device.gpu_index),
    ageMs: 0,
    utilizationRatio: metric(device.utilization_ratio),
    memoryUsedBytes: metric(device.memory_used_bytes),
    temperatureCelsius: metric(device.temperature_celsius),
    powerWatts: metric(device.power_watts),
  }));
}

function metric(value: number | undefined): Metric {
  return value === undefined || !Number.isFinite(value)
    ? { value: null, source: 'unavailable' }
    : { value, source: 'measured' };
}
