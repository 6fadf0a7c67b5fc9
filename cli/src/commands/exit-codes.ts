import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';

interface ExitCodeRow {
  name: string;
  code: number;
  meaning: string;
}

const columns: Column<ExitCodeRow>[] = [
  { title: 'CODE', align: 'right', value: ({ code }) => String(code) },
  { title: 'MEANING', value: ({ meaning }) => meaning },
];

export async function showExitCodes(context: Context): Promise<number> {
  const data = Object.entries(exitCodes).map(([name, exit]) => ({ name, ...exit }));
  await printRows(context, { data }, columns);
  return exitCodes.ok.code;
}
