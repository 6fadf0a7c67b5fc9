import type { Context } from '../context.ts';
import { fieldOf, requireFields } from './fields.ts';
import { type Column, formatTsv, layTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { shorten } from './words.ts';

/** Writes a list as it is wanted: the whole answer for programs, else a table or separated values. */
export async function printRows<Row>(
  context: Context,
  page: { data: readonly Row[] },
  columns: readonly Column<Row>[],
  /** Said where the list is empty. */
  none: string | null = null,
): Promise<void> {
  const { terminal } = context;
  if (terminal.json) {
    await terminal.object(page);
    return;
  }
  if (page.data.length === 0) {
    if (none !== null) await terminal.talk(none);
    return;
  }
  const chosen = chooseColumns(terminal, columns, page.data);
  if (terminal.format !== 'tsv') {
    await printTable(terminal, chosen, page.data);
    return;
  }
  for (const line of formatTsv(chosen, page.data)) await terminal.data(line);
}

/** A table that fits the terminal, where it is one and the whole is not asked for. */
export async function printTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<void> {
  const { lines, leftOut } = layTable(columns, rows, tableWidth(terminal));
  for (const line of lines) await terminal.data(line);
  if (leftOut.length === 0) return;
  const words = `no room for ${leftOut.join(', ')}; to see all: --format wide`;
  await terminal.talk(terminal.talkPaint.dim(words));
}

/** null where a table may be as wide as it is. */
export function tableWidth({ format, columns }: Terminal): number | null {
  return format === 'table' ? columns : null;
}

/** By their titles; another name is a field of the answer. */
function chooseColumns<Row>(
  { fields }: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly Column<Row>[] {
  if (fields === null) return columns;
  return fields.map((name) => {
    const known = columns.find(({ title }) => title.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return known;
    requireFields(rows, [name]);
    return { title: name, value: (row) => fieldText(fieldOf(row, name)) };
  });
}

function fieldText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Long things are shortened in a table only: what is copied from elsewhere is whole. */
export function fitFor({ format }: Terminal): (text: string) => string {
  return format === 'table' ? (text) => shorten(text) : (text) => text;
}
