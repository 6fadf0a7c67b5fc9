import { MarketError } from '@node3/shared/error';
import { type Asset, type BaseUnits, baseUnits } from '@node3/shared/money';
import { TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { type ChainTransaction, readTransaction } from './chain-transaction.ts';
import type { RpcPool } from './rpc.ts';
import { usdcAccountOf } from './transaction-builder.ts';

export interface DepositClaim {
  signature: string;
  /** Wallet of the account that claims it. */
  wallet: string;
  treasury: string;
  usdcMint: string;
}

export interface DepositedAmount {
  asset: Asset;
  amount: BaseUnits;
}

/**
 * What a finalized transaction moved from the wallet to the treasury.
 * Rejects with DEPOSIT_NOT_FOUND while it is not finalized, with DEPOSIT_INVALID when it credits
 * nothing or may be somebody else's, and with CHAIN_UNAVAILABLE.
 */
export async function verifyDeposit(rpc: RpcPool, claim: DepositClaim): Promise<DepositedAmount[]> {
  const transaction = await readTransaction(rpc, claim.signature, 'finalized');
  if (transaction === null) {
    throw new MarketError('DEPOSIT_NOT_FOUND', { signature: claim.signature });
  }
  return readDeposit(transaction, claim);
}

const tokenProgram = TOKEN_PROGRAM_ID.toBase58();

/**
 * Counts balances before and after, never what instructions say: those can be inner calls, can
 * take a fee, or can be undone later in the same transaction.
 */
export function readDeposit(transaction: ChainTransaction, claim: DepositClaim): DepositedAmount[] {
  const { signature, wallet } = claim;
  if (transaction.err !== null) throw invalid(signature, 'The transaction failed on chain.');
  const [signer, ...others] = transaction.signers;
  if (signer !== wallet) {
    throw invalid(signature, 'The transaction was not signed by the wallet of your account.');
  }
  if (others.length > 0) {
    throw invalid(signature, 'Several wallets signed, so it is not clear whose deposit it is.');
  }
  const deposited = [readSol(transaction, claim), readUsdc(transaction, claim)];
  const credited = deposited.flatMap((amount) => (amount === null ? [] : [amount]));
  if (credited.length === 0) {
    throw invalid(signature, 'The treasury received neither SOL nor the listed USDC from it.');
  }
  return credited;
}

function readSol(
  transaction: ChainTransaction,
  { signature, wallet, treasury }: DepositClaim,
): DepositedAmount | null {
  const own = transaction.lamports.get(treasury);
  const source = transaction.lamports.get(wallet);
  const gained = own === undefined ? 0n : own.after - own.before;
  if (gained <= 0n) return null;
  const lost = source === undefined ? 0n : source.before - source.after;
  if (lost < gained) throw invalid(signature, 'The SOL came from elsewhere than your wallet.');
  return { asset: 'SOL', amount: baseUnits(gained) };
}

function readUsdc(
  transaction: ChainTransaction,
  { signature, wallet, treasury, usdcMint }: DepositClaim,
): DepositedAmount | null {
  const account = usdcAccountOf(usdcMint, treasury);
  const ofMint = transaction.tokens.filter(
    (token) => token.mint === usdcMint && (token.program ?? tokenProgram) === tokenProgram,
  );
  const own = ofMint.find((token) => token.account === account && token.owner === treasury);
  const gained = own === undefined ? 0n : own.after - own.before;
  if (gained <= 0n) return null;
  const lost = ofMint
    .filter((token) => token.owner === wallet)
    .reduce((sum, token) => sum + token.before - token.after, 0n);
  if (lost < gained) throw invalid(signature, 'The USDC came from elsewhere than your wallet.');
  return { asset: 'USDC', amount: baseUnits(gained) };
}

function invalid(signature: string, detail: string): MarketError {
  return new MarketError('DEPOSIT_INVALID', { signature, detail });
}
