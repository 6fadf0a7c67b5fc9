import { createHash } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import { sayGpuProblem } from '@node3/shared/gpu-problems';
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
import { parseMacmon } from './parse-macmon.ts';
import { parsePowermetrics } from './parse-powermetrics.ts';
import { type ProfiledGpu, parseProfiler } from './parse-profiler.ts';

/** A cold system_profiler has been seen to take two seconds. */
const profilerTimeoutMs = 20_000;
const ioregTimeoutMs = 5_000;
const outputBytesMax = 4 * 1_048_576;

const accelerators = ['-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator'];

/** What tells power, better first: powermetrics refuses whoever is not root. */
const powerTools = ['macmon', 'powermetrics'] as const;
type PowerTool = (typeof powerTools)[number];

const powerCommands = {
  macmon: { args: ['pipe', '-s', '1'], parse: parseMacmon },
  powermetrics: {
    args: ['--samplers', 'gpu_power', '-i', '500', '-n', '1'],
    parse: parsePowermetrics,
  },
} as const;

export interface AppleDetectorDeps {
  runner: CommandRunner;
  clock: Clock;
}

/**
 * The graphics processors of Apple's own chips. Nothing here needs root; power is told by macmon or,
 * where the agent is root all the same, by powermetrics.
 */
export class AppleDetector implements GpuDetector {
  readonly vendor = 'apple';
  readonly #deps: AppleDetectorDeps;
  #uuid: string | null = null;
  /** Found at each detection, and not between: most machines have neither. */
  #powerTool: PowerTool | null = null;

  constructor(deps: AppleDetectorDeps) {
    this.#deps = deps;
  }

  async detect(signal: AbortSignal): Promise<DetectionResult> {
    const { clock } = this.#deps;
    const { gpus, result: profiler } = await this.#profile(signal);
    const problem =
      gpus === null
        ? (explainBrokenRun('system_profiler', profiler) ?? whyUnreadable(profiler))
        : null;
    const apple = (gpus ?? []).filter((gpu) => gpu.isApple);
    const platform = apple.length === 0 ? null : await this.#readPlatformUuid(signal);
    const devices = apple.map((gpu, index) => deviceOf(gpu, index, platform));
    this.#uuid = devices[0]?.id ?? null;
    this.#powerTool = devices.length > 0 ? await this.#findPowerTool(signal) : null;
    const problems = [
      ...(problem === null ? [] : [problem]),
      ...(gpus ?? []).flatMap(whyNotOffered),
    ];
    return {
      status: statusOf(devices, problems),
      devices,
      problems,
      source: ['system_profiler', 'ioreg', this.#powerTool]
        .filter((tool) => tool !== null)
        .join(', '),
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
    const more = this.#powerTool === null ? null : await this.#readPower(this.#powerTool, signal);
    const metrics = metricsOf({
      utilizationPercent: measured(state.utilizationPercent),
      memoryUsedBytes: measured(state.memoryUsedBytes),
      ...more,
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

  /** Its text, where what it prints as JSON can't be read. */
  async #profile(
    signal: AbortSignal,
  ): Promise<{ gpus: ProfiledGpu[] | null; result: CommandResult }> {
    const ask = (...args: string[]) =>
      this.#run('system_profiler', profilerTimeoutMs, signal, ['SPDisplaysDataType', ...args]);
    const result = await ask('-json');
    if (result.kind !== 'exited') return { gpus: null, result };
    const gpus = parseProfiler(result.stdout);
    if (gpus !== null) return { gpus, result };
    const text = await ask();
    return { gpus: text.kind === 'exited' ? parseProfiler(text.stdout) : null, result: text };
  }

  async #findPowerTool(signal: AbortSignal): Promise<PowerTool | null> {
    for (const tool of powerTools) if (await this.#readPower(tool, signal)) return tool;
    return null;
  }

  async #readPower(tool: PowerTool, signal: AbortSignal): Promise<Partial<DeviceMetrics> | null> {
    const { args, parse } = powerCommands[tool];
    const result = await this.#run(tool, ioregTimeoutMs, signal, args);
    const sample = result.kind === 'exited' ? parse(result.stdout) : null;
    if (sample === null) return null;
    const temperature = 'temperatureCelsius' in sample ? sample.temperatureCelsius : null;
    return {
      powerWatts: measured(sample.powerWatts),
      temperatureCelsius: measured(temperature),
      smClockMegahertz: measured(sample.clockMegahertz),
    };
  }
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
  const by = gpu.paravirtual ? 'apple-virtual' : 'apple-intel';
  return [sayGpuProblem(`${by}.gpu-not-supported`, { model: gpu.model })];
}

function statusOf(
  devices: readonly AgentDevice[],
  problems: readonly DetectionProblem[],
): DetectionResult['status'] {
  if (devices.length > 0) return problems.length === 0 ? 'ok' : 'partial';
  return problems.some(({ code }) => code !== 'gpu-not-supported') ? 'error' : 'unavailable';
}
