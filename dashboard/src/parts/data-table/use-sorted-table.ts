import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import type { DataColumn } from './data-column.ts';
import { compareValues, type Sort, type SortValue } from './table-sort.ts';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

interface SortedTable<Row> {
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  /** `server`: the rows come in their order already. */
  sortedBy: 'browser' | 'server';
}

/** Rows in the order that was asked for; what is unknown comes last in both directions. */
export function useSortedTable<Row extends object>(options: SortedTable<Row>) {
  const { columns, rows, rowId, sort, onSort, sortedBy } = options;
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map(({ id, value }) =>
      helper.accessor((row): unknown => value?.(row) ?? undefined, {
        id,
        enableSorting: value !== undefined,
        sortUndefined: 'last',
        sortFn: (a, b, columnId) =>
          compareValues(
            a.getValue<Exclude<SortValue, null>>(columnId),
            b.getValue<Exclude<SortValue, null>>(columnId),
          ),
      }),
    );
  }, [columns]);
  const sorting = useMemo(
    () => (sort === null ? [] : [{ id: sort.column, desc: sort.direction === 'descending' }]),
    [sort],
  );
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowId,
    manualSorting: sortedBy === 'server',
    enableMultiSort: false,
    state: { sorting },
    onSortingChange(update) {
      const [next] = typeof update === 'function' ? update(sorting) : update;
      onSort(
        next === undefined
          ? null
          : { column: next.id, direction: next.desc ? 'descending' : 'ascending' },
      );
    },
  });
  return table.getRowModel().rows.map((row) => row.original);
}
