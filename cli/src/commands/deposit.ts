import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import {
  createDepositIntent,
  type DepositIntent,
  getDepositIntent,
} from '@node3/shared/routes/deposits';
import { renderUnicodeCompact } from 'uqr';
import { CommandError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { moneyText } from '../output/words.ts';
import { parseAsset, parseMoney } from '../parse/money.ts';
import type { Call } from '../program/attach-action.ts';

export interface DepositOptions {
  asset: string;
  amount?: string;
  wait: boolean;
}

/** Shows a payment link and, on a terminal, its QR code; then waits until the money is credited. */
export async function payIn(context: Context, call: Call<DepositOptions>): Promise<number> {
  const { terminal, host } = context;
  const { options } = call;
  const client = connect(context, 'requester');
  const asset = parseAsset(options.asset);
  const money =
    options.amount === undefined ? null : parseMoney('--amount', options.amount, options.asset);
  const body = money === null ? { asset } : { asset: money.asset, amount: money.amount };
  const intent = await client.call(createDepositIntent, { body });
  if (terminal.json) await terminal.jsonLine(intent);
  else {
    if (host.stdout.isTty) await terminal.data(renderUnicodeCompact(intent.url, { border: 2 }));
    await terminal.data(intent.url);
    await terminal.talk(
      `pay it with any Solana wallet; from an exchange, add the memo ${intent.memo}`,
    );
  }
  if (!options.wait) return 0;
  await terminal.talk(
    'waiting for the payment; it is credited by itself, also when this is stopped',
  );
  const paid = await waitUntilCredited(client, intent);
  if (terminal.json) await terminal.jsonLine(paid);
  else {
    const credited = paid.deposits.filter((deposit) => deposit.state === 'credited');
    await terminal.data(
      `credited   ${credited.map(({ money: each }) => moneyText(each)).join(', ')}`,
    );
  }
  return 0;
}

const lookPauseMs = 1_000;

async function waitUntilCredited(client: Client, intent: DepositIntent): Promise<DepositIntent> {
  const params = { intentId: intent.intentId };
  for (;;) {
    const now = await client.call(getDepositIntent, { params });
    if (now.state === 'credited') return now;
    if (now.state === 'expired') {
      throw new CommandError(
        'failure',
        'Nothing has been paid so far.',
        'A payment of this link is credited whenever it comes; look at it with: node3 account deposits',
      );
    }
    await sleep(lookPauseMs);
  }
}
