import type { Clock } from '@node3/shared/clock';
import type { CommandResult, CommandRunner } from '../command-runner.ts';
import type { AgentDevice } from '../device.ts';
import { takeFirstReading } from '../first-reading.ts';
import type {
  DetectionProblem,
  DetectionResult,
  GpuDetector,
  SampleResult,
} from '../gpu-detector.ts';
import type { HostFiles } from '../host-files.ts';
import { type DrmCard, readDrmCards } from '../read-drm-cards.ts';
import { withRenderGroups } from '../render-groups.ts';
import { type DeviceMetrics, measured, metricsOf } from '../telemetry.ts';
import { buildIntelDevices } from './intel-devices.ts';
import { explainIntelRun } from './intel-failure.ts';
import { IntelSensors, metricsOfXpu } from './intel-telemetry.ts';
import { createGpuTopReader, type GpuTopSample } from './parse-gpu-top.ts';
import { parseXpuDiscovery, parseXpuStats } from './parse-xpu-smi.ts';

const vendorId = '8086';
const timeoutMs = 15_000;
const outputBytesMax = 1_048_576;

export interface IntelDetectorDeps {
  runner: CommandRunner;
  files: HostFiles;
  clock: Clock;
}

interface KnownCard {
  device: AgentDevice;
  folder: string | null;
}

/** Intel's discrete cards: the kernel's files first, then xpu-smi, then intel_gpu_top. */
export class IntelDetector implements GpuDetector {
  readonly vendor = 'intel';
  readonly #deps: IntelDetectorDeps;
  readonly #sensors: IntelSensors;
  #known: KnownCard[] = [];
  #telemetry: 'xpu-smi' | 'intel_gpu_top' | 'none' = 'none';

  constructor(deps: IntelDetectorDeps) {
    this.#deps = deps;
    this.#sensors = new IntelSensors(deps);
  }

  async detect(signal: AbortSignal): Promise<DetectionResult> {
    const { clock, files } = this.#deps;
    const cards = await readDrmCards(files, vendorId);
    const result = await this.#run('xpu-smi', ['discovery', '-j'], signal);
    const listed = result.kind === 'exited' ? parseXpuDiscovery(result.stdout) : null;
    const driver = await files.read('/proc/sys/kernel/osrelease');
    const built = buildIntelDevices(cards, listed ?? [], cards.length > 0 ? driver : null);
    const problem = listed === null ? explainIntelRun('xpu-smi', result) : null;
    // A tool of Intel's that finds nothing, where there is nothing, is no fault.
    const problems = problem === null || built.devices.length === 0 ? [] : [problem];
    this.#remember(built.devices, cards, listed !== null);
    const found = built.devices.length > 0;
    return {
      status: found ? (problems.length === 0 ? 'ok' : 'partial') : 'unavailable',
      devices: await withRenderGroups(files, built.devices),
      problems,
      source: [cards.length > 0 ? '/sys' : '', listed === null ? '' : 'xpu-smi']
        .filter((place) => place !== '')
        .join(', '),
      tried: [
        ...(cards.length === 0 ? ['/sys (no Intel card)'] : []),
        `xpu-smi (${result.kind === 'missing' ? 'not installed' : 'lists no GPU'})`,
        ...built.passedOver,
      ],
      sampledAtMs: clock.nowMs(),
    };
  }

  async sample(signal: AbortSignal): Promise<SampleResult> {
    const samples: SampleResult['samples'] = [];
    const problems: DetectionProblem[] = [];
    for (const { device, folder } of this.#known) {
      signal.throwIfAborted();
      const sensors = folder === null ? {} : await this.#sensors.read(folder);
      const tool = await this.#readTool(device, problems, signal);
      samples.push({ uuid: device.id, metrics: metricsOf({ ...sensors, ...known(tool) }) });
    }
    return { samples, problems, sampledAtMs: this.#deps.clock.nowMs() };
  }

  #run(file: string, args: readonly string[], signal: AbortSignal): Promise<CommandResult> {
    return this.#deps.runner.run({ file, args, timeoutMs, outputBytesMax }, signal);
  }

  #remember(devices: readonly AgentDevice[], cards: readonly DrmCard[], hasXpu: boolean): void {
    this.#known = devices.map((device) => ({
      device,
      folder: cards.find(({ pciBusId }) => pciBusId === device.pciBusId)?.folder ?? null,
    }));
    // intel_gpu_top shows one card, and which of several can't be told from its lines.
    this.#telemetry = hasXpu ? 'xpu-smi' : devices.length === 1 ? 'intel_gpu_top' : 'none';
  }

  async #readTool(
    device: AgentDevice,
    problems: DetectionProblem[],
    signal: AbortSignal,
  ): Promise<Partial<DeviceMetrics>> {
    if (this.#telemetry === 'none') return {};
    if (this.#telemetry === 'intel_gpu_top') return this.#readGpuTop(problems, signal);
    const result = await this.#run('xpu-smi', ['stats', '-d', String(device.index), '-j'], signal);
    const stats = result.kind === 'exited' ? parseXpuStats(result.stdout) : null;
    if (stats !== null) return metricsOfXpu(stats);
    const problem = explainIntelRun('xpu-smi', result);
    if (problem !== null) problems.push(problem);
    return {};
  }

  /** Takes one line and ends the tool, which has no option to stop by itself in most releases. */
  async #readGpuTop(
    problems: DetectionProblem[],
    signal: AbortSignal,
  ): Promise<Partial<DeviceMetrics>> {
    const tool = { file: 'intel_gpu_top', args: ['-l', '-s', '500'], timeoutMs };
    const { runner } = this.#deps;
    const { reading, result } = await takeFirstReading(runner, tool, createGpuTopReader(), signal);
    if (reading !== null) return metricsOfGpuTop(reading);
    this.#telemetry = 'none';
    const problem = result === null ? null : explainIntelRun('intel_gpu_top', result);
    if (problem !== null) problems.push(problem);
    return {};
  }
}

function metricsOfGpuTop(sample: GpuTopSample): Partial<DeviceMetrics> {
  return {
    utilizationPercent: measured(sample.utilizationPercent),
    smClockMegahertz: measured(sample.clockMegahertz),
    powerWatts: measured(sample.powerWatts),
  };
}

/** What a tool doesn't know must not hide what the kernel does. */
function known(metrics: Partial<DeviceMetrics>): Partial<DeviceMetrics> {
  return Object.fromEntries(
    Object.entries(metrics).filter(([, metric]) => metric.value !== null),
  ) as Partial<DeviceMetrics>;
}
