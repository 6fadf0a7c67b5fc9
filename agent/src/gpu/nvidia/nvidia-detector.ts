import type { Clock } from '@node3/shared/clock';
import { bytesOfMebibytes } from '../byte-size.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { AgentDevice } from '../device.ts';
import type {
  DetectionProblem,
  DetectionResult,
  GpuDetector,
  GpuProcess,
  SampleResult,
} from '../gpu-detector.ts';
import type { DeviceSample } from '../telemetry.ts';
import { identityFields, joinCards, type NvidiaCard } from './nvidia-cards.ts';
import { buildDevices } from './nvidia-devices.ts';
import { sampleOfRow, sampleOfSlice, telemetryFields, withPcie } from './nvidia-telemetry.ts';
import type { ComputeApp } from './parse-compute-apps.ts';
import { type ListedGpu, parseSmiList } from './parse-smi-list.ts';
import type { SmiFailure } from './smi-failure.ts';
import { readReport, type SmiPcie, unknownPcie } from './smi-report.ts';
import { SmiStream } from './smi-stream.ts';
import { listApps, listSmi, querySmi, readSmiReport } from './smi-tool.ts';
import { isTegra, withTegraStats } from './tegra-telemetry.ts';

const source = 'nvidia-smi';

export interface NvidiaDetectorDeps {
  runner: CommandRunner;
  clock: Clock;
  /** `query` starts a process for each reading, for programs that read once. */
  telemetry?: 'stream' | 'query';
}

/** NVIDIA devices through `nvidia-smi`, on Linux, Windows and WSL. */
export class NvidiaDetector implements GpuDetector {
  readonly vendor = 'nvidia';
  readonly #deps: NvidiaDetectorDeps;
  /** Fields this driver refused; asked again at each detection, since drivers get updated. */
  readonly #unsupportedFields = new Set<string>();
  /** Slices of the last detection by card: telemetry names only cards. */
  readonly #sliceIds = new Map<string, string[]>();
  /** The PCIe link of each card, as of the last detection: no query tells all of it. */
  #pcie: ReadonlyMap<string, SmiPcie> = new Map();
  readonly #stream: SmiStream | null;
  #isTegra = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: NvidiaDetectorDeps) {
    this.#deps = deps;
    this.#stream = deps.telemetry === 'query' ? null : new SmiStream(deps);
  }

  detect(signal: AbortSignal): Promise<DetectionResult> {
    return this.#alone(async () => {
      await this.#stream?.close();
      return this.#detect(signal);
    });
  }

  sample(signal: AbortSignal): Promise<SampleResult> {
    return this.#alone(() => this.#sample(signal));
  }

  /** A slice's programs are listed under its card. */
  holders(deviceId: string, signal: AbortSignal): Promise<number[]> {
    return this.#alone(async () => {
      await this.#stream?.close();
      const apps = (await listApps(this.#deps.runner, 'unnamed', signal)) ?? [];
      return apps.filter(({ gpuUuid }) => gpuUuid === deviceId).map(({ pid }) => pid);
    });
  }

  /** Of whole cards: the tool does not say which slice a program has. */
  processes(signal: AbortSignal): Promise<GpuProcess[] | null> {
    return this.#alone(async () => {
      await this.#stream?.close();
      return (await listApps(this.#deps.runner, 'named', signal))?.flatMap(toProcess) ?? null;
    });
  }

  async close(): Promise<void> {
    await this.#stream?.close();
  }

  /** Never two calls of nvidia-smi at once: that has hung cards. */
  #alone<Result>(call: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(call);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #detect(signal: AbortSignal): Promise<DetectionResult> {
    const { runner, clock } = this.#deps;
    this.#unsupportedFields.clear();
    const report = await readSmiReport(runner, signal);
    if (!report.ok && report.failure.problem.code !== 'output-unreadable') {
      return this.#failed(report.failure);
    }
    const rows = await querySmi(runner, identityFields, this.#unsupportedFields, signal);
    if (!report.ok && !rows.ok) return this.#failed(rows.failure);
    const problems = [report, rows].flatMap(problemsOf);
    const joined = joinCards(
      report.ok ? readReport(report.value) : null,
      rows.ok ? rows.value : [],
    );
    if (joined.cards.length === 0 && !rows.ok) return this.#failed(rows.failure);
    const listed = await this.#listSlices(joined.cards, problems, signal);
    const built = buildDevices(joined.cards, listed);
    this.#rememberSlices(built.devices);
    this.#pcie = new Map(joined.cards.map(({ pcie, uuid }) => [uuid, pcie]));
    this.#isTegra = built.devices.some(({ model }) => isTegra(model));
    problems.push(...joined.problems, ...built.problems);
    return {
      status: problems.length === 0 ? 'ok' : 'partial',
      devices: built.devices,
      problems,
      source,
      sampledAtMs: clock.nowMs(),
    };
  }

  async #sample(signal: AbortSignal): Promise<SampleResult> {
    const { runner, clock } = this.#deps;
    if (this.#stream !== null && this.#stream.state() !== 'down') {
      const samples = this.#withSlices(this.#stream.samples());
      return { samples, problems: this.#stream.problems(), sampledAtMs: clock.nowMs() };
    }
    const rows = await querySmi(runner, telemetryFields, this.#unsupportedFields, signal);
    const sampledAtMs = clock.nowMs();
    if (!rows.ok) return { samples: [], problems: [rows.failure.problem], sampledAtMs };
    const cards = rows.value.flatMap((row) => sampleOfRow(row) ?? []);
    if (this.#isTegra) {
      // One GPU, and nothing of it is worth a stream of nvidia-smi.
      const samples = cards.map((card) => withTegraStats(card, runner, signal));
      return { samples: await Promise.all(samples), problems: rows.problems, sampledAtMs };
    }
    this.#stream?.start();
    return { samples: this.#withSlices(cards), problems: rows.problems, sampledAtMs };
  }

  #withSlices(cards: readonly DeviceSample[]): DeviceSample[] {
    return cards.flatMap((row) => {
      const pcie = this.#pcie.get(row.uuid) ?? unknownPcie;
      const card = withPcie(row, pcie, this.#stream === null ? 'just-made' : 'older');
      const slices = this.#sliceIds.get(card.uuid) ?? [];
      return [card, ...slices.map((id) => sampleOfSlice(card, id))];
    });
  }

  async #listSlices(
    cards: readonly NvidiaCard[],
    problems: DetectionProblem[],
    signal: AbortSignal,
  ): Promise<ListedGpu[]> {
    if (!cards.some((card) => card.migEnabled)) return [];
    const list = await listSmi(this.#deps.runner, signal);
    if (list.ok) return parseSmiList(list.value);
    problems.push(list.failure.problem);
    return [];
  }

  #rememberSlices(devices: readonly AgentDevice[]): void {
    this.#sliceIds.clear();
    for (const { id, parentId } of devices) {
      if (parentId === null) continue;
      this.#sliceIds.set(parentId, [...(this.#sliceIds.get(parentId) ?? []), id]);
    }
  }

  #failed(failure: SmiFailure): DetectionResult {
    this.#sliceIds.clear();
    return {
      status: failure.status,
      devices: [],
      problems: [failure.problem],
      source,
      tried: [`nvidia-smi (${triedAs(failure.problem.code)})`],
      sampledAtMs: this.#deps.clock.nowMs(),
    };
  }
}

function toProcess({ gpuUuid, memoryMib, name, pid }: ComputeApp): GpuProcess[] {
  if (gpuUuid === null) return [];
  return [{ deviceId: gpuUuid, pid, name, memoryBytes: bytesOfMebibytes(memoryMib) }];
}

function triedAs(code: string): string {
  if (code === 'tool-missing') return 'not installed';
  return code === 'no-devices' ? 'lists no GPU' : code.replaceAll('-', ' ');
}

type Outcome = { ok: true; problems: DetectionProblem[] } | { ok: false; failure: SmiFailure };

function problemsOf(outcome: Outcome): DetectionProblem[] {
  return outcome.ok ? outcome.problems : [outcome.failure.problem];
}
