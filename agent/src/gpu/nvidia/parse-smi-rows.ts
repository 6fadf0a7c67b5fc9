/** A row of `--query-gpu`, by field name. */
export type SmiRow = Readonly<Record<string, string>>;

interface SmiRows {
  rows: SmiRow[];
  /** Lines that aren't rows: complaints about single cards stand among the good ones. */
  notices: string[];
}

/** Reads `--query-gpu=<fields> --format=csv`, with or without the header and the units. */
export function parseSmiRows(output: string, fields: readonly string[]): SmiRows {
  const rows: SmiRow[] = [];
  const notices: string[] = [];
  for (const line of output.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const cells = line.split(', ').map((cell) => cell.trim());
    if (cells.length !== fields.length) notices.push(line.trim());
    else if (!isHeader(cells, fields)) {
      rows.push(Object.fromEntries(fields.map((field, at) => [field, cells[at] ?? ''])));
    }
  }
  return { rows, notices };
}

/** A header cell is its field's name, perhaps with a unit: `memory.total [MiB]`. No value is. */
function isHeader(cells: readonly string[], fields: readonly string[]): boolean {
  return cells.some((cell, at) => cell.replace(/ \[[^\]]*\]$/, '') === fields[at]);
}
