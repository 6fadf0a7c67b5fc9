import { freemem } from 'node:os';
import { type CommandRunner, createCommandRunner } from '../gpu/command-runner.ts';

const runMsMax = 1_000;
const outputBytesMax = 16_384;

export interface MemoryQuestion {
  platform?: NodeJS.Platform;
  runner?: CommandRunner;
}

/**
 * Bytes that programs could have at once without anything being swapped out. macOS calls almost nothing
 * free, since files stay in memory until it is wanted: `vm_stat` tells what can be had.
 * @returns null where it is not told.
 */
export async function readAvailableMemory({
  platform = process.platform,
  runner = createCommandRunner({ environment: {} }),
}: MemoryQuestion = {}): Promise<number | null> {
  // Linux's MemAvailable, and what Windows calls available.
  if (platform !== 'darwin') return freemem();
  const command = { file: '/usr/bin/vm_stat', args: [], timeoutMs: runMsMax, outputBytesMax };
  const result = await runner.run(command, AbortSignal.timeout(runMsMax * 2)).catch(() => null);
  return result?.kind === 'exited' && result.exitCode === 0 ? readVmStat(result.stdout) : null;
}

/** @returns bytes of pages that are free, read ahead or not used lately; null where one is missing. */
export function readVmStat(text: string): number | null {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pages = ['free', 'speculative', 'inactive'].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)\\.?$`, 'm').exec(text)?.[1]),
  );
  const bytes = pages.reduce((sum, each) => sum + each, 0) * pageBytes;
  return Number.isSafeInteger(bytes) ? bytes : null;
}
