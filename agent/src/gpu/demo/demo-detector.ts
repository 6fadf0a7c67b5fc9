import type { Clock } from '@node3/shared/clock';
import { type AgentDevice, healthy } from '../device.ts';
import type { DetectionResult, GpuDetector, SampleResult } from '../gpu-detector.ts';
import { metricsOf } from '../telemetry.ts';

/** The name the simulated device has wherever a device is shown. */
export const simulatedModel = 'Simulated GPU';

const simulatedDevice: AgentDevice = {
  id: 'simulated-gpu-0',
  parentId: null,
  vendor: 'simulated',
  model: simulatedModel,
  modelId: null,
  memoryBytes: null,
  memoryUnified: false,
  computeCapability: null,
  framework: null,
  frameworkVersion: null,
  driverVersion: null,
  pciBusId: null,
  simulated: true,
  index: 0,
  health: healthy,
};

/**
 * One device that isn't there, for trying the agent on a machine without a GPU
 * (`SKIP_GPU_CHECK=true`). It states no memory, model or telemetry, because it has none.
 */
export function createDemoDetector(deps: { clock: Clock }): GpuDetector {
  return {
    vendor: 'simulated',
    async detect(signal): Promise<DetectionResult> {
      signal.throwIfAborted();
      return {
        status: 'ok',
        devices: [simulatedDevice],
        problems: [],
        source: simulatedModel,
        sampledAtMs: deps.clock.nowMs(),
      };
    },
    async sample(signal): Promise<SampleResult> {
      signal.throwIfAborted();
      const samples = [{ uuid: simulatedDevice.id, metrics: metricsOf({}) }];
      return { samples, problems: [], sampledAtMs: deps.clock.nowMs() };
    },
  };
}
