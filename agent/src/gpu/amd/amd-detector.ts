import type { Clock } from '@node3/shared/clock';
import type { CommandRunner } from '../command-runner.ts';
import type { AgentDevice } from '../device.ts';
import type {
  DetectionProblem,
  DetectionResult,
  GpuDetector,
  GpuProcess,
  SampleResult,
} from '../gpu-detector.ts';
import { type HostFiles, readNumber } from '../host-files.ts';
import { readDrmCards } from '../read-drm-cards.ts';
import { findSlotDevice } from '../read-pcie-link.ts';
import { withRenderGroups } from '../render-groups.ts';
import type { DeviceSample } from '../telemetry.ts';
import { buildAmdDevices, deviceId } from './amd-devices.ts';
import { sampleByTool } from './amd-samples.ts';
import { sampleFolder } from './amd-telemetry.ts';
import { type AmdAnswer, askAmdTools, readAmdProcesses } from './amd-tool.ts';
import {
  type AmdFacts,
  factsOfDrmCard,
  factsOfNode,
  mergeAmdCards,
  uniqueIdOf,
} from './merge-amd-cards.ts';
import { parseAmdgpuIds } from './parse-amdgpu-ids.ts';
import { readKfdNodes } from './read-kfd.ts';

const vendorId = '1002';
const namesFile = '/usr/share/libdrm/amdgpu.ids';

export interface AmdDetectorDeps {
  runner: CommandRunner;
  files: HostFiles;
  clock: Clock;
}

interface KnownCard {
  uuid: string;
  /** The number AMD's tools know it by; `null` where none has answered. */
  index: number | null;
  folder: string | null;
  /** Where its PCIe link stands. */
  slotFolder: string;
}

/** AMD devices from the kernel's own files, and from AMD's tools where those are silent. */
export class AmdDetector implements GpuDetector {
  readonly vendor = 'amd';
  readonly #deps: AmdDetectorDeps;
  #known: KnownCard[] = [];
  #tool: AmdAnswer['tool'] = null;

  constructor(deps: AmdDetectorDeps) {
    this.#deps = deps;
  }

  async detect(signal: AbortSignal): Promise<DetectionResult> {
    const { files, runner } = this.#deps;
    const nodes = (await readKfdNodes(files)).map(factsOfNode);
    const cards = await this.#readCards();
    // Without /sys (WSL, some containers) only the tools can tell.
    const askTools =
      nodes.length + cards.length > 0 ||
      !(await files.list('/sys/class/drm')).some((name) => /^card\d+$/.test(name));
    const answer = askTools ? await askAmdTools(runner, signal) : silent;
    signal.throwIfAborted();
    const merged = mergeAmdCards(nodes, cards, answer.cards);
    const built = buildAmdDevices(merged, await this.#readNames(), await this.#readDriver());
    await this.#remember(merged, built.devices, answer.tool);
    const problems = [...answer.problems, ...built.problems];
    return {
      status: statusOf(merged.length, built.devices, problems),
      devices: await withRenderGroups(files, built.devices),
      problems,
      source: [nodes.length > 0 ? 'KFD' : '', cards.length > 0 ? '/sys' : '', answer.tool ?? '']
        .filter((place) => place !== '')
        .join(', '),
      tried: ['/sys (no AMD card)', ...answer.tried, ...built.passedOver].slice(
        merged.length > 0 ? 1 : 0,
      ),
      sampledAtMs: this.#deps.clock.nowMs(),
    };
  }

  async sample(signal: AbortSignal): Promise<SampleResult> {
    const { clock, files } = this.#deps;
    const samples: DeviceSample[] = [];
    for (const { folder, slotFolder, uuid } of this.#known) {
      signal.throwIfAborted();
      const sample =
        folder === null ? null : await sampleFolder(files, { folder, slotFolder, uuid });
      if (sample !== null) samples.push(sample);
    }
    const problems = samples.length > 0 ? [] : await this.#sampleByTool(samples, signal);
    return { samples, problems, sampledAtMs: clock.nowMs() };
  }

  async holders(deviceId: string, signal: AbortSignal): Promise<number[]> {
    const index = this.#known.find(({ uuid }) => uuid === deviceId)?.index ?? null;
    if (index === null || this.#tool !== 'amd-smi') return [];
    const answer = await readAmdProcesses(this.#deps.runner, signal);
    if (answer.kind !== 'read') return [];
    return answer.value.filter(({ gpu }) => gpu === index).map(({ pid }) => pid);
  }

  async processes(signal: AbortSignal): Promise<GpuProcess[] | null> {
    if (this.#tool !== 'amd-smi') return null;
    const answer = await readAmdProcesses(this.#deps.runner, signal);
    if (answer.kind !== 'read') return null;
    return answer.value.flatMap(({ gpu, memoryBytes, name, pid }) => {
      const deviceId = this.#known.find(({ index }) => index === gpu)?.uuid;
      if (deviceId === undefined) return [];
      return [{ deviceId, pid, name, memoryBytes }];
    });
  }

  async #readCards(): Promise<AmdFacts[]> {
    const { files } = this.#deps;
    const facts: AmdFacts[] = [];
    for (const card of await readDrmCards(files, vendorId)) {
      facts.push(
        factsOfDrmCard(card, {
          uniqueId: uniqueIdOf(await files.read(`${card.folder}/unique_id`), 'hex'),
          name: (await files.read(`${card.folder}/product_name`)) || null,
          memoryBytes: await readNumber(files, `${card.folder}/mem_info_vram_total`),
        }),
      );
    }
    return facts;
  }

  async #readNames(): Promise<Map<string, string>> {
    return parseAmdgpuIds((await this.#deps.files.read(namesFile)) ?? '');
  }

  /** The driver package's version; a driver of the kernel itself has the kernel's. */
  async #readDriver(): Promise<string | null> {
    const { files } = this.#deps;
    const packaged = await files.read('/sys/module/amdgpu/version');
    return packaged ?? (await files.read('/proc/sys/kernel/osrelease'));
  }

  async #remember(
    cards: readonly AmdFacts[],
    devices: readonly AgentDevice[],
    tool: AmdAnswer['tool'],
  ): Promise<void> {
    const ids = new Set(devices.map(({ id }) => id));
    const known: KnownCard[] = [];
    for (const card of cards.filter((one) => ids.has(deviceId(one)))) {
      known.push({
        uuid: deviceId(card),
        index: card.toolIndex ?? null,
        folder: card.folder ?? null,
        slotFolder: await findSlotDevice(this.#deps.files, card.pciBusId ?? ''),
      });
    }
    this.#tool = tool;
    this.#known = known;
  }

  async #sampleByTool(samples: DeviceSample[], signal: AbortSignal): Promise<DetectionProblem[]> {
    if (this.#known.length === 0 || this.#tool === null) return [];
    const answer = await sampleByTool(this.#deps.runner, this.#tool, signal);
    if (answer.kind !== 'read') return answer.kind === 'failed' ? [answer.problem] : [];
    for (const { index, sampleAs } of answer.value) {
      const uuid = this.#known.find((card) => card.index === index)?.uuid;
      if (uuid !== undefined) samples.push(sampleAs(uuid));
    }
    return [];
  }
}

const silent: AmdAnswer = { tool: null, cards: [], problems: [], tried: [] };

/** A tool that complains where there is no card is no fault: the tool is simply installed. */
function statusOf(
  cards: number,
  devices: readonly AgentDevice[],
  problems: readonly DetectionProblem[],
): DetectionResult['status'] {
  const broken = problems.some(
    ({ code }) => code.startsWith('tool-') || code.startsWith('output-'),
  );
  if (cards === 0) return broken ? 'error' : 'unavailable';
  if (problems.length === 0) return devices.length === 0 ? 'unavailable' : 'ok';
  return devices.length === 0 ? 'error' : 'partial';
}
