import { createHash } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import type { CommandResult, CommandRunner } from '../command-runner.ts';
import { type AgentDevice, healthy } from '../device.ts';
import type {
  DetectionProblem,
  DetectionResult,
  GpuDetector,
  SampleResult,
} from '../gpu-detector.ts';
import { type DeviceMetrics, measured, metricsOf } from '../telemetry.ts';
import { explainBrokenRun, unreadableOutput } from '../tool-problem.ts';
import { parseIoreg, parsePlatformUuid } from './parse-ioreg.ts';
import { type MacmonSample, parseMacmon } from './parse-macmon.ts';
import { type ProfiledGpu, parseProfiler } from './parse-profiler.ts';

/** A cold system_profiler has been seen to take two seconds. */
const profilerTimeoutMs = 20_000;
const ioregTimeoutMs = 5_000;
const outputBytesMax = 4 * 1_048_576;

const accelerators = ['-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator'];

export interface AppleDetectorDeps {
  runner: CommandRunner;
  clock: Clock;
}

/** The graphics processors of Apple's own chips, without root. */
export class AppleDetector implements GpuDetector {
  readonly vendor = 'apple';
  readonly #deps: AppleDetectorDeps;
  #uuid: string | null = null;
  /** Tried at each detection, and not between: most machines don't have it. */
  #hasMacmon = false;

  constructor(deps: AppleDetectorDeps) {
    this.#deps = deps;
  }

  async detect(signal: AbortSignal): Promise<DetectionResult> {
    const { clock } = this.#deps;
    const profiler = await this.#run('system_profiler', profilerTimeoutMs, signal, [
      'SPDisplaysDataType',
      '-json',
    ]);
    const gpus = profiler.kind === 'exited' ? parseProfiler(profiler.stdout) : null;
    const problem =
      gpus === null
        ? (explainBrokenRun('system_profiler', profiler) ?? whyUnreadable(profiler))
        : null;
    const apple = (gpus ?? []).filter((gpu) => gpu.isApple);
    const platform = apple.length === 0 ? null : await this.#readPlatformUuid(signal);
    const devices = apple.map((gpu, index) => deviceOf(gpu, index, platform));
    this.#uuid = devices[0]?.id ?? null;
    this.#hasMacmon = devices.length > 0 && (await this.#readMacmon(signal)) !== null;
    const problems = [
      ...(problem === null ? [] : [problem]),
      ...(gpus ?? []).flatMap(whyNotOffered),
    ];
    return {
      status: statusOf(devices, problems),
      devices,
      problems,
      source: this.#hasMacmon ? 'system_profiler, ioreg, macmon' : 'system_profiler, ioreg',
      tried: [
        profiler.kind === 'missing'
          ? 'system_profiler (not installed)'
          : "system_profiler (no chip of Apple's)",
      ],
      sampledAtMs: clock.nowMs(),
    };
  }

  async sample(signal: AbortSignal): Promise<SampleResult> {
    const sampledAtMs = this.#deps.clock.nowMs();
    const uuid = this.#uuid;
    if (uuid === null) return { samples: [], problems: [], sampledAtMs };
    const result = await this.#run('ioreg', ioregTimeoutMs, signal, accelerators);
    const state = result.kind === 'exited' ? parseIoreg(result.stdout)[0] : undefined;
    if (state === undefined) {
      const problem = explainBrokenRun('ioreg', result) ?? whyUnreadable(result);
      return { samples: [], problems: problem === null ? [] : [problem], sampledAtMs };
    }
    const more = this.#hasMacmon ? await this.#readMacmon(signal) : null;
    const metrics = metricsOf({
      utilizationPercent: measured(state.utilizationPercent),
      memoryUsedBytes: measured(state.memoryUsedBytes),
      ...(more !== null && macmonMetrics(more)),
    });
    return { samples: [{ uuid, metrics }], problems: [], sampledAtMs };
  }

  #run(
    file: string,
    timeoutMs: number,
    signal: AbortSignal,
    args: readonly string[],
  ): Promise<CommandResult> {
    return this.#deps.runner.run({ file, args, timeoutMs, outputBytesMax }, signal);
  }

  async #readPlatformUuid(signal: AbortSignal): Promise<string | null> {
    const args = ['-r', '-d', '1', '-c', 'IOPlatformExpertDevice'];
    const result = await this.#run('ioreg', ioregTimeoutMs, signal, args);
    return result.kind === 'exited' ? parsePlatformUuid(result.stdout) : null;
  }

  async #readMacmon(signal: AbortSignal): Promise<MacmonSample | null> {
    const result = await this.#run('macmon', ioregTimeoutMs, signal, ['pipe', '-s', '1']);
    return result.kind === 'exited' ? parseMacmon(result.stdout) : null;
  }
}

function macmonMetrics(sample: MacmonSample): Partial<DeviceMetrics> {
  return {
    powerWatts: measured(sample.powerWatts),
    temperatureCelsius: measured(sample.temperatureCelsius),
    smClockMegahertz: measured(sample.clockMegahertz),
  };
}

/** The machine's serial-like UUID never leaves the machine: the id is made from its hash. */
function deviceOf(gpu: ProfiledGpu, index: number, platformUuid: string | null): AgentDevice {
  const hash = createHash('sha256')
    .update(`node3 gpu ${platformUuid ?? ''}`)
    .digest('hex');
  const found = findModel({ name: gpu.model, memoryBytes: null, pciModel: null });
  const known = found.modelId === null ? null : modelById(found.modelId);
  return {
    id: platformUuid === null ? `apple-gpu-${index}` : `apple-${hash.slice(0, 32)}-${index}`,
    parentId: null,
    vendor: 'apple',
    model: gpu.model,
    modelId: found.modelId,
    memoryBytes: null,
    memoryUnified: true,
    computeCapability: known?.capability ?? null,
    framework: 'metal',
    frameworkVersion: /^metal ?(\d+)$/i.exec(gpu.metal ?? '')?.[1] ?? null,
    driverVersion: null,
    pciBusId: null,
    simulated: false,
    index,
    health: healthy,
  };
}

function whyUnreadable(result: CommandResult): DetectionProblem | null {
  return result.kind === 'exited' ? unreadableOutput('system_profiler and ioreg') : null;
}

function whyNotOffered(gpu: ProfiledGpu): DetectionProblem[] {
  if (gpu.isApple) return [];
  const sentence = gpu.paravirtual
    ? `${gpu.model} is the graphics device of a virtual machine, where GPU work may hang.`
    : `${gpu.model} is a graphics card of an Intel Mac, which jobs cannot use.`;
  return [
    {
      code: 'gpu-not-supported',
      sentence,
      fix: "Offer the processor alone, or run the agent on a Mac with one of Apple's chips.",
    },
  ];
}

function statusOf(
  devices: readonly AgentDevice[],
  problems: readonly DetectionProblem[],
): DetectionResult['status'] {
  if (devices.length > 0) return problems.length === 0 ? 'ok' : 'partial';
  return problems.some(({ code }) => code !== 'gpu-not-supported') ? 'error' : 'unavailable';
}
