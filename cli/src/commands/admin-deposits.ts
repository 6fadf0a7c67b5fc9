import {
  type AdminDeposit,
  assignDeposit,
  listAdminDeposits,
  refundDeposit,
} from '@node3/shared/routes/deposits';
import { cancelPayout } from '@node3/shared/routes/payouts';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import type { Column } from '../output/table.ts';
import { ageText, moneyText } from '../output/words.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';
import { showPage } from './account-deposits.ts';

const states = ['credited', 'suspense', 'refunding'] as const;

export interface AdminDepositsOptions {
  state?: string;
  limit: string;
}

export async function listDeposits(
  context: Context,
  call: Call<AdminDepositsOptions>,
): Promise<number> {
  const limit = parseWholeNumber('--limit', call.options.limit, { min: 1, max: 200 });
  const state = states.find((name) => name === call.options.state);
  if (call.options.state !== undefined && state === undefined) {
    throw usageError(`--state is "${call.options.state}".`, `Write one of: ${states.join(', ')}.`);
  }
  const query = state === undefined ? { limit } : { limit, state };
  const page = await connect(context, 'operator').call(listAdminDeposits, { query });
  return showPage(context, page, adminDepositColumns, 'No deposits.');
}

export interface AssignDepositOptions {
  account?: string;
  capital?: boolean;
}

export async function assign(context: Context, call: Call<AssignDepositOptions>): Promise<number> {
  const [signature = ''] = call.args;
  const { account, capital } = call.options;
  if ((account === undefined) === (capital !== true)) {
    throw usageError('To whom does it belong?', 'Give either --account ID or --capital.');
  }
  const body = account === undefined ? { capital: true as const } : { accountId: account };
  const params = { signature };
  const page = await connect(context, 'operator').call(assignDeposit, { params, body });
  return showPage(context, page, adminDepositColumns, 'Nothing changed.');
}

export async function refund(context: Context, call: Call<object>): Promise<number> {
  const [signature = ''] = call.args;
  const page = await connect(context, 'operator').call(refundDeposit, { params: { signature } });
  return showPage(context, page, adminDepositColumns, 'Nothing changed.');
}

export async function cancelPayment(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const [payoutId = ''] = call.args;
  const payout = await connect(context, 'operator').call(cancelPayout, { params: { payoutId } });
  if (terminal.json) await terminal.object(payout);
  else
    await terminal.data(`${payout.payoutId} ${payout.state}, ${moneyText(payout.money)} returned`);
  return 0;
}

function adminDepositColumns(nowMs: number, fit: (text: string) => string): Column<AdminDeposit>[] {
  return [
    { title: 'STATE', value: stateText },
    { title: 'MONEY', align: 'right', value: (deposit) => moneyText(deposit.money) },
    { title: 'AGE', align: 'right', value: (deposit) => ageText(deposit.seenAt, nowMs) },
    { title: 'ACCOUNT', value: (deposit) => fit(deposit.accountId ?? '-') },
    { title: 'FROM', value: (deposit) => fit(deposit.sourceOwner ?? 'unknown') },
    // Whole: it is what the other commands want.
    { title: 'SIGNATURE', value: (deposit) => deposit.signature },
  ];
}

/** In suspense, why; afterwards, what became of it. */
function stateText({ state, suspenseReason }: AdminDeposit): string {
  return state === 'suspense' && suspenseReason !== null ? suspenseReason : state;
}
