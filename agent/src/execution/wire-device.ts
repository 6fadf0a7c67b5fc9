import type { Device, DeviceSample, Metric } from '@node3/shared/device';
import type { AgentDevice } from '../gpu/device.ts';
import type { DeviceReading } from '../gpu/telemetry.ts';

export function toWireDevice(device: AgentDevice): Device {
  return {
    id: device.id,
    vendor: device.vendor,
    model: device.model.slice(0, 128),
    modelId: device.modelId,
    memoryBytes: device.memoryBytes,
    computeCapability: device.computeCapability,
    driverVersion: device.driverVersion,
    simulated: device.simulated,
  };
}

export function toWireSample(reading: DeviceReading): DeviceSample {
  const { metrics } = reading;
  const { value, source } = metrics.utilizationPercent;
  const utilizationRatio: Metric = { value: value === null ? null : value / 100, source };
  return {
    deviceId: reading.uuid,
    ageMs: reading.ageMs,
    utilizationRatio,
    memoryUsedBytes: metrics.memoryUsedBytes,
    temperatureCelsius: metrics.temperatureCelsius,
    powerWatts: metrics.powerWatts,
  };
}
