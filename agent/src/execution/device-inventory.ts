import { sayProblem } from '@node3/shared/agent-problems';
import type { SaidValues } from '@node3/shared/agent-sentences';
import type { Device, DeviceSample } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { agentLimits } from '../agent-limits.ts';
import type { ExecutionDevice } from '../executors/executor.ts';
import { type DetectDevicesDeps, detectDevices } from '../gpu/detect-devices.ts';
import { type AgentDevice, type DeviceHealth, healthOf } from '../gpu/device.ts';
import { GpuCollector } from '../gpu/gpu-collector.ts';
import type { DetectionProblem } from '../gpu/gpu-detector.ts';
import { DeviceWatch } from '../gpu/health/device-watch.ts';
import type { KernelLog } from '../gpu/health/kernel-log.ts';
import { type XidCount, XidCounts } from '../gpu/health/xid-counts.ts';
import type { DeviceReading } from '../gpu/telemetry.ts';
import { ChosenDevices } from './choose-devices.ts';
import { ProcessBoard, type ProcessLook } from './process-board.ts';
import { toWireDevice, toWireSample } from './wire-device.ts';

export interface DeviceInventoryDeps extends DetectDevicesDeps {
  log: Logger;
  /** `null` on systems without one, and for simulated devices. */
  kernelLog: KernelLog | null;
  /** Which devices are offered, by their place in the list; null or left out, all. */
  indexes?: readonly number[] | null;
  /** The devices that jobs hold now. */
  leased(): ReadonlySet<string>;
  /** Telemetry was read. */
  onReadings?(readings: readonly DeviceReading[]): void;
  onChange(): void;
}

/** Which devices are here, how they are and what they measure. */
export class DeviceInventory {
  readonly #deps: DeviceInventoryDeps;
  readonly #collector: GpuCollector;
  readonly #watch = new DeviceWatch();
  readonly #xids = new XidCounts();
  readonly #chosen: ChosenDevices;
  readonly #programs: ProcessBoard;
  #devices: AgentDevice[] = [];
  #problems: DetectionProblem[] = [];
  #loops: Loop[] = [];
  #sampledAtMs = -Infinity;
  #told = '';

  constructor(deps: DeviceInventoryDeps) {
    this.#deps = deps;
    this.#collector = new GpuCollector(deps);
    this.#programs = new ProcessBoard(deps);
    this.#chosen = new ChosenDevices(deps.indexes ?? null);
  }

  /** Resolves after the first look, whatever it found. */
  start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { log } = this.#deps;
    const detectMs = agentLimits.detectIntervalMs;
    const sampleMs = agentLimits.sampleBusyIntervalMs;
    const detect = (signal: AbortSignal) => this.detect(signal).finally(resolve);
    const sample = (signal: AbortSignal) => this.#sampleWhenDue(signal);
    this.#loops = [
      startLoop({ name: 'detect', log, intervalMs: detectMs, run: detect }),
      startLoop({ name: 'sample', log, intervalMs: sampleMs, run: sample }),
    ];
    return promise;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    const open = this.#deps.detectors.map(async (detector) => detector.close?.());
    await Promise.all([...open, this.#deps.kernelLog?.stop()]);
  }

  async detect(signal: AbortSignal): Promise<void> {
    const found = await detectDevices(this.#deps, signal);
    const { devices, problems } = this.#chosen.of(found.devices);
    this.#devices = devices.slice(0, limits.devicesPerAgent);
    this.#problems = [...found.problems, ...problems];
    // Only these two makers' drivers report faults there.
    if (devices.some(({ vendor }) => vendor === 'nvidia' || vendor === 'amd')) {
      this.#deps.kernelLog?.start((event, atMs) => {
        this.#watch.hear(event);
        this.#xids.hear(event, atMs);
        this.#tellChange();
      });
    }
    this.#tellChange();
  }

  /** Reads telemetry every few seconds, and more often while a job runs. */
  async #sampleWhenDue(signal: AbortSignal): Promise<void> {
    const leased = this.#deps.leased();
    const nowMs = this.#deps.clock.monotonicMs();
    const dueMs = leased.size > 0 ? 0 : agentLimits.sampleIntervalMs;
    if (this.#devices.length === 0 || nowMs - this.#sampledAtMs < dueMs) return;
    this.#sampledAtMs = nowMs;
    await this.sample(signal);
  }

  async sample(signal: AbortSignal): Promise<void> {
    await this.#collector.refresh(signal);
    const nowMs = this.#deps.clock.monotonicMs();
    const readings = this.#collector.readings();
    this.#deps.onReadings?.(readings);
    this.#watch.look(readings, this.#deps.leased(), nowMs);
    for (const id of this.#watch.suspects()) this.#watch.blame(id, await this.#holders(id, signal));
    this.#tellChange();
  }

  async #holders(deviceId: string, signal: AbortSignal): Promise<number[]> {
    const asked = this.#deps.detectors.map(async (detector) =>
      detector.holders?.(deviceId, signal),
    );
    return (await Promise.all(asked)).flatMap((ids) => ids ?? []);
  }

  #tellChange(): void {
    const now = JSON.stringify([this.devices(), this.#problems]);
    if (now === this.#told) return;
    this.#told = now;
    this.#deps.onChange();
  }

  /** All devices with all that is known of them, sick ones included. */
  devices(): readonly AgentDevice[] {
    return this.#devices.map((device) => {
      const health = healthOf(device, this.#watch.sickness(device));
      return health === device.health ? device : { ...device, health };
    });
  }

  /** The last reading of each device. */
  readings(): DeviceReading[] {
    return this.#collector.readings();
  }

  /** The programs that use the devices now; asks the tools for it. */
  processes(): Promise<ProcessLook> {
    return this.#programs.look();
  }

  /** The Xid errors of NVIDIA's cards; `null` where the log of the kernel is not heard. */
  xidCounts(): XidCount[] | null {
    return this.#deps.kernelLog?.isHeard() === true ? this.#xids.of(this.#devices) : null;
  }

  /** All devices, sick ones included. */
  all(): Device[] {
    return this.#devices.map(toWireDevice);
  }

  /** The devices that may be offered: a sick one leaves the offer by itself. */
  offered(): Device[] {
    return this.devices()
      .filter(({ health }) => health.state === 'ok')
      .map(toWireDevice);
  }

  samples(): DeviceSample[] {
    const chosen = new Set(this.#devices.map(({ id }) => id));
    const samples = this.#collector.readings().map(toWireSample);
    return samples.filter(({ deviceId }) => chosen.has(deviceId));
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
    const kernelLog = this.#deps.kernelLog?.problem() ?? null;
    const sick = this.devices().flatMap(({ health, model, id }) =>
      health.state === 'ok' ? [] : [sayProblem('device-sick', { model, id, ...whyOf(health) })],
    );
    return [...this.#problems, ...(kernelLog === null ? [] : [kernelLog]), ...sick];
  }
}

/** The code of the reason goes along with the values of its own, so that it can be said in another language. */
function whyOf({ reason, said }: DeviceHealth): SaidValues {
  return {
    ...said?.values,
    why: reason ?? 'no reason is known',
    ...(said?.code === undefined ? {} : { whyCode: said.code }),
  };
}
