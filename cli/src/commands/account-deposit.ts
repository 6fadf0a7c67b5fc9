import { getAccount } from '@node3/shared/routes/accounts';
import { claimWhenSeen, depositFunds } from '../account/deposit-funds.ts';
import { createRpc } from '../chain/rpc.ts';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { askPassphrase } from '../output/ask-passphrase.ts';
import { moneyText } from '../output/words.ts';
import { parseMoney } from '../parse/money.ts';
import type { Call } from '../program/attach-action.ts';
import { findWallet } from './wallet-show.ts';

export interface AccountDepositOptions {
  asset: string;
  wallet?: string;
  rpc?: string;
  signature?: string;
}

/** Sends money to the marketplace and claims it; with --signature only claims an earlier transfer. */
export async function deposit(
  context: Context,
  call: Call<AccountDepositOptions>,
): Promise<number> {
  const { terminal } = context;
  const client = connect(context, 'requester');
  const credited = await claim();
  const account = await client.call(getAccount, {});
  if (terminal.json) {
    await terminal.object({ deposit: credited, balances: account.balances });
    return 0;
  }
  await terminal.data(`credited   ${credited.credited.map(moneyText).join(', ')}`);
  await terminal.data(`signature  ${credited.signature}`);
  const { SOL, USDC } = account.balances;
  await terminal.data(`available  ${moneyText(SOL.available)}, ${moneyText(USDC.available)}`);
  return 0;

  async function claim() {
    const { options } = call;
    if (options.signature !== undefined) return claimWhenSeen(client, options.signature);
    const [amount] = call.args;
    if (amount === undefined) {
      throw usageError('How much to deposit?', 'Write it as: node3 account deposit 0.1');
    }
    const money = parseMoney('the amount', amount, options.asset);
    const { command } = context.host;
    const { path } = await findWallet(context, options.wallet);
    await terminal.talk(`sending ${moneyText(money)} from ${path}`);
    return depositFunds(client, createRpc(options.rpc ?? context.rpcUrl), {
      walletPath: path,
      askPassphrase: askPassphrase(context.host),
      money,
      onSent: (signature) =>
        terminal.talk(
          `sent; if this stops now: ${command} account deposit --signature ${signature}`,
        ),
    });
  }
}
