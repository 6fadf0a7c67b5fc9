/** A column, and which way. */
export interface Sort {
  column: string;
  direction: 'ascending' | 'descending';
}

export type SortValue = string | number | bigint | null;

/** As it stands in an address: the column, with a minus before it for descending. */
export function writeSort({ column, direction }: Sort): string {
  return direction === 'ascending' ? column : `-${column}`;
}

/** null for what names none of these columns. */
export function readSort(text: unknown, columns: readonly string[]): Sort | null {
  if (typeof text !== 'string') return null;
  const column = text.replace(/^-/, '');
  if (!columns.includes(column)) return null;
  return { column, direction: text.startsWith('-') ? 'descending' : 'ascending' };
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Ascending. Text as people order it, with numbers inside of it by their value. */
export function compareValues(a: Exclude<SortValue, null>, b: Exclude<SortValue, null>): number {
  if (typeof a === 'string' || typeof b === 'string') return collator.compare(String(a), String(b));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
