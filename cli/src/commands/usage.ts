import { fromProblem } from '@node3/shared/error';
import { exportUsage, getUsage, type UsageRow } from '@node3/shared/routes/usage';
import { type Context, connect, openApi } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';

export interface UsageOptions {
  from?: string;
  to?: string;
  by?: string;
  label?: string;
  csv?: boolean;
  jsonl?: boolean;
}

/** `node3 usage`: what ended jobs used and cost. */
export async function showUsage(
  context: Context,
  { options }: Call<UsageOptions>,
): Promise<number> {
  const { from, to, label, csv, jsonl } = options;
  const { by = label === undefined ? 'day' : 'label' } = options;
  const query = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    groupBy: by,
    ...(label !== undefined && { label }),
  };
  if (csv === true) return exportTo(context, { ...query, format: 'csv' });
  if (jsonl === true) return exportTo(context, { ...query, format: 'jsonl' });
  const usage = await connect(context, 'requester').call(getUsage, { query });
  await printRows(context, usage, columns, `No jobs ended from ${usage.from} to ${usage.to}.`);
  return 0;
}

/** Writes it as it comes: a period may be longer than what one answer holds. */
async function exportTo(context: Context, query: Record<string, string>): Promise<number> {
  const url = `${context.url}${exportUsage.url}?${new URLSearchParams(query).toString()}`;
  const answer = await openApi(context, 'requester')(url);
  if (!answer.ok) throw fromProblem(answer.status, await answer.json().catch(() => null));
  const texts = answer.body?.pipeThrough(new TextDecoderStream()) ?? [];
  let begun = '';
  for await (const text of texts) {
    const lines = begun + text;
    const end = lines.lastIndexOf('\n');
    // Whole lines, and not raw: providers choose the names of their GPUs.
    if (end >= 0) await context.terminal.data(lines.slice(0, end));
    begun = lines.slice(end + 1);
  }
  if (begun !== '') await context.terminal.data(begun);
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
  { title: 'LABEL', value: (row) => row.label ?? '-' },
  { title: 'JOBS', value: (row) => String(row.jobs) },
  { title: 'GPU-SEC', value: (row) => secondsText(row.gpuMs) },
  { title: 'RUN-SEC', value: (row) => secondsText(row.runMs) },
  { title: 'CHARGED', value: (row) => moneyText(row.charged) },
];
