import { type Account, getAccount } from '@node3/shared/routes/accounts';
import { type Context, connect } from '../context.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';

export interface AccountShowOptions {
  showKey?: boolean;
}

export async function showAccount(
  context: Context,
  call: Call<AccountShowOptions>,
): Promise<number> {
  const { terminal } = context;
  const account = await connect(context, 'requester').call(getAccount, {});
  const key = call.options.showKey === true ? { apiKey: context.apiKey } : {};
  if (terminal.json) await terminal.object({ ...account, ...key });
  else {
    for (const line of formatAccount(context.url, account)) await terminal.data(line);
    if (key.apiKey) await terminal.data(`key          ${key.apiKey}`);
  }
  return 0;
}

export function formatAccount(url: string, account: Account): string[] {
  const { SOL, USDC } = account.balances;
  return formatFacts([
    ['marketplace', url],
    ['account', account.accountId],
    ['name', account.name],
    ['wallet', account.wallet],
    ['SOL', `${moneyText(SOL.available)} available, ${moneyText(SOL.held)} held`],
    ['USDC', `${moneyText(USDC.available)} available, ${moneyText(USDC.held)} held`],
  ]);
}
