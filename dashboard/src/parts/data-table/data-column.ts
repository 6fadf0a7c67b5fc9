import type { ReactNode } from 'react';
import type { SortValue } from './table-sort.ts';

/** A column of a `DataTable`. */
export interface DataColumn<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** What it is sorted by; null is unknown. A column without it can't be sorted. */
  value?: (row: Row) => SortValue;
  /** Numbers stand at the right, all others at the left. */
  align?: 'right';
}
