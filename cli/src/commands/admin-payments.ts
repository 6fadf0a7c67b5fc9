import { type AdminPayout, listPayouts } from '@node3/shared/routes/admin';
import { type Context, connect } from '../context.ts';
import { type Column, formatTable, formatTsv } from '../output/table.ts';
import { ageText, moneyText, shorten } from '../output/words.ts';
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
  if (terminal.json) {
    await terminal.object(page);
    return 0;
  }
  if (page.data.length === 0) await terminal.talk('No payouts yet.');
  else if (host.stdout.isTty) {
    const lines = formatTable(payoutColumns(host.clock.nowMs(), shorten), page.data);
    for (const line of lines) await terminal.data(line);
  } else {
    const whole = (text: string) => text;
    const lines = formatTsv(payoutColumns(host.clock.nowMs(), whole), page.data);
    for (const line of lines) await terminal.data(line);
  }
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
