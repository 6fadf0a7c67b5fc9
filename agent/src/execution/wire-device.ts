import type { Device, DeviceSample, Metric } from '@node3/shared/device';
import type { AgentDevice, DeviceVendor } from '../gpu/device.ts';
import type { DeviceReading } from '../gpu/telemetry.ts';

/**
 * The contract's vendor list has no word for a simulated device: it travels as `nvidia` with
 * `simulated: true`, which keeps it away from funded GPU work outside localnet.
 */
const vendorOf: Record<DeviceVendor, Device['vendor']> = {
  nvidia: 'nvidia',
  amd: 'amd',
  apple: 'apple',
  intel: 'intel',
  simulated: 'nvidia',
};

export function toWireDevice(device: AgentDevice): Device {
  return {
    id: device.id,
    vendor: vendorOf[device.vendor],
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
