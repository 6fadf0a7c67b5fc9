import { Card } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { DataColumn } from './data-table/data-column.ts';
import { DataTable } from './data-table.tsx';
import { KeysetPaging } from './keyset-paging.tsx';
import { QueryView } from './query-view.tsx';

export interface KeysetTableProps<Row extends object> {
  query: UseQueryResult<{ data: Row[]; nextCursor: string | null }>;
  /** Of the address; undefined on the first page. */
  cursor: string | undefined;
  label: string;
  columns: DataColumn<Row>[];
  rowId: (row: Row) => string;
  /** Above the rows, such as what they are filtered by. */
  tools?: ReactNode;
  empty: ReactNode;
}

/** A card with one page of a list, and the links to the others. */
export function KeysetTable<Row extends object>({
  query,
  cursor,
  ...table
}: KeysetTableProps<Row>) {
  return (
    <Card withBorder padding={0} aria-busy={query.isPlaceholderData}>
      <QueryView query={query} lines={5}>
        {({ data, nextCursor }) => (
          <>
            <DataTable {...table} rows={data} />
            <KeysetPaging cursor={cursor} nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
    </Card>
  );
}
