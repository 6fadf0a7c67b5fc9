import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandRunner } from '../gpu/command-runner.ts';

/** Whether the machine runs on its battery now; null where it does not tell, as without one. */
export type ReadPowerSource = (signal: AbortSignal) => Promise<boolean | null>;

const linuxFolder = '/sys/class/power_supply';

export function createPowerSource(
  runner: CommandRunner,
  platform: NodeJS.Platform,
): ReadPowerSource {
  if (platform === 'darwin') return (signal) => readMac(runner, signal);
  if (platform === 'linux') return () => readLinux(linuxFolder);
  return async () => null;
}

/** A battery that empties decides; a UPS or a mouse with a battery of its own does not. */
export async function readLinux(folder: string): Promise<boolean | null> {
  const names = await readdir(folder).catch(() => []);
  const supplies = await Promise.all(
    names.map(async (name) => {
      const read = async (file: string) =>
        (await readFile(join(folder, name, file), 'utf8').catch(() => '')).trim();
      const [type, scope, status, online] = await Promise.all(
        ['type', 'scope', 'status', 'online'].map(read),
      );
      return { type, scope, status, online };
    }),
  );
  const batteries = supplies.filter(({ type, scope }) => type === 'Battery' && scope !== 'Device');
  if (batteries.length === 0) return null;
  const plugged = supplies.some(({ type, online }) => type !== 'Battery' && online === '1');
  return !plugged && batteries.some(({ status }) => status === 'Discharging');
}

async function readMac(runner: CommandRunner, signal: AbortSignal): Promise<boolean | null> {
  const command = { file: 'pmset', args: ['-g', 'batt'], timeoutMs: 5_000, outputBytesMax: 16_384 };
  const result = await runner.run(command, signal);
  return result.kind === 'exited' ? readPmset(result.stdout) : null;
}

/** `Now drawing from 'Battery Power'`, and else `'AC Power'`. */
export function readPmset(text: string): boolean | null {
  const source = /Now drawing from '([^']+)'/.exec(text)?.[1];
  return source === undefined ? null : source === 'Battery Power';
}
