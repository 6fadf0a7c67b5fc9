import type { CommandResult, CommandRunner } from './command-runner.ts';

const outputBytesMax = 65_536;

interface FirstReading<Reading> {
  /** `null` when the tool ended without one; `result` then says how. */
  reading: Reading | null;
  result: CommandResult | null;
}

/**
 * Runs a tool that would stream for ever until it has printed one reading, then ends it.
 * @throws only the reason of `signal`.
 */
export async function takeFirstReading<Reading>(
  runner: CommandRunner,
  tool: { file: string; args: readonly string[]; timeoutMs: number },
  read: (line: string) => Reading | null,
  signal: AbortSignal,
): Promise<FirstReading<Reading>> {
  const enough = new AbortController();
  const taken: Reading[] = [];
  const onLine = (line: string) => {
    const reading = read(line);
    if (reading === null) return;
    taken.push(reading);
    enough.abort();
  };
  const command = { ...tool, outputBytesMax, stream: { onLine, silenceMsMax: tool.timeoutMs } };
  const either = AbortSignal.any([signal, enough.signal]);
  const result = await runner.run(command, either).catch(() => null);
  signal.throwIfAborted();
  return { reading: taken[0] ?? null, result };
}
