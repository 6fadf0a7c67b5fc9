import { type BaseUnits, baseUnits } from '@node3/shared/money';
import { TOKEN_PROGRAM_ID } from '@solana/spl-token';
import type { ReceivedMoney } from '../../store/deposit-store.ts';
import type { ChainTransaction } from './chain-transaction.ts';

export interface DepositAccounts {
  treasury: string;
  usdcMint: string;
  /** The treasury's own USDC account. */
  usdcAccount: string;
}

const tokenProgram = TOKEN_PROGRAM_ID.toBase58();

/**
 * What a transaction moved to the treasury. Counts balances before and after, never what
 * instructions say: those can be inner calls, can take a fee, or can be undone later in the same
 * transaction.
 */
export function readReceived(
  transaction: ChainTransaction,
  accounts: DepositAccounts,
): ReceivedMoney[] {
  if (transaction.err !== null) return [];
  const received = [readSol(transaction, accounts), readUsdc(transaction, accounts)];
  return received.flatMap((money) => (money === null ? [] : [money]));
}

/** SOL that comes in while the treasury itself signs is rent of its own, and no deposit. */
function readSol(
  transaction: ChainTransaction,
  { treasury }: DepositAccounts,
): ReceivedMoney | null {
  if (transaction.signers.includes(treasury)) return null;
  const own = transaction.lamports.get(treasury);
  const gained = own === undefined ? 0n : own.after - own.before;
  if (gained <= 0n) return null;
  const [feePayer] = transaction.signers;
  const lost = new Map<string, bigint>();
  for (const [account, { before, after }] of transaction.lamports) {
    const fee = account === feePayer ? transaction.feeLamports : 0n;
    if (before - after - fee > 0n) lost.set(account, before - after - fee);
  }
  const source = soleSource(lost, gained);
  // Lamports of an account that did not sign were a program's to give, and nobody's wallet.
  const sourceOwner = source !== null && transaction.signers.includes(source) ? source : null;
  return { asset: 'SOL', amount: received(gained), sourceOwner };
}

function readUsdc(
  transaction: ChainTransaction,
  { treasury, usdcMint, usdcAccount }: DepositAccounts,
): ReceivedMoney | null {
  const ofMint = transaction.tokens.filter(
    (token) => token.mint === usdcMint && (token.program ?? tokenProgram) === tokenProgram,
  );
  const own = ofMint.find((token) => token.account === usdcAccount && token.owner === treasury);
  const gained = own === undefined ? 0n : own.after - own.before;
  if (gained <= 0n) return null;
  const moved = new Map<string, bigint>();
  for (const { owner, before, after } of ofMint) {
    const key = owner ?? '';
    moved.set(key, (moved.get(key) ?? 0n) + before - after);
  }
  const lost = new Map([...moved].filter(([, amount]) => amount > 0n));
  const sourceOwner = soleSource(lost, gained) || null;
  return { asset: 'USDC', amount: received(gained), sourceOwner };
}

/** The only one who lost something, if that covers what came. */
function soleSource(lost: ReadonlyMap<string, bigint>, gained: bigint): string | null {
  const [only, ...others] = lost;
  if (only === undefined || others.length > 0) return null;
  return only[1] >= gained ? only[0] : null;
}

function received(gained: bigint): BaseUnits {
  return baseUnits(gained);
}
