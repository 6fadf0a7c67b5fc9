import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { CommandResult, CommandRunner } from '../command-runner.ts';
import { takeFirstReading } from '../first-reading.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import type { HostFiles } from '../host-files.ts';
import { createKernelLogReader, type KernelEvent, readLineTime } from './parse-kernel-log.ts';

/** Follows what the kernel says about GPUs. */
export interface KernelLog {
  /** Begins with what was said since the machine started. Does nothing when it runs already. */
  start(onEvent: HearKernel): void;
  /** Whether it is heard: `false` also where it is not known yet. */
  isHeard(): boolean;
  /** Why it can't be read, or `null`. */
  problem(): DetectionProblem | null;
  stop(): Promise<void>;
}

/** @param atMs when it was written, since the Unix epoch; `null` where the log does not tell. */
export type HearKernel = (event: KernelEvent, atMs: number | null) => void;

/** A kernel is silent for days, so only its first line is waited for. */
const silenceMsMax = 2_147_483_647;
const firstLineMsMax = 10_000;
const lineBytesMax = 65_536;

const readers = [
  {
    file: 'journalctl',
    args: ['--dmesg', '--boot', '--follow', '--lines=all', '--output=short-unix', '--no-pager'],
  },
  { file: 'dmesg', args: ['--follow'] },
] as const;

export interface KernelLogDeps {
  runner: CommandRunner;
  files: HostFiles;
}

export class SystemKernelLog implements KernelLog {
  readonly #deps: KernelLogDeps;
  readonly #abort = new AbortController();
  #running: Promise<void> | null = null;
  #problem: DetectionProblem | null = null;
  #isHeard = false;

  constructor(deps: KernelLogDeps) {
    this.#deps = deps;
  }

  start(onEvent: HearKernel): void {
    this.#running ??= this.#follow(onEvent).catch(() => undefined);
  }

  isHeard(): boolean {
    return this.#isHeard;
  }

  problem(): DetectionProblem | null {
    return this.#problem;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #follow(onEvent: HearKernel): Promise<void> {
    const { files } = this.#deps;
    if (await isForeignKernel(files)) return;
    const bootedAtMs = await readBootTime(files);
    for (const reader of readers) {
      const read = createKernelLogReader();
      const onLine = (line: string) => {
        if (!this.#isHeard) onEvent({ kind: 'log-begins' }, null);
        this.#isHeard = true;
        const event = read(line);
        if (event !== null) onEvent(event, readLineTime(line, bootedAtMs));
      };
      await this.#run(reader, onLine);
      this.#isHeard = false;
    }
    this.#problem = unreadable;
  }

  #run(reader: (typeof readers)[number], onLine: (line: string) => void): Promise<CommandResult> {
    const stream = { onLine, silenceMsMax };
    const limits = { timeoutMs: firstLineMsMax, outputBytesMax: lineBytesMax };
    return this.#deps.runner.run({ ...reader, ...limits, stream }, this.#abort.signal);
  }
}

/** Whether the log could be followed here. @returns why not, or `null`, as in WSL. */
export async function findKernelLogProblem(
  { files, runner }: KernelLogDeps,
  signal: AbortSignal,
): Promise<DetectionProblem | null> {
  if (await isForeignKernel(files)) return null;
  for (const { args, file } of readers) {
    const tool = { file, args, timeoutMs: firstLineMsMax };
    const { reading } = await takeFirstReading(runner, tool, (line) => line, signal);
    if (reading !== null) return null;
  }
  return unreadable;
}

/** The kernel of WSL is not the one that drives the card. */
async function isForeignKernel(files: HostFiles): Promise<boolean> {
  return /microsoft/i.test((await files.read('/proc/sys/kernel/osrelease')) ?? '');
}

/** `btime 1700000000` is when the machine started, in seconds. */
async function readBootTime(files: HostFiles): Promise<number | null> {
  const seconds = /^btime (\d+)$/m.exec((await files.read('/proc/stat')) ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}

const unreadable: DetectionProblem = sayGpuProblem('kernel-log-unreadable');
