import type { Clock } from '@node3/shared/clock';
import type { CommandResult, CommandRunner } from '../command-runner.ts';
import type { AgentDevice } from '../device.ts';
import { readNvtop } from '../generic/read-nvtop.ts';
import type {
  DetectionProblem,
  DetectionResult,
  GpuDetector,
  SampleResult,
} from '../gpu-detector.ts';
import type { HostFiles } from '../host-files.ts';
import { type DrmCard, readDrmCards } from '../read-drm-cards.ts';
import { findSlotDevice } from '../read-pcie-link.ts';
import { withRenderGroups } from '../render-groups.ts';
import { type DeviceMetrics, metricsOf } from '../telemetry.ts';
import { buildIntelDevices } from './intel-devices.ts';
import { explainIntelRun } from './intel-failure.ts';
import { IntelSensors, metricsOfXpu } from './intel-telemetry.ts';
import { parseXpuDiscovery, parseXpuStats, type XpuDevice } from './parse-xpu-smi.ts';
import { readGpuTop } from './read-gpu-top.ts';

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
  /** Where its PCIe link stands. */
  slotFolder: string;
}

/** Intel's discrete cards: the kernel's files first, then xpu-smi, intel_gpu_top and nvtop. */
export class IntelDetector implements GpuDetector {
  readonly vendor = 'intel';
  readonly #deps: IntelDetectorDeps;
  readonly #sensors: IntelSensors;
  #known: KnownCard[] = [];
  #telemetry: 'xpu-smi' | 'intel_gpu_top' | 'nvtop' | 'none' = 'none';

  constructor(deps: IntelDetectorDeps) {
    this.#deps = deps;
    this.#sensors = new IntelSensors(deps);
  }

  async detect(signal: AbortSignal): Promise<DetectionResult> {
    const { clock, files } = this.#deps;
    const cards = await readDrmCards(files, vendorId);
    const { listed, result } = await this.#discover(signal);
    const driver = await files.read('/proc/sys/kernel/osrelease');
    const built = buildIntelDevices(cards, listed ?? [], cards.length > 0 ? driver : null);
    const problem = listed === null ? explainIntelRun('xpu-smi', result) : null;
    // A tool of Intel's that finds nothing, where there is nothing, is no fault.
    const problems = problem === null || built.devices.length === 0 ? [] : [problem];
    await this.#remember(built.devices, cards, listed !== null);
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
    for (const { device, folder, slotFolder } of this.#known) {
      signal.throwIfAborted();
      const sensors = folder === null ? {} : await this.#sensors.read(folder, slotFolder);
      const tool = await this.#readTool(device, problems, signal);
      samples.push({ uuid: device.id, metrics: metricsOf({ ...sensors, ...known(tool) }) });
    }
    return { samples, problems, sampledAtMs: this.#deps.clock.nowMs() };
  }

  /** The list lacks the memory of the cards, so each is asked for; the table is for want of JSON. */
  async #discover(
    signal: AbortSignal,
  ): Promise<{ listed: XpuDevice[] | null; result: CommandResult }> {
    const ask = (...args: string[]) => this.#run('xpu-smi', ['discovery', ...args], signal);
    let result = await ask('-j');
    if (result.kind === 'exited' && result.exitCode === 0 && devicesOf(result) === null) {
      result = await ask();
    }
    const listed = devicesOf(result);
    if (listed === null) return { listed, result };
    const complete: XpuDevice[] = [];
    for (const device of listed) {
      const details =
        device.memoryBytes === null
          ? devicesOf(await ask('-d', String(device.index), '-j'))?.at(0)
          : undefined;
      const memoryBytes = details?.memoryBytes ?? device.memoryBytes;
      const driverVersion = details?.driverVersion ?? device.driverVersion;
      complete.push({ ...device, memoryBytes, driverVersion });
    }
    return { listed: complete, result };
  }

  #run(file: string, args: readonly string[], signal: AbortSignal): Promise<CommandResult> {
    return this.#deps.runner.run({ file, args, timeoutMs, outputBytesMax }, signal);
  }

  async #remember(
    devices: readonly AgentDevice[],
    cards: readonly DrmCard[],
    hasXpu: boolean,
  ): Promise<void> {
    const known = devices.map(async (device) => ({
      device,
      folder: cards.find(({ pciBusId }) => pciBusId === device.pciBusId)?.folder ?? null,
      slotFolder: await findSlotDevice(this.#deps.files, device.pciBusId ?? ''),
    }));
    this.#known = await Promise.all(known);
    // intel_gpu_top shows one card, and which of several can't be told from its lines; nvtop the same.
    this.#telemetry = hasXpu ? 'xpu-smi' : devices.length === 1 ? 'intel_gpu_top' : 'none';
  }

  async #readTool(
    device: AgentDevice,
    problems: DetectionProblem[],
    signal: AbortSignal,
  ): Promise<Partial<DeviceMetrics>> {
    if (this.#telemetry === 'none') return {};
    if (this.#telemetry === 'intel_gpu_top') return this.#readGpuTop(problems, signal);
    if (this.#telemetry === 'nvtop') return this.#readNvtop(signal);
    const result = await this.#run('xpu-smi', ['stats', '-d', String(device.index), '-j'], signal);
    const stats = result.kind === 'exited' ? parseXpuStats(result.stdout) : null;
    if (stats !== null) return metricsOfXpu(stats);
    const problem = explainIntelRun('xpu-smi', result);
    if (problem !== null) problems.push(problem);
    return {};
  }

  /** nvtop counts what programs of this user do, without the right that intel_gpu_top asks for. */
  async #readGpuTop(
    problems: DetectionProblem[],
    signal: AbortSignal,
  ): Promise<Partial<DeviceMetrics>> {
    const { runner } = this.#deps;
    const { metrics, problem } = await readGpuTop(runner, signal);
    if (metrics !== null) return metrics;
    if (problem !== null) problems.push(problem);
    this.#telemetry = 'nvtop';
    return this.#readNvtop(signal);
  }

  async #readNvtop(signal: AbortSignal): Promise<Partial<DeviceMetrics>> {
    const metrics = await readNvtop(this.#deps.runner, /intel|\barc\b/i, signal);
    if (metrics === null) this.#telemetry = 'none';
    return metrics ?? {};
  }
}

function devicesOf(result: CommandResult): XpuDevice[] | null {
  return result.kind === 'exited' ? parseXpuDiscovery(result.stdout) : null;
}

/** What a tool doesn't know must not hide what the kernel does. */
function known(metrics: Partial<DeviceMetrics>): Partial<DeviceMetrics> {
  return Object.fromEntries(
    Object.entries(metrics).filter(([, metric]) => metric.value !== null),
  ) as Partial<DeviceMetrics>;
}
