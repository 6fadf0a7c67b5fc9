import { getDepositAddress } from '@node3/shared/routes/accounts';
import { decodeAddress } from '@node3/shared/wallet-key';
import { readBalances } from '../chain/balances.ts';
import { createRpc } from '../chain/rpc.ts';
import { type Context, connect } from '../context.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';
import { findWallet, type WalletFileOptions } from './wallet-show.ts';

export interface WalletBalanceOptions extends WalletFileOptions {
  rpc?: string;
  mint?: string;
}

/** SOL and USDC of a wallet on chain. Works without a marketplace, which only knows the USDC mint. */
export async function showWalletBalance(
  context: Context,
  call: Call<WalletBalanceOptions>,
): Promise<number> {
  const { terminal } = context;
  const { options } = call;
  const [address = (await findWallet(context, options.wallet)).address] = call.args;
  decodeAddress(address);
  const rpc = createRpc(options.rpc ?? context.rpcUrl);
  const mint = options.mint ?? (await findUsdcMint(context));
  const balances = await readBalances(rpc, address, mint);
  if (terminal.json) {
    await terminal.object({ wallet: address, rpcUrl: rpc.url, usdcMint: mint, ...balances });
    return 0;
  }
  const facts = formatFacts([
    ['wallet', address],
    ['SOL', moneyText(balances.SOL)],
    [
      'USDC',
      mint === null ? 'unknown (no marketplace to ask for the mint)' : moneyText(balances.USDC),
    ],
  ]);
  for (const line of facts) await terminal.data(line);
  return 0;
}

async function findUsdcMint(context: Context): Promise<string | null> {
  try {
    return (await connect(context, 'public').call(getDepositAddress, {}, { timeoutMs: 3_000 }))
      .usdcMint;
  } catch {
    // The balance in SOL is worth showing without a marketplace; USDC is then shown as unknown.
    return null;
  }
}
