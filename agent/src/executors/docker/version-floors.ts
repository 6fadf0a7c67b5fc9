import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The first versions of each line in which a container can't reach its host by races about masked
 * paths and the console (CVE-2025-31133, CVE-2025-52565, CVE-2025-52881).
 */
const runcFloors: readonly (readonly [number, number, number])[] = [
  [1, 2, 8],
  [1, 3, 3],
  [1, 4, 0],
];

/** The first one whose hooks load nothing that an image names (CVE-2025-23266, CVE-2025-23267). */
const toolkitFloor = [1, 17, 8] as const;

type Version = readonly [number, number, number];

/** @returns null for what is no version. */
function readVersion(text: string): Version | null {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function isBelow(version: Version, floor: Version): boolean {
  const index = version.findIndex((part, position) => part !== floor[position]);
  return index >= 0 && (version[index] ?? 0) < (floor[index] ?? 0);
}

/** @returns a sentence, or null when the version is new enough. */
export function findRuncWeakness(text: string | null): string | null {
  const version = readVersion(text ?? '');
  if (text === null || version === null) return 'The version of runc is not known.';
  const line = runcFloors.find(([major, minor]) => major === version[0] && minor === version[1]);
  const isOld = isBelow(version, line ?? runcFloors[0] ?? version);
  if (!isOld) return null;
  return `runc ${text} has known ways out of a container: update it to 1.2.8, 1.3.3 or newer.`;
}

/** @returns a sentence, or null when the version is new enough. */
export function findToolkitWeakness(text: string | null): string | null {
  const version = readVersion(text ?? '');
  if (version === null) {
    return 'The version of the NVIDIA Container Toolkit is not known: is nvidia-ctk installed?';
  }
  if (!isBelow(version, toolkitFloor)) return null;
  return `NVIDIA Container Toolkit ${text} lets an image run code as root (CVE-2025-23266): update it to ${toolkitFloor.join('.')} or newer.`;
}

const toolkitProgram = '/usr/bin/nvidia-ctk';
const answerMs = 5_000;

/** @returns such as `1.17.8`; null where the toolkit does not say. */
export async function readToolkitVersion(program = toolkitProgram): Promise<string | null> {
  if (!existsSync(program)) return null;
  try {
    const { stdout } = await run(program, ['--version'], { timeout: answerMs, env: {} });
    return /version (\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}
