import { type AdminPayout, listPayouts } from '@node3/shared/routes/admin';
import { type Context, connect } from '../context.ts';
import { fitFor, printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { ageText, moneyText } from '../output/words.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface PaymentHistoryOptions {
  limit: string;
}

export async function showPayments(
  context: Context,
  call: Call<PaymentHistoryOptions>,
): Promise<number> {
  const { terminal, host } = context;
  const limit = parseWholeNumber('--limit', call.options.limit, { min: 1, max: 200 });
  const page = await connect(context, 'operator').call(listPayouts, { query: { limit } });
  const columns = payoutColumns(host.clock.nowMs(), fitFor(terminal));
  await printRows(context, page, columns, 'No payouts yet.');
  return 0;
}

export function payoutColumns(nowMs: number, fit: (text: string) => string): Column<AdminPayout>[] {
  return [
    { title: 'STATE', value: (payout) => payout.holdReason ?? payout.state },
    { title: 'MONEY', align: 'right', value: (payout) => moneyText(payout.money) },
    { title: 'AGE', align: 'right', value: (payout) => ageText(payout.createdAt, nowMs) },
    { title: 'WALLET', value: (payout) => fit(payout.wallet) },
    { title: 'FOR', value: (payout) => fit(payout.jobId ?? payout.kind) },
    { title: 'SIGNATURE', value: (payout) => fit(payout.signature ?? '-') },
  ];
}
