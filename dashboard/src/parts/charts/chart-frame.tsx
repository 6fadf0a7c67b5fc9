import { Button, Group, Text } from '@mantine/core';
import { IconChartLine, IconTable } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import './charts.css';

export interface ChartTable {
  columns: readonly string[];
  /** Written out; the first cell of a row names it. */
  rows: () => readonly (readonly string[])[];
}

interface ChartFrameProps {
  title: string;
  /** What the chart says, in a sentence for who can't see it. */
  summary: string;
  isEmpty: boolean;
  /** Told instead of the usual words where nothing is known. */
  empty?: string;
  legend: readonly { label: string; swatch: ReactNode }[];
  table: ChartTable;
  children: ReactNode;
}

/** A chart with its legend and, as an equal alternative, the same numbers in a table. */
export function ChartFrame(props: ChartFrameProps) {
  const { title, summary, isEmpty, empty, legend, table, children } = props;
  const { t } = useTranslation();
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const titleId = useId();
  const isChart = view === 'chart';
  return (
    <figure className="chart" aria-labelledby={titleId}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Text component="figcaption" id={titleId} size="sm" fw={600}>
          {title}
        </Text>
        {!isEmpty && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            className="chart-toggle"
            leftSection={
              isChart ? (
                <IconTable size={14} aria-hidden />
              ) : (
                <IconChartLine size={14} aria-hidden />
              )
            }
            onClick={() => setView(isChart ? 'table' : 'chart')}
          >
            {t(isChart ? 'chart.asTable' : 'chart.asChart')}
          </Button>
        )}
      </Group>
      {isEmpty ? (
        <div className="chart-empty">{empty ?? t('chart.empty')}</div>
      ) : isChart ? (
        <>
          <div role="img" aria-label={`${title}. ${summary}`}>
            {children}
          </div>
          {legend.length > 1 && (
            <ul className="chart-legend">
              {legend.map(({ label, swatch }) => (
                <li key={label}>
                  {swatch}
                  {label}
                </li>
              ))}
            </ul>
          )}
        </>
      ) : (
        <TableView title={title} table={table} />
      )}
    </figure>
  );
}

function TableView({ title, table }: { title: string; table: ChartTable }) {
  return (
    // It scrolls, so it takes the focus for keyboard users.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="chart-table" role="region" aria-label={title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows().map(([name = '', ...cells], row) => (
            <tr key={row}>
              <th scope="row">{name}</th>
              {cells.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
