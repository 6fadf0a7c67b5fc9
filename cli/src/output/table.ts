import { cutToWidth, displayWidth } from './display-width.ts';
import { sanitisePart } from './sanitise.ts';

export interface Column<Row> {
  title: string;
  /** What stands on the right is a number, which is shown whole or not at all. */
  align?: 'left' | 'right';
  /** Goes first where there is no room for all. */
  minor?: true;
  value(row: Row): string;
}

/** Room that stays for a text, however narrow the terminal is. */
const widthMin = 6;
const gap = 2;

/** The lines of a table, its titles first, and the titles of the columns that found no room. */
export interface Table {
  lines: string[];
  leftOut: string[];
}

/**
 * Aligned columns with two spaces between them; the last one is not padded. With a `width` the widest
 * texts give way until the lines fit, but not the first column, which tells the rows apart. Where even
 * that is too much, columns are left out: minor ones, then from the right.
 */
export function layTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | null = null,
): Table {
  const laid = columns.map((column): Laid => {
    const cells = [column.title, ...rows.map((row) => sanitisePart(column.value(row)))];
    return { column, cells, room: widestOf(cells) };
  });
  const shown = width === null ? laid : fit(laid, width);
  const lines = ['', ...rows].map((_, line) =>
    shown
      .map(({ cells, room, column }) =>
        padCell(cutToWidth(cells[line] ?? '', room), room, column.align ?? 'left'),
      )
      .join(' '.repeat(gap))
      .trimEnd(),
  );
  const leftOut = laid.filter(({ column }) => !shown.some((each) => each.column === column));
  return { lines, leftOut: leftOut.map(({ column }) => column.title) };
}

interface Laid {
  column: { title: string; align?: 'left' | 'right'; minor?: true };
  cells: readonly string[];
  room: number;
}

/** The lines alone. */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | null = null,
): string[] {
  return layTable(columns, rows, width).lines;
}

/** Tab-separated values for pipes: no titles, no padding, no colours. */
export function formatTsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return rows.map((row) => columns.map((column) => sanitisePart(column.value(row))).join('\t'));
}

function widestOf(cells: readonly string[]): number {
  return cells.reduce((widest, cell) => Math.max(widest, displayWidth(cell)), 0);
}

function fit(laid: readonly Laid[], width: number): Laid[] {
  const shown = laid.map((each) => ({ ...each }));
  while (shown.length > 1 && lineWidth(shown.map(leastOf)) > width) {
    const minor = shown.findLastIndex(({ column }, at) => at > 0 && column.minor === true);
    shown.splice(minor === -1 ? shown.length - 1 : minor, 1);
  }
  for (let over = lineWidth(shown.map(({ room }) => room)) - width; over > 0; over -= 1) {
    const texts = shown.filter((each, at) => each.room > leastOf(each, at));
    const widest = texts.findLast(({ room }) => room === Math.max(...texts.map((one) => one.room)));
    // The first column is alone, and wider than the terminal.
    const narrowed = widest ?? shown[0];
    if (narrowed !== undefined) narrowed.room -= 1;
  }
  return shown;
}

/** @param at 0 is the first column, which stays as it is. */
function leastOf({ room, column }: Laid, at: number): number {
  return at === 0 || column.align === 'right' ? room : Math.min(room, widthMin);
}

function lineWidth(rooms: readonly number[]): number {
  return rooms.reduce((sum, room) => sum + room + gap, -gap);
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
