import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { loadOfMachine } from './machine-counters.ts';

/** One measured thing: what it must reach, and whether it did. */
export interface Measurement {
  name: string;
  /** null: it was not measured, and `note` says why. */
  value: number | null;
  unit: string;
  /** In words, such as `≤ 1500`. */
  target: string;
  /** null where nothing was measured. */
  passed: boolean | null;
  /** The same thing done by a bare client in the same run, where there is one. */
  reference?: number;
  /** What a reader needs beside the value. */
  note?: string;
  /** More figures, kept in the file. */
  [detail: string]: unknown;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.max(0, middle - 1)], sorted[middle]];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** Prints a line per measurement, keeps them as JSON when asked. @returns the exit code. */
export function report(
  names: readonly string[],
  measurements: readonly Measurement[],
  output: string | null,
): number {
  for (const measurement of measurements) process.stdout.write(`${lineOf(measurement)}\n`);
  if (output !== null) {
    const machine = { cpus: cpus().length, node: process.version, load: loadOfMachine() };
    const document = { bench: names, at: new Date().toISOString(), machine, measurements };
    writeFileSync(output, `${JSON.stringify(document, null, 2)}\n`);
  }
  return measurements.every(({ passed }) => passed !== false) ? 0 : 1;
}

function lineOf({ name, value, unit, target, passed, reference, note }: Measurement): string {
  if (value === null) return `–       ${name}: not run: ${note ?? 'no reason given'}`;
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 3 : 2);
  const compared = reference === undefined ? '' : `, ${(value / reference).toFixed(2)} × bare`;
  const more = note === undefined ? '' : `  ${note}`;
  const verdict = passed === null ? 'told  ' : passed ? 'ok    ' : 'MISSED';
  return `${verdict}  ${name}: ${shown} ${unit} (target ${target}${compared})${more}`;
}
