import { createRpc } from '../chain/rpc.ts';
import type { Context } from '../context.ts';
import { moneyText } from '../output/words.ts';
import { parseMoney } from '../parse/money.ts';
import type { Call } from '../program/attach-action.ts';
import { findWallet, type WalletFileOptions } from './wallet-show.ts';

export interface WalletAirdropOptions extends WalletFileOptions {
  rpc?: string;
  asset: string;
}

/** Free SOL on localnet and devnet, and free USDC on localnet. */
export async function airdropToWallet(
  context: Context,
  call: Call<WalletAirdropOptions>,
): Promise<number> {
  const { terminal } = context;
  const money = parseMoney('the amount', call.args[0] ?? '1', call.options.asset);
  const { address } = await findWallet(context, call.options.wallet);
  const { requestAirdrop } = await import('../chain/airdrop.ts');
  const rpc = createRpc(call.options.rpc ?? context.rpcUrl);
  const signature = await requestAirdrop(rpc, address, money);
  if (terminal.json) await terminal.object({ wallet: address, signature, credited: money });
  else await terminal.data(signature);
  await terminal.talk(`${moneyText(money)} arrived at ${address}`);
  return 0;
}
