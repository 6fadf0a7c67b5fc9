import { getUsage, type UsageRow } from '@node3/shared/routes/usage';
import { type Context, connect } from '../context.ts';
import { type CsvColumn, formatCsv } from '../output/csv.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';

export interface UsageOptions {
  from?: string;
  to?: string;
  by: string;
  csv?: boolean;
}

/** `node3 usage`: what ended jobs used and cost. */
export async function showUsage(
  context: Context,
  { options }: Call<UsageOptions>,
): Promise<number> {
  const { from, to, by, csv } = options;
  const query = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    groupBy: by,
  };
  const usage = await connect(context, 'requester').call(getUsage, { query });
  if (csv === true) {
    for (const line of formatCsv(csvColumns, usage.data)) await context.terminal.data(line);
    return 0;
  }
  await printRows(context, usage, columns, `No jobs ended from ${usage.from} to ${usage.to}.`);
  return 0;
}

/** Milliseconds as seconds, exactly. */
function secondsText(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, '0')}`;
}

const columns: Column<UsageRow>[] = [
  { title: 'DAY', value: (row) => row.day ?? '-' },
  { title: 'KEY', value: (row) => row.keyId ?? '-' },
  { title: 'GPU', value: (row) => row.gpu ?? '-' },
  { title: 'JOBS', value: (row) => String(row.jobs) },
  { title: 'GPU-SEC', value: (row) => secondsText(row.gpuMs) },
  { title: 'RUN-SEC', value: (row) => secondsText(row.runMs) },
  { title: 'CHARGED', value: (row) => moneyText(row.charged) },
];

const csvColumns: CsvColumn<UsageRow>[] = [
  { title: 'day', value: (row) => row.day },
  { title: 'keyId', value: (row) => row.keyId },
  { title: 'gpu', value: (row) => row.gpu },
  { title: 'jobs', value: (row) => row.jobs },
  { title: 'gpuMs', value: (row) => row.gpuMs },
  { title: 'runMs', value: (row) => row.runMs },
  { title: 'charged', value: (row) => row.charged.amount },
  { title: 'asset', value: (row) => row.charged.asset },
];
