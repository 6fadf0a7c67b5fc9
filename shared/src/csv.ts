export interface CsvColumn<Row> {
  title: string;
  /** Unknown is an empty field. */
  value(row: Row): string | number | null;
}

/** A line of titles and one for each row, for a spreadsheet. */
export function formatCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string[] {
  return [csvTitles(columns), ...rows.map((row) => csvLine(columns, row))];
}

export function csvTitles<Row>(columns: readonly CsvColumn<Row>[]): string {
  return columns.map(({ title }) => title).join(',');
}

export function csvLine<Row>(columns: readonly CsvColumn<Row>[], row: Row): string {
  return columns.map((column) => field(column.value(row))).join(',');
}

/** Quoted; what a spreadsheet would run as a formula is kept as text. */
function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}
