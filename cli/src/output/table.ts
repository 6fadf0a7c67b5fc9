import { sanitisePart } from './sanitise.ts';

export interface Column<Row> {
  title: string;
  align?: 'left' | 'right';
  value(row: Row): string;
}

/** Room that stays for a column, however narrow the terminal is. */
const widthMin = 8;
const gap = 2;

/**
 * Aligned columns with two spaces between them; the last one is not padded. With a `width` the widest
 * columns give way until the lines fit; the first one, which tells the rows apart, stays.
 */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | null = null,
): string[] {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => sanitisePart(column.value(row)))),
  ];
  const widths = fitWidths(
    columns.map((_, index) => Math.max(...cells.map((line) => displayWidth(line[index] ?? '')))),
    width,
  );
  return cells.map((line) =>
    line
      .map((cell, index) => cutCell(cell, widths[index] ?? 0))
      .map((cell, index) => padCell(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Tab-separated values for pipes: no titles, no padding, no colours. */
export function formatTsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return rows.map((row) => columns.map((column) => sanitisePart(column.value(row))).join('\t'));
}

function fitWidths(natural: readonly number[], width: number | null): readonly number[] {
  const widths = [...natural];
  let excess = width === null ? 0 : widths.reduce((sum, one) => sum + one + gap, -gap) - width;
  for (; excess > 0; excess -= 1) {
    const widest = Math.max(...widths.slice(1));
    if (widest <= widthMin) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function cutCell(cell: string, width: number): string {
  return displayWidth(cell) <= width
    ? cell
    : `${Array.from(cell)
        .slice(0, width - 1)
        .join('')}…`;
}

function padCell(cell: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(cell)));
  return align === 'right' ? space + cell : cell + space;
}

/** `label   value` lines, one for each fact, with the labels as wide as the widest. */
export function formatFacts(facts: readonly (readonly [string, string | null])[]): string[] {
  const shown = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `${label.padEnd(width)}  ${sanitisePart(value)}`);
}

/** Characters, not code units: close enough for names, since wide scripts are rare in columns. */
function displayWidth(text: string): number {
  return Array.from(text).length;
}
