import type { Device, DeviceSample } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { agentLimits } from '../agent-limits.ts';
import type { ExecutionDevice } from '../executors/executor.ts';
import { type DetectDevicesDeps, detectDevices } from '../gpu/detect-devices.ts';
import type { AgentDevice } from '../gpu/device.ts';
import { GpuCollector } from '../gpu/gpu-collector.ts';
import type { DetectionProblem } from '../gpu/gpu-detector.ts';
import type { DeviceReading } from '../gpu/telemetry.ts';
import { toWireDevice, toWireSample } from './wire-device.ts';

export interface DeviceInventoryDeps extends DetectDevicesDeps {
  log: Logger;
  onChange(): void;
}

/** Which devices are here, how they are and what they measure. */
export class DeviceInventory {
  readonly #deps: DeviceInventoryDeps;
  readonly #collector: GpuCollector;
  #devices: AgentDevice[] = [];
  #problems: DetectionProblem[] = [];
  #loops: Loop[] = [];

  constructor(deps: DeviceInventoryDeps) {
    this.#deps = deps;
    this.#collector = new GpuCollector(deps);
  }

  /** Resolves after the first look, whatever it found. */
  start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { log } = this.#deps;
    const detectMs = agentLimits.detectIntervalMs;
    const sampleMs = agentLimits.sampleIntervalMs;
    const detect = (signal: AbortSignal) => this.detect(signal).finally(resolve);
    const sample = (signal: AbortSignal) =>
      this.#devices.length === 0 ? Promise.resolve() : this.#collector.refresh(signal);
    this.#loops = [
      startLoop({ name: 'detect', log, intervalMs: detectMs, run: detect }),
      startLoop({ name: 'sample', log, intervalMs: sampleMs, run: sample }),
    ];
    return promise;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }

  async detect(signal: AbortSignal): Promise<void> {
    const before = JSON.stringify([this.#devices, this.#problems]);
    const { devices, problems } = await detectDevices(this.#deps, signal);
    this.#devices = devices.slice(0, limits.devicesPerAgent);
    this.#problems = problems;
    if (before !== JSON.stringify([this.#devices, this.#problems])) this.#deps.onChange();
  }

  /** All devices with all that is known of them, sick ones included. */
  devices(): readonly AgentDevice[] {
    return this.#devices;
  }

  /** The last reading of each device. */
  readings(): DeviceReading[] {
    return this.#collector.readings();
  }

  /** All devices, sick ones included. */
  all(): Device[] {
    return this.#devices.map(toWireDevice);
  }

  /** The devices that may be offered: a sick one leaves the offer by itself. */
  offered(): Device[] {
    return this.#devices.filter(({ health }) => health.state === 'ok').map(toWireDevice);
  }

  samples(): DeviceSample[] {
    return this.#collector.readings().map(toWireSample);
  }

  /** @returns the devices in the executor's words, in the order asked; unknown ones are left out. */
  forExecutor(deviceIds: readonly string[]): ExecutionDevice[] {
    return deviceIds.flatMap((deviceId) => {
      const device = this.#devices.find(({ id }) => id === deviceId);
      if (device === undefined) return [];
      const { id: uuid, vendor, renderNode, groupIds } = device;
      const node = { ...(renderNode && { renderNode }), ...(groupIds && { groupIds }) };
      return [{ uuid, vendor, ...node }];
    });
  }

  problems(): DetectionProblem[] {
    const sick = this.#devices.flatMap(({ health, model, id }) =>
      health.state === 'ok'
        ? []
        : [
            {
              code: 'device-sick',
              sentence: `${model} (${id}) takes no jobs: ${health.reason ?? 'no reason is known'}`,
              fix: 'Repair or reset the device; it returns to the offer by itself.',
            },
          ],
    );
    return [...this.#problems, ...sick];
  }
}
