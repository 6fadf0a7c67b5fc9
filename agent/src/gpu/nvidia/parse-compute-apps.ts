import { readSmiNumber, readSmiText } from './smi-value.ts';

/** A program that holds memory of a card. */
export interface ComputeApp {
  gpuUuid: string | null;
  pid: number;
  /** Its file as the driver tells it; jobs choose theirs. */
  name: string | null;
  /** `null` on Windows, where the driver doesn't count by program. */
  memoryMib: number | null;
}

/**
 * Reads `--query-compute-apps=<fields> --format=csv`, with or without its header. A name may hold
 * commas, so the fields behind it are counted from the end of the line.
 */
export function parseComputeApps(output: string, fields: readonly string[]): ComputeApp[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const cells = line.split(', ').map((cell) => cell.trim());
    const surplus = cells.length - fields.length;
    if (surplus < 0) return [];
    const nameAt = fields.indexOf('process_name');
    const cell = (field: string) => {
      const at = fields.indexOf(field);
      return at < 0 ? undefined : cells[nameAt >= 0 && at > nameAt ? at + surplus : at];
    };
    const pid = readSmiNumber(cell('pid'));
    if (pid === null) return [];
    return [
      {
        gpuUuid: readSmiText(cell('gpu_uuid')),
        pid,
        name: nameAt < 0 ? null : readSmiText(cells.slice(nameAt, nameAt + surplus + 1).join(', ')),
        memoryMib: readSmiNumber(cell('used_gpu_memory')),
      },
    ];
  });
}
