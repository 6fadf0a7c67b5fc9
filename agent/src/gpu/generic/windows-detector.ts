import type { Clock } from '@node3/shared/clock';
import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { CommandRunner } from '../command-runner.ts';
import type {
  DetectionProblem,
  DetectionResult,
  GpuDetector,
  SampleResult,
} from '../gpu-detector.ts';
import {
  parseRegistryMemory,
  parseWindowsAdapters,
  type WindowsAdapter,
} from './parse-windows-adapters.ts';

const adapters =
  'Get-CimInstance Win32_VideoController | Select Name,DriverVersion,PNPDeviceID | ConvertTo-Json';
const memory =
  "Get-ItemProperty 'HKLM:\\SYSTEM\\ControlSet001\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\*' -ErrorAction SilentlyContinue | " +
  'Select MatchingDeviceId,HardwareInformation.qwMemorySize | ConvertTo-Json';

export interface WindowsDetectorDeps {
  runner: CommandRunner;
  clock: Clock;
}

/** What Windows says is built in. Containers there reach only NVIDIA's cards. */
export class WindowsDetector implements GpuDetector {
  readonly vendor = 'generic';
  readonly #deps: WindowsDetectorDeps;

  constructor(deps: WindowsDetectorDeps) {
    this.#deps = deps;
  }

  async detect(signal: AbortSignal): Promise<DetectionResult> {
    const cards = parseWindowsAdapters(await this.#ask(adapters, signal));
    const strange = cards.filter((card) => !card.integrated && !isNvidia(card));
    const sizes =
      strange.length === 0
        ? new Map<string, number>()
        : parseRegistryMemory(await this.#ask(memory, signal));
    return {
      status: 'unavailable',
      devices: [],
      problems: strange.map((card) => notSupported(card, sizes)),
      source: 'Windows',
      tried: [`Windows (${cards.map(({ name }) => name).join(', ') || 'no graphics card'})`],
      present: cards.filter(isNvidia).map(({ name, pciModel }) => ({
        pciBusId: null,
        pciModel: pciModel ?? '10de',
        name,
        driver: null,
      })),
      sampledAtMs: this.#deps.clock.nowMs(),
    };
  }

  async sample(): Promise<SampleResult> {
    return { samples: [], problems: [], sampledAtMs: this.#deps.clock.nowMs() };
  }

  async #ask(script: string, signal: AbortSignal): Promise<string> {
    const args = ['-NoProfile', '-NonInteractive', '-Command', script];
    const command = { file: 'powershell', args, timeoutMs: 20_000, outputBytesMax: 1_048_576 };
    const result = await this.#deps.runner.run(command, signal);
    return result.kind === 'exited' ? result.stdout : '';
  }
}

function isNvidia({ name, pciModel }: WindowsAdapter): boolean {
  return pciModel === null ? /NVIDIA|GeForce|Quadro/i.test(name) : pciModel.startsWith('10de:');
}

function notSupported(
  { name, pciModel }: WindowsAdapter,
  sizes: ReadonlyMap<string, number>,
): DetectionProblem {
  const bytes = sizes.get((pciModel ?? '').split(':').slice(0, 2).join(':'));
  const size = bytes === undefined ? '' : ` (${(bytes / 1024 ** 3).toFixed(1)} GiB)`;
  return sayGpuProblem('windows.gpu-not-supported', { model: `${name}${size}` });
}
