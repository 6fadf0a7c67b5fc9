import { telemetryFields } from '../nvidia/nvidia-telemetry.ts';

type Field = (typeof telemetryFields)[number];

/** A line of the telemetry that nvidia-smi prints; a field that isn't given reads `[N/A]`. */
export function smiRow(
  cells: Partial<Record<Field, string | number>>,
  unknown: readonly Field[] = [],
): string {
  const fields = telemetryFields.filter((field) => !unknown.includes(field));
  return fields.map((field) => cells[field] ?? '[N/A]').join(', ');
}
