import type { Clock } from '@node3/shared/clock';
import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { CommandResult, CommandRunner } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import type { DeviceSample } from '../telemetry.ts';
import { sampleOfRow, telemetryFields } from './nvidia-telemetry.ts';
import { parseSmiRows } from './parse-smi-rows.ts';
import { explainNotice, explainResult, unsupportedField } from './smi-failure.ts';

const intervalMs = 1_000;
/** Without persistence mode the first answer initialises each card, seconds on large machines. */
const firstLineMsMax = 20_000;
const silenceMsMax = 5_000;
const lineBytesMax = 65_536;
const restartMsMin = 1_000;
const restartMsMax = 60_000;

export interface SmiStreamDeps {
  runner: CommandRunner;
  clock: Clock;
}

interface Latest {
  sample: DeviceSample;
  takenAtMs: number;
}

/**
 * One `nvidia-smi --loop-ms` that goes on measuring, instead of a process for each reading. It is
 * begun again after an end or a silence, each time after a longer pause.
 */
export class SmiStream {
  readonly #deps: SmiStreamDeps;
  readonly #unsupported = new Set<string>();
  readonly #latest = new Map<string, Latest>();
  #problem: DetectionProblem | null = null;
  #run: { abort: AbortController; ended: Promise<void> } | null = null;
  #restartAtMs = 0;
  #restartMs = restartMsMin;

  constructor(deps: SmiStreamDeps) {
    this.#deps = deps;
  }

  /**
   * `down`: it doesn't run, so nothing hinders another call of the tool. `waiting`: it runs and has
   * not answered yet. `measuring`: `samples` has the newest of each card.
   */
  state(): 'down' | 'waiting' | 'measuring' {
    if (this.#run === null) return 'down';
    return this.#latest.size === 0 ? 'waiting' : 'measuring';
  }

  /** Begins, unless it runs or has just ended. */
  start(): void {
    if (this.#run === null && this.#deps.clock.monotonicMs() >= this.#restartAtMs) this.#begin();
  }

  samples(): DeviceSample[] {
    const nowMs = this.#deps.clock.monotonicMs();
    return [...this.#latest.values()].map(({ sample, takenAtMs }) => ({
      ...sample,
      ageMs: Math.max(0, nowMs - takenAtMs),
    }));
  }

  problems(): DetectionProblem[] {
    return this.#problem === null ? [] : [this.#problem];
  }

  /** Resolves when the tool has ended, or has been given up. */
  async close(): Promise<void> {
    const run = this.#run;
    run?.abort.abort();
    await run?.ended;
    this.#restartAtMs = 0;
    this.#latest.clear();
    this.#unsupported.clear();
  }

  #begin(): void {
    const abort = new AbortController();
    const fields = telemetryFields.filter((field) => !this.#unsupported.has(field));
    const command = {
      file: 'nvidia-smi',
      args: [
        `--query-gpu=${fields.join(',')}`,
        '--format=csv,noheader,nounits',
        `--loop-ms=${intervalMs}`,
      ],
      timeoutMs: firstLineMsMax,
      outputBytesMax: lineBytesMax,
      stream: { silenceMsMax, onLine: (line: string) => this.#take(line, fields) },
    };
    const ended = this.#deps.runner
      .run(command, abort.signal)
      .then((result) => this.#ended(result, fields))
      .catch(() => undefined)
      .finally(() => {
        this.#run = null;
      });
    this.#latest.clear();
    this.#run = { abort, ended };
  }

  #take(line: string, fields: readonly string[]): void {
    const { rows, notices } = parseSmiRows(line, fields);
    for (const notice of notices) this.#problem = explainNotice(notice) ?? this.#problem;
    for (const row of rows) {
      const sample = sampleOfRow(row);
      if (sample === null) continue;
      this.#latest.set(sample.uuid, { sample, takenAtMs: this.#deps.clock.monotonicMs() });
      this.#restartMs = restartMsMin;
      if (this.#problem?.code !== 'gpu-handle-error') this.#problem = null;
    }
  }

  #ended(result: CommandResult, fields: readonly string[]): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const unknown = unsupportedField(result);
    if (unknown !== null && fields.includes(unknown) && fields.length > 1) {
      this.#unsupported.add(unknown);
      this.#restartAtMs = nowMs;
      return;
    }
    this.#problem = explainResult(result)?.problem ?? streamEnded;
    this.#restartAtMs = nowMs + this.#restartMs;
    this.#restartMs = Math.min(restartMsMax, this.#restartMs * 2);
  }
}

const streamEnded: DetectionProblem = sayGpuProblem('nvidia.tool-ended');
