export interface CsvColumn<Row> {
  title: string;
  /** Unknown is an empty field. */
  value(row: Row): string | number | null;
}

/** A line of titles and one for each row, for a spreadsheet. */
export function formatCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string[] {
  const titles = columns.map(({ title }) => title).join(',');
  return [
    titles,
    ...rows.map((row) => columns.map((column) => field(column.value(row))).join(',')),
  ];
}

/** Quoted; what a spreadsheet would run as a formula is kept as text. */
function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}
