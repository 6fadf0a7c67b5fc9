import { type DepositItem, listDeposits } from '@node3/shared/routes/deposits';
import { listWithdrawals, type Withdrawal } from '@node3/shared/routes/withdrawals';
import { type Context, connect } from '../context.ts';
import { fitFor, printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { ageText, moneyText } from '../output/words.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface HistoryOptions {
  limit: string;
}

export async function showDeposits(context: Context, call: Call<HistoryOptions>): Promise<number> {
  const query = { limit: readLimit(call) };
  const page = await connect(context, 'requester').call(listDeposits, { query });
  return showPage(context, page, depositColumns, 'No deposits yet.');
}

export async function showWithdrawals(
  context: Context,
  call: Call<HistoryOptions>,
): Promise<number> {
  const query = { limit: readLimit(call) };
  const page = await connect(context, 'requester').call(listWithdrawals, { query });
  return showPage(context, page, withdrawalColumns, 'No withdrawals yet.');
}

function readLimit({ options }: Call<HistoryOptions>): number {
  return parseWholeNumber('--limit', options.limit, { min: 1, max: 200 });
}

/** A table on a terminal, tab-separated values in a pipe, the whole answer with --json. */
export async function showPage<Row>(
  context: Context,
  page: { data: Row[] },
  columnsOf: (nowMs: number, fit: (text: string) => string) => Column<Row>[],
  none: string,
): Promise<number> {
  const columns = columnsOf(context.host.clock.nowMs(), fitFor(context.terminal));
  await printRows(context, page, columns, none);
  return 0;
}

function depositColumns(nowMs: number, fit: (text: string) => string): Column<DepositItem>[] {
  return [
    { title: 'STATE', value: (deposit) => deposit.state },
    { title: 'MONEY', align: 'right', value: (deposit) => moneyText(deposit.money) },
    { title: 'AGE', align: 'right', value: (deposit) => ageText(deposit.seenAt, nowMs) },
    { title: 'BY', value: (deposit) => deposit.route ?? '-' },
    { title: 'SIGNATURE', value: (deposit) => fit(deposit.signature) },
  ];
}

function withdrawalColumns(nowMs: number, fit: (text: string) => string): Column<Withdrawal>[] {
  return [
    { title: 'STATE', value: (withdrawal) => withdrawal.holdReason ?? withdrawal.state },
    { title: 'MONEY', align: 'right', value: (withdrawal) => moneyText(withdrawal.money) },
    { title: 'AGE', align: 'right', value: (withdrawal) => ageText(withdrawal.createdAt, nowMs) },
    { title: 'WITHDRAWAL', value: (withdrawal) => withdrawal.withdrawalId },
    { title: 'SIGNATURE', value: (withdrawal) => fit(withdrawal.signature ?? '-') },
  ];
}
