export interface Column<Row> {
  title: string;
  align?: 'left' | 'right';
  value(row: Row): string;
}

/** Aligned columns with two spaces between them; the last one is not padded. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => column.value(row))),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((line) => displayWidth(line[index] ?? ''))),
  );
  return cells.map((line) =>
    line
      .map((cell, index) => padCell(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
}

/** Tab-separated values for pipes: no titles, no padding, no colours. */
export function formatTsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return rows.map((row) =>
    columns.map((column) => column.value(row).replace(/[\t\n\r]/g, ' ')).join('\t'),
  );
}

function padCell(cell: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(cell)));
  return align === 'right' ? space + cell : cell + space;
}

/** `label   value` lines, with the labels as wide as the widest. */
export function formatFacts(facts: readonly (readonly [string, string | null])[]): string[] {
  const shown = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
}

/** Characters, not code units: close enough for names, since wide scripts are rare in columns. */
function displayWidth(text: string): number {
  return Array.from(text).length;
}
