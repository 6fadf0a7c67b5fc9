import type { Clock } from '@node3/shared/clock';
import type { CommandRunner } from '../command-runner.ts';
import type { DetectionResult, GpuDetector, PciCard, SampleResult } from '../gpu-detector.ts';
import type { HostFiles } from '../host-files.ts';
import { isGpuClass, parseLspci } from './parse-lspci.ts';
import { type GraphicsAdapter, readAdapters } from './read-adapters.ts';

const devicesFolder = '/sys/bus/pci/devices';

export interface PciDetectorDeps {
  runner: CommandRunner;
  files: HostFiles;
  clock: Clock;
}

/**
 * What is on the PCI bus, with a driver or without. It offers nothing itself: the cards it sees
 * are held against what the vendors' own detectors found.
 */
export class PciDetector implements GpuDetector {
  readonly vendor = 'generic';
  readonly #deps: PciDetectorDeps;

  constructor(deps: PciDetectorDeps) {
    this.#deps = deps;
  }

  async detect(signal: AbortSignal): Promise<DetectionResult> {
    const seen = await this.#readBus();
    // Names are only in the list of lspci, which reads the same files.
    const named = seen?.length === 0 ? [] : await this.#readLspci(signal);
    const known = (seen ?? named).map((card) => ({
      ...card,
      name: named.find(({ pciBusId }) => pciBusId === card.pciBusId)?.name ?? null,
    }));
    const noBus = seen === null && named.length === 0;
    const listed = noBus ? await readAdapters(this.#deps.runner, signal) : null;
    const present = [...known, ...(listed?.adapters ?? []).flatMap(cardOfAdapter)];
    return {
      status: 'unavailable',
      devices: [],
      problems: [],
      source: 'PCI bus',
      tried: [
        `PCI bus (${wordsOf(known)})`,
        ...(listed === null ? [] : [`${listed.source} (${adapterWords(listed.adapters)})`]),
      ],
      present,
      sampledAtMs: this.#deps.clock.nowMs(),
    };
  }

  async sample(): Promise<SampleResult> {
    return { samples: [], problems: [], sampledAtMs: this.#deps.clock.nowMs() };
  }

  /** @returns `null` where the bus can't be read. */
  async #readBus(): Promise<PciCard[] | null> {
    const { files } = this.#deps;
    const addresses = await files.list(devicesFolder);
    if (addresses.length === 0) return null;
    const cards: PciCard[] = [];
    for (const pciBusId of addresses) {
      const folder = `${devicesFolder}/${pciBusId}`;
      const id = async (name: string) => ((await files.read(`${folder}/${name}`)) ?? '').slice(2);
      const classId = (await id('class')).slice(0, 4);
      if (!isGpuClass(classId, `${await id('vendor')}:`)) continue;
      const pciModel = [await id('vendor'), await id('device'), await id('revision')].join(':');
      const driver = (await files.link(`${folder}/driver`))?.split('/').at(-1) ?? null;
      cards.push({ pciBusId, pciModel, name: null, driver });
    }
    return cards;
  }

  async #readLspci(signal: AbortSignal): Promise<PciCard[]> {
    const command = { file: 'lspci', args: ['-Dnn'], timeoutMs: 5_000, outputBytesMax: 1_048_576 };
    const result = await this.#deps.runner.run(command, signal);
    if (result.kind !== 'exited') return [];
    return parseLspci(result.stdout).map(({ pciBusId, pciModel, name }) => ({
      pciBusId,
      pciModel,
      name,
      driver: null,
    }));
  }
}

/** What Vulkan and OpenCL list has its maker's driver; of AMD and Intel their detectors tell. */
function cardOfAdapter({ kind, name, pciModel }: GraphicsAdapter): PciCard[] {
  const isNvidia = kind === 'gpu' && pciModel?.slice(0, 4) === '10de';
  return isNvidia ? [{ pciBusId: null, pciModel, name, driver: 'nvidia' }] : [];
}

function adapterWords(adapters: readonly GraphicsAdapter[]): string {
  return adapters
    .map(({ kind, name }) => (kind === 'gpu' ? name : `${name} is software`))
    .join(', ');
}

function wordsOf(cards: readonly PciCard[]): string {
  if (cards.length === 0) return 'no graphics or compute card';
  return cards.map(({ name, pciModel }) => name ?? pciModel).join(', ');
}
