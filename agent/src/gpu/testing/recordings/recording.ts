import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandResult } from '../../command-runner.ts';
import { normalisePciAddress } from '../../pci-address.ts';

/** One entry of the recordings' `index.json`. */
export interface Recording {
  file: string;
  vendor: string;
  tool: string;
  command: string;
  format?: string;
  expected: Facts;
}

export type Facts = Readonly<Record<string, unknown>>;

/** How recordings of one kind are read by production code. */
export interface RecordingReader {
  /** What reads it, for the list of what was run. */
  name: string;
  reads(recording: Recording): boolean;
  read(output: string, recording: Recording): Facts | Promise<Facts>;
}

/** Words of the index for people, and facts about how a recording was made. */
const remarks = new Set([
  'action',
  'mig_devices_from_-L',
  'must_ignore',
  'must_not_crash',
  'must_reject',
  'note',
  'nvml_init_code',
  'platform_hint',
  'power_source',
  'see',
  // Of another recording, the registry's.
  'vram_mib_from_registry',
]);

export function loadRecordings(directory: string): Recording[] {
  const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as {
    fixtures: Recording[];
  };
  return index.fixtures;
}

/** A stored run: what it printed on both streams, and how it ended. */
export function resultOf(output: string): Extract<CommandResult, { kind: 'exited' }> {
  const stored = JSON.parse(output) as Record<string, unknown>;
  return {
    kind: 'exited',
    exitCode: Number(stored['exit_code']),
    stdout: String(stored['stdout']),
    stderr: String(stored['stderr']),
  };
}

export function isRun(recording: Recording): boolean {
  return recording.format?.includes('stdout') ?? false;
}

/** @returns each expected fact that isn't what was read, as one line of text. */
export function findDifferences(expected: unknown, found: unknown, path = ''): string[] {
  if (Array.isArray(expected)) return differencesOfLists(expected, found, path);
  if (typeof expected === 'object' && expected !== null) {
    if (typeof found !== 'object' || found === null) return [`${path}: nothing reads it`];
    return Object.entries(expected).flatMap(([name, value]) =>
      remarks.has(name)
        ? []
        : findDifferences(value, (found as Facts)[name], path === '' ? name : `${path}.${name}`),
    );
  }
  if (found === undefined) return [`${path}: nothing reads it`];
  return isSame(expected, found, path.split('.').at(-1) ?? '')
    ? []
    : [`${path}: expected ${String(expected)}, read ${JSON.stringify(found)}`];
}

function differencesOfLists(expected: unknown[], found: unknown, path: string): string[] {
  if (!Array.isArray(found)) return [`${path}: nothing reads it`];
  // Lists named "first8" and the like are the beginning of what is there.
  const whole = !/first\d+$/.test(path) && expected.length !== found.length;
  const length = whole ? [`${path}: ${expected.length} expected, ${found.length} read`] : [];
  return [
    ...length,
    ...expected.flatMap((value, at) => findDifferences(value, found[at], `${path}.${at}`)),
  ];
}

/** The index has addresses as printed, and texts that it cut at forty characters. */
function isSame(expected: unknown, found: unknown, name: string): boolean {
  if (Object.is(expected, found)) return true;
  if (typeof expected !== 'string' || typeof found !== 'string') return false;
  if (['bdf', 'id', 'pci'].includes(name)) {
    return (normalisePciAddress(expected) ?? expected) === (normalisePciAddress(found) ?? found);
  }
  return expected.length === 40 && found.startsWith(expected);
}
