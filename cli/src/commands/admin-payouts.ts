import {
  acceptTreasuryHistory,
  getPayoutEngine,
  type PayoutEngineStatus,
  retryPayout,
  settlePayouts,
  startPayouts,
  stopPayouts,
} from '@node3/shared/routes/payouts';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';

/** Exit code 1 while payouts are halted. */
export async function showPayoutEngine(context: Context): Promise<number> {
  const status = await connect(context, 'operator').call(getPayoutEngine, {});
  await print(context, status);
  return status.state === 'halted' ? exitCodes.failure.code : exitCodes.ok.code;
}

export async function retryPayment(
  context: Context,
  call: Call<Record<string, never>>,
): Promise<number> {
  const { terminal } = context;
  const [payoutId = ''] = call.args;
  const payout = await connect(context, 'operator').call(retryPayout, { params: { payoutId } });
  if (terminal.json) await terminal.object(payout);
  else await terminal.data(`${payout.payoutId} ${payout.state}`);
  await terminal.talk(`${moneyText(payout.money)} to ${payout.wallet} is in the queue again`);
  return 0;
}

export interface SettleOptions {
  signature: string;
}

/** For payouts that were paid by a transaction which a restored database does not know. */
export async function settlePayoutsCommand(
  context: Context,
  call: Call<SettleOptions>,
): Promise<number> {
  const { terminal } = context;
  const body = { payoutIds: [...call.args], signature: call.options.signature };
  const settled = await connect(context, 'operator').call(settlePayouts, { body });
  if (terminal.json) await terminal.object(settled);
  else for (const { payoutId, state } of settled.data) await terminal.data(`${payoutId} ${state}`);
  for (const { money, wallet } of settled.data) {
    await terminal.talk(`${moneyText(money)} to ${wallet} is booked as paid`);
  }
  return 0;
}

export interface PayoutSwitchOptions {
  reason: string;
}

/** From the answer on nothing is signed any more, also after a restart of the marketplace. */
export async function stopPayoutsCommand(
  context: Context,
  call: Call<PayoutSwitchOptions>,
): Promise<number> {
  const { reason } = call.options;
  const client = connect(context, 'operator');
  await print(context, await client.call(stopPayouts, { body: { reason } }));
  await context.terminal.talk(
    'Transactions that were sent already can still land. Go on with: node3 admin payouts start',
  );
  return 0;
}

export async function startPayoutsCommand(
  context: Context,
  call: Call<PayoutSwitchOptions>,
): Promise<number> {
  const { reason } = call.options;
  const client = connect(context, 'operator');
  await print(context, await client.call(startPayouts, { body: { reason } }));
  return 0;
}

export interface AcceptHistoryOptions {
  reason?: string;
}

export async function acceptHistory(
  context: Context,
  call: Call<AcceptHistoryOptions>,
): Promise<number> {
  const { reason } = call.options;
  if (reason === undefined) {
    throw usageError(
      'Accepting the history needs a reason',
      'Look at each unknown transaction first, then say with --reason what they were.',
    );
  }
  const client = connect(context, 'operator');
  await print(context, await client.call(acceptTreasuryHistory, { body: { reason } }));
  return 0;
}

async function print({ terminal }: Context, status: PayoutEngineStatus): Promise<void> {
  if (terminal.json) return terminal.object(status);
  const counts = Object.entries(status.payouts).filter(([, count]) => count > 0);
  const facts = formatFacts([
    ['engine', status.state],
    ['stopped', status.stopped],
    ['detail', status.detail],
    ['warning', status.warning],
    ['on their way', `${status.openBatches} transactions`],
    ['pending', `${moneyText(status.pending.SOL)}, ${moneyText(status.pending.USDC)}`],
    ['payouts', counts.map(([name, count]) => `${count} ${name}`).join(', ') || 'none'],
  ]);
  for (const line of facts) await terminal.data(line);
}
