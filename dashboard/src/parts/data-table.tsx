import { Checkbox, Group, NativeSelect, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DataColumn } from './data-table/data-column.ts';
import './data-table/data-table.css';
import { SaveCsv, type TableCsv } from './data-table/save-csv.tsx';
import { readSort, type Sort, writeSort } from './data-table/table-sort.ts';
import { useSortedTable } from './data-table/use-sorted-table.ts';

export interface TableSelection<Row> {
  ids: ReadonlySet<string>;
  onChange(ids: ReadonlySet<string>): void;
  /** What a row is called, for whoever doesn't see it. */
  nameOf(row: Row): string;
}

interface DataTableProps<Row> {
  /** What the table is, for whoever doesn't see it. */
  label: string;
  /** Stable over renders, as are the rows. */
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** Shown instead of a table without rows. */
  empty: ReactNode;
  /** With `onSort` the page keeps the order, such as in its address; else the table does. */
  sort?: Sort | null;
  onSort?: (sort: Sort | null) => void;
  sortedBy?: 'browser' | 'server';
  selection?: TableSelection<Row>;
  csv?: TableCsv<Row>;
  /** Above the table, beside the button for CSV. */
  tools?: ReactNode;
  /** Other files than CSV. */
  saves?: ReactNode;
}

/**
 * Rows with sortable columns and a header that stays; cards on phones. A cell with a link of the class
 * `row-link` makes the whole row lead there; what else can be pressed in it has the class `row-action`.
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowId, selection, csv, saves, tools } = props;
  const [ownSort, setOwnSort] = useState<Sort | null>(null);
  const sort = props.onSort === undefined ? (ownSort ?? props.sort ?? null) : (props.sort ?? null);
  const onSort = props.onSort ?? setOwnSort;
  const sorted = useSortedTable({
    columns,
    rows,
    rowId,
    sort,
    onSort,
    sortedBy: props.sortedBy ?? 'browser',
  });
  const bar = (csv !== undefined || tools !== undefined) && (
    <Group justify="space-between" gap="sm" px="md" py="sm" className="data-table-bar">
      <Group gap="sm">{tools}</Group>
      {csv !== undefined && (
        <Group gap="sm">
          <SaveCsv csv={csv} rows={sorted} />
          {saves}
        </Group>
      )}
    </Group>
  );
  if (rows.length === 0) {
    return (
      <>
        {bar}
        {props.empty}
      </>
    );
  }
  return (
    <>
      {bar}
      <PhoneSort columns={columns} sort={sort} onSort={onSort} />
      <Table
        className="responsive-table linked-rows data-table"
        verticalSpacing="xs"
        horizontalSpacing="md"
        highlightOnHover
      >
        <caption className="visually-hidden">{label}</caption>
        <Table.Thead>
          <Table.Tr>
            {selection !== undefined && (
              <SelectAll selection={selection} ids={sorted.map((row) => rowId(row))} />
            )}
            {columns.map((column) => (
              <Header key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map((row) => (
            <Table.Tr key={rowId(row)} data-selected={selection?.ids.has(rowId(row))}>
              {selection !== undefined && (
                <SelectOne selection={selection} row={row} id={rowId(row)} />
              )}
              {columns.map((column) => (
                <Table.Td
                  key={column.id}
                  data-label={column.title}
                  className={column.align === 'right' ? 'numeric' : ''}
                >
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

interface SortProps<Row> {
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  column: DataColumn<Row>;
}

function Header<Row>({ column, sort, onSort }: SortProps<Row>) {
  const className = column.align === 'right' ? 'numeric' : '';
  const direction = sort?.column === column.id ? sort.direction : null;
  if (column.value === undefined) return <Table.Th className={className}>{column.title}</Table.Th>;
  const Icon = direction === null ? IconArrowsSort : icons[direction];
  const next = direction === 'ascending' ? 'descending' : 'ascending';
  return (
    <Table.Th className={className} aria-sort={direction ?? 'none'}>
      <UnstyledButton
        className="sort-button"
        data-sorted={direction !== null}
        onClick={() => onSort({ column: column.id, direction: next })}
      >
        {column.title}
        <Icon size={13} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  );
}

const icons = { ascending: IconArrowUp, descending: IconArrowDown };

/** The header is not shown on phones, so its orders are a list. */
function PhoneSort<Row>({
  columns,
  sort,
  onSort,
}: Pick<SortProps<Row>, 'sort' | 'onSort'> & { columns: readonly DataColumn<Row>[] }) {
  const { t } = useTranslation();
  const sortable = columns.filter(({ value }) => value !== undefined);
  if (sortable.length === 0) return null;
  const orders = sortable.flatMap(({ id, title }) => [
    { value: id, label: t('table.ascending', { column: title }) },
    { value: `-${id}`, label: t('table.descending', { column: title }) },
  ]);
  return (
    <NativeSelect
      className="phone-sort"
      size="sm"
      label={t('table.order')}
      data={[{ value: '', label: t('table.asSent') }, ...orders]}
      value={sort === null ? '' : writeSort(sort)}
      onChange={({ currentTarget: { value } }) =>
        onSort(
          readSort(
            value,
            sortable.map(({ id }) => id),
          ),
        )
      }
    />
  );
}

function SelectAll<Row>({ selection, ids }: { selection: TableSelection<Row>; ids: string[] }) {
  const { t } = useTranslation();
  const chosen = ids.filter((id) => selection.ids.has(id)).length;
  return (
    <Table.Th className="select-cell">
      <Checkbox
        size="xs"
        aria-label={t('table.selectAll')}
        checked={chosen === ids.length}
        indeterminate={chosen > 0 && chosen < ids.length}
        onChange={({ currentTarget }) =>
          selection.onChange(new Set(currentTarget.checked ? ids : []))
        }
      />
    </Table.Th>
  );
}

interface SelectOneProps<Row> {
  selection: TableSelection<Row>;
  row: Row;
  id: string;
}

function SelectOne<Row>({ selection, row, id }: SelectOneProps<Row>) {
  const { t } = useTranslation();
  return (
    <Table.Td className="select-cell" data-label={t('table.selected')}>
      <Checkbox
        size="xs"
        className="row-action"
        aria-label={t('table.select', { name: selection.nameOf(row) })}
        checked={selection.ids.has(id)}
        onChange={({ currentTarget }) => {
          const ids = new Set(selection.ids);
          if (currentTarget.checked) ids.add(id);
          else ids.delete(id);
          selection.onChange(ids);
        }}
      />
    </Table.Td>
  );
}
