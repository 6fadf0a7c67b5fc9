import { type AgentDevice, healthy } from '@node3/agent/gpu/device';
import type { GpuDetector } from '@node3/agent/gpu/gpu-detector';
import { measured, metricsOf } from '@node3/agent/gpu/telemetry';

const gibibyte = 1024 ** 3;

export const deviceThatMeasures: AgentDevice = {
  id: 'GPU-00000000-0000-0000-0000-000000000001',
  parentId: null,
  vendor: 'simulated',
  model: 'Simulated GPU that measures',
  modelId: null,
  memoryBytes: 24 * gibibyte,
  memoryUnified: false,
  computeCapability: '8.9',
  framework: 'cuda',
  frameworkVersion: '12.8',
  driverVersion: '570.1',
  pciBusId: null,
  simulated: true,
  index: 0,
  health: healthy,
};

/** A simulated device that tells every value there is: for tests of what is done with them. */
export function measuredDetector(device: AgentDevice = deviceThatMeasures): GpuDetector {
  const metrics = metricsOf({
    utilizationPercent: measured(42),
    memoryActivityPercent: measured(17),
    memoryUsedBytes: measured(6 * gibibyte),
    memoryFreeBytes: measured(18 * gibibyte),
    temperatureCelsius: measured(61),
    memoryTemperatureCelsius: measured(70),
    powerWatts: measured(180),
    powerLimitWatts: measured(450),
    energyJoules: measured(1_234_567),
    fanPercent: measured(30),
    smClockMegahertz: measured(2_520),
    memoryClockMegahertz: measured(10_501),
    pcieGeneration: measured(4),
    pcieGenerationMax: measured(4),
    pcieLanes: measured(16),
    pcieLanesMax: measured(16),
    pcieReceiveBytesPerSecond: measured(3_000_000),
    pcieTransmitBytesPerSecond: measured(1_000_000),
    pcieReplayCount: measured(0),
    eccUncorrectedCount: measured(0),
  });
  return {
    vendor: 'simulated',
    detect: async () => ({
      status: 'ok',
      devices: [device],
      problems: [],
      source: 'a simulation',
      sampledAtMs: Date.now(),
    }),
    sample: async () => ({
      samples: [{ uuid: device.id, metrics, slowdowns: [] }],
      problems: [],
      sampledAtMs: Date.now(),
    }),
  };
}
