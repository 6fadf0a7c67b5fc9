import type { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { compileFilter, type FilterTarget, type SeccompProfile } from './compile-filter.ts';
import { readSeccompProfile } from './seccomp-profile.ts';

type Architecture = 'x86-64' | 'arm64';

/** linux/audit.h */
const auditNumbers = { 'x86-64': 0xc000_003e, arm64: 0xc000_00b7 };
const architectures: Partial<Record<NodeJS.Architecture, Architecture>> = {
  x64: 'x86-64',
  arm64: 'arm64',
};

/**
 * Our system call allow-list as this machine's kernel takes it, without an engine's help.
 * @returns null for an architecture whose calls the list does not know.
 */
export function buildMachineFilter(): Buffer | null {
  const architecture = architectures[process.arch];
  if (process.platform !== 'linux' || architecture === undefined) return null;
  const profile = JSON.parse(readSeccompProfile()) as SeccompProfile;
  return compileFilter(profile, filterTarget(architecture));
}

/** The numbers of the calls are those of asm/unistd_64.h and asm-generic/unistd.h, Linux 6.1 to 6.15. */
export function filterTarget(architecture: Architecture): FilterTarget {
  const text = readFileSync(new URL('./system-call-numbers.json', import.meta.url), 'utf8');
  const numbers = JSON.parse(text) as Record<Architecture, Record<string, number>>;
  return { audit: auditNumbers[architecture], numbers: numbers[architecture] };
}
