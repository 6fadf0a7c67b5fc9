import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** One measured thing: what it must reach, and whether it did. */
export interface Measurement {
  name: string;
  value: number;
  unit: string;
  /** In words, such as `≤ 1500`. */
  target: string;
  passed: boolean;
  /** The same thing done by a bare client in the same run, where there is one. */
  reference?: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.max(0, middle - 1)], sorted[middle]];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** Prints a line per measurement, keeps them as JSON when asked. @returns the exit code. */
export function report(
  name: string,
  measurements: readonly Measurement[],
  output: string | null,
): number {
  for (const { name: what, value, unit, target, passed, reference } of measurements) {
    const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
    const compared = reference === undefined ? '' : `, ${(value / reference).toFixed(2)} × bare`;
    process.stdout.write(
      `${passed ? 'ok    ' : 'MISSED'}  ${what}: ${shown} ${unit} (target ${target}${compared})\n`,
    );
  }
  if (output !== null) {
    const machine = { cpus: cpus().length, node: process.version };
    const document = { bench: name, at: new Date().toISOString(), machine, measurements };
    writeFileSync(output, `${JSON.stringify(document, null, 2)}\n`);
  }
  return measurements.every(({ passed }) => passed) ? 0 : 1;
}
