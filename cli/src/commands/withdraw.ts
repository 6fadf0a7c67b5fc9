import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import {
  cancelWithdrawal,
  createWithdrawal,
  getWithdrawal,
  type Withdrawal,
} from '@node3/shared/routes/withdrawals';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import { parseMoney } from '../parse/money.ts';
import type { Call } from '../program/attach-action.ts';

export interface WithdrawOptions {
  asset: string;
  wait: boolean;
  cancel?: string;
}

/** Pays available money out to the wallet of the account, and waits until it is there. */
export async function withdraw(context: Context, call: Call<WithdrawOptions>): Promise<number> {
  const { terminal } = context;
  const { options } = call;
  const client = connect(context, 'requester');
  const withdrawal = options.cancel === undefined ? await request() : await cancel(options.cancel);
  if (terminal.json) {
    await terminal.object(withdrawal);
    return 0;
  }
  for (const line of withdrawalLines(withdrawal)) await terminal.data(line);
  return 0;

  async function cancel(withdrawalId: string): Promise<Withdrawal> {
    return client.call(cancelWithdrawal, { params: { withdrawalId } });
  }
  async function request(): Promise<Withdrawal> {
    const [amount] = call.args;
    if (amount === undefined) {
      throw usageError('How much to withdraw?', 'Write it as: node3 withdraw 0.1');
    }
    const money = parseMoney('the amount', amount, options.asset);
    const idempotencyKey = chooseKey(context);
    const asked = client.call(createWithdrawal, { body: { money } }, { idempotencyKey });
    const started = await namingKey(idempotencyKey, asked);
    await terminal.talk(`${moneyText(money)} to ${started.wallet}, as ${started.withdrawalId}`);
    return options.wait ? waitUntilOver(client, started) : started;
  }
}

const lookPauseMs = 500;

/** A held one needs a person, so that it is not waited for. */
async function waitUntilOver(client: Client, started: Withdrawal): Promise<Withdrawal> {
  const params = { withdrawalId: started.withdrawalId };
  for (;;) {
    const now = await client.call(getWithdrawal, { params });
    if (['finalized', 'held', 'cancelled'].includes(now.state)) return now;
    await sleep(lookPauseMs);
  }
}

function withdrawalLines(withdrawal: Withdrawal): string[] {
  return formatFacts([
    ['state', withdrawal.state],
    ['money', moneyText(withdrawal.money)],
    ['wallet', withdrawal.wallet],
    ['why', withdrawal.holdReason ?? withdrawal.waitReason],
    ['signature', withdrawal.signature],
    ['explorer', withdrawal.explorerUrl],
  ]);
}
