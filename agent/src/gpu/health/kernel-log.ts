import type { CommandResult, CommandRunner } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import type { HostFiles } from '../host-files.ts';
import { createKernelLogReader, type KernelEvent } from './parse-kernel-log.ts';

/** Follows what the kernel says about GPUs. */
export interface KernelLog {
  /** Begins with what was said since the machine started. Does nothing when it runs already. */
  start(onEvent: (event: KernelEvent) => void): void;
  /** Why it can't be read, or `null`. */
  problem(): DetectionProblem | null;
  stop(): Promise<void>;
}

/** A kernel is silent for days, so only its first line is waited for. */
const silenceMsMax = 2_147_483_647;
const firstLineMsMax = 10_000;
const lineBytesMax = 65_536;

const readers = [
  {
    file: 'journalctl',
    args: ['--dmesg', '--boot', '--follow', '--lines=all', '--output=cat', '--no-pager'],
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

  constructor(deps: KernelLogDeps) {
    this.#deps = deps;
  }

  start(onEvent: (event: KernelEvent) => void): void {
    this.#running ??= this.#follow(onEvent).catch(() => undefined);
  }

  problem(): DetectionProblem | null {
    return this.#problem;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #follow(onEvent: (event: KernelEvent) => void): Promise<void> {
    const { files } = this.#deps;
    // The kernel of WSL is not the one that drives the card.
    if (/microsoft/i.test((await files.read('/proc/sys/kernel/osrelease')) ?? '')) return;
    for (const reader of readers) {
      const read = createKernelLogReader();
      const onLine = (line: string) => {
        const event = read(line);
        if (event !== null) onEvent(event);
      };
      await this.#run(reader, onLine);
    }
    this.#problem = unreadable;
  }

  #run(reader: (typeof readers)[number], onLine: (line: string) => void): Promise<CommandResult> {
    const stream = { onLine, silenceMsMax };
    const limits = { timeoutMs: firstLineMsMax, outputBytesMax: lineBytesMax };
    return this.#deps.runner.run({ ...reader, ...limits, stream }, this.#abort.signal);
  }
}

const unreadable: DetectionProblem = {
  code: 'kernel-log-unreadable',
  sentence: 'The agent cannot read the log of the kernel, where GPU faults are reported first.',
  fix: 'Add the user of the agent to the group: "sudo usermod -aG systemd-journal <user>", then restart it.',
};
