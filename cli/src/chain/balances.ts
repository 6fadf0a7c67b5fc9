import { baseUnits, type Money, toMoney } from '@node3/shared/money';
import type { Rpc } from './rpc.ts';

/** What a wallet holds on chain, finalized. `null` for USDC when its mint is not known here. */
export interface WalletBalances {
  SOL: Money;
  USDC: Money | null;
}

export async function readBalances(
  rpc: Rpc,
  wallet: string,
  usdcMint: string | null,
): Promise<WalletBalances> {
  const [SOL, USDC] = await Promise.all([
    readSol(rpc, wallet),
    usdcMint === null ? null : readTokens(rpc, wallet, usdcMint),
  ]);
  return { SOL, USDC };
}

async function readSol(rpc: Rpc, wallet: string): Promise<Money> {
  const reply = await rpc.call('getBalance', [wallet, { commitment: 'finalized' }]);
  const { value } = reply as { value: number };
  return toMoney(baseUnits(BigInt(value)), 'SOL');
}

/** Adds up every account the wallet owns for the mint; a wallet without one holds nothing. */
async function readTokens(rpc: Rpc, wallet: string, mint: string): Promise<Money> {
  const options = { commitment: 'finalized', encoding: 'jsonParsed' };
  const reply = await rpc.call('getTokenAccountsByOwner', [wallet, { mint }, options]);
  let total = 0n;
  for (const entry of (reply as { value: ParsedTokenAccount[] }).value) {
    total += BigInt(entry.account.data.parsed.info.tokenAmount.amount);
  }
  return toMoney(baseUnits(total), 'USDC');
}

interface ParsedTokenAccount {
  account: { data: { parsed: { info: { tokenAmount: { amount: string } } } } };
}
