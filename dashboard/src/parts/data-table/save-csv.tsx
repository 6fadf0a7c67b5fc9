import { Button } from '@mantine/core';
import { type CsvColumn, formatCsv } from '@node3/shared/csv';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { saveFile } from '../save-file.ts';

export interface TableCsv<Row> {
  /** Of the file, without `.csv`. */
  name: string;
  columns: readonly CsvColumn<Row>[];
}

/** The rows that the API gave, as a file for a spreadsheet. */
export function SaveCsv<Row>({ csv, rows }: { csv: TableCsv<Row>; rows: readonly Row[] }) {
  const { t } = useTranslation();
  return (
    <Button
      variant="default"
      size="xs"
      disabled={rows.length === 0}
      leftSection={<IconDownload size={15} aria-hidden />}
      onClick={() => {
        const text = `${formatCsv(csv.columns, rows).join('\r\n')}\r\n`;
        saveFile(new Blob([text], { type: 'text/csv;charset=utf-8' }), `${csv.name}.csv`);
      }}
    >
      {t('table.csv')}
    </Button>
  );
}
