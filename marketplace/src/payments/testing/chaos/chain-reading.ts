import type { EmbeddedLocalnet } from '@node3/localnet/embedded-localnet';
import bs58 from 'bs58';
import { usdcAccountOf } from '../../solana/transaction-builder.ts';

const systemProgram = '11111111111111111111111111111111';
const tokenProgram = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';

/** What a wallet's USDC account is now, read from its bytes and not by the engine's code. */
export function ownUsdc(
  { chain, usdcMint }: EmbeddedLocalnet,
  wallet: string,
): 'missing' | 'usable' | 'frozen' | 'not theirs' {
  const account = chain.vm.account(usdcAccountOf(usdcMint, wallet));
  if (account === null || account.owner === systemProgram) return 'missing';
  if (account.owner !== tokenProgram || account.data.length !== 165) return 'not theirs';
  if (bs58.encode(account.data.subarray(32, 64)) !== wallet) return 'not theirs';
  return account.data[108] === 2 ? 'frozen' : 'usable';
}

/** Whether SOL can be sent to a wallet so that its owner can use it. */
export function takesSol({ chain }: EmbeddedLocalnet, wallet: string): boolean {
  const account = chain.vm.account(wallet);
  return account === null || (account.owner === systemProgram && !account.executable);
}
