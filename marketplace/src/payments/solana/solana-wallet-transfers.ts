import { MarketError } from '@node3/shared/error';
import { baseUnits, toMoney } from '@node3/shared/money';
import { verifySignature } from '@node3/shared/wallet-key';
import { Message } from '@solana/web3.js';
import bs58 from 'bs58';
import { Type } from 'typebox';
import type { TransferProgress, WalletTransfer, WalletTransfers } from '../wallet-transfers.ts';
import { ask, readAccounts, readBlockhash, readFee, readRentMinimum } from './chain-reads.ts';
import { readUsdcDestination } from './destinations.ts';
import type { RpcPool } from './rpc.ts';
import {
  compileMessage,
  depositInstructions,
  encodeTransaction,
  messageOf,
  signatureOf,
  transactionBytesMax,
  usdcAccountOf,
} from './transaction-builder.ts';

export interface WalletTransferDeps {
  rpc: RpcPool;
  treasury: string;
  usdcMint: string;
}

const unsigned = new Uint8Array(64);

export function createSolanaWalletTransfers(deps: WalletTransferDeps): WalletTransfers {
  const { rpc } = deps;
  return {
    async build(transfer) {
      const { blockhash, lastValidBlockHeight } = await readBlockhash(rpc);
      const message = messageFor(deps, transfer, blockhash);
      const fee = await readFee(rpc, message);
      // An endpoint that is behind does not know the blockhash yet, and so no fee.
      if (fee === null) throw new MarketError('CHAIN_UNAVAILABLE', { method: 'getFeeForMessage' });
      const rent = await assertFunded(deps, transfer, fee);
      const transaction = encodeTransaction(unsigned, message);
      return { transaction, feeLamports: baseUnits(fee + rent), lastValidBlockHeight };
    },

    payerOf: (transaction) => headOf(transaction)?.accountKeys[0]?.toBase58() ?? null,

    async send(transfer, transaction) {
      const blockhash = blockhashOf(transaction);
      const expected = blockhash === null ? null : messageFor(deps, transfer, blockhash);
      const message = messageOf(transaction);
      if (blockhash === null || expected === null || Buffer.compare(message, expected) !== 0) {
        throw new MarketError('TRANSACTION_FOREIGN');
      }
      const signature = bs58.encode(signatureOf(transaction));
      if (!verifySignature(transfer.wallet, message, signature)) {
        throw new MarketError('SIGNATURE_INVALID');
      }
      if (!(await isValid(rpc, blockhash)) && (await statusesOf(rpc, [signature])).length === 0) {
        throw new MarketError('TRANSACTION_EXPIRED');
      }
      const raw = Buffer.from(transaction).toString('base64');
      const options = { encoding: 'base64', skipPreflight: true, maxRetries: 0 };
      const isTaken = await rpc.broadcast('sendTransaction', [raw, options]);
      if (!isTaken) throw new MarketError('CHAIN_UNAVAILABLE', { method: 'sendTransaction' });
      return { signature };
    },

    async progress(reference, signature) {
      const found = await ask(rpc, History, 'getSignaturesForAddress', [
        reference,
        { limit: progressMax, commitment: 'confirmed' },
      ]);
      const named = found.map((entry) => entry.signature);
      const all = new Set(signature === null ? named : [...named, signature]);
      return statusesOf(rpc, [...all]);
    },
  };
}

/** Nobody pays one link more often on purpose. */
const progressMax = 20;
const History = Type.Array(Type.Object({ signature: Type.String({ maxLength: 88 }) }));

/** The same bytes for the same transfer and blockhash, always: `send` compares by it. */
function messageFor(
  { treasury, usdcMint }: WalletTransferDeps,
  transfer: WalletTransfer,
  blockhash: string,
): Uint8Array {
  const instructions = depositInstructions({ ...transfer, treasury, usdcMint });
  return compileMessage(transfer.wallet, blockhash, instructions);
}

function blockhashOf(transaction: Uint8Array): string | null {
  return headOf(transaction)?.recentBlockhash ?? null;
}

function headOf(transaction: Uint8Array): Message | null {
  if (transaction.length > transactionBytesMax || transaction[0] !== 1) return null;
  try {
    return Message.from(messageOf(transaction));
  } catch {
    return null;
  }
}

/**
 * A wallet that has not got it is told what is missing, and not only that something failed.
 * @returns the lamports that opening the treasury's token account takes; 0 where it is open, or not used.
 */
async function assertFunded(
  { rpc, usdcMint, treasury }: WalletTransferDeps,
  { wallet, asset, amount }: WalletTransfer,
  fee: bigint,
): Promise<bigint> {
  const addresses = [wallet, usdcAccountOf(usdcMint, wallet), usdcAccountOf(usdcMint, treasury)];
  const [account = null, token = null, target = null] = await readAccounts(
    rpc,
    addresses,
    'confirmed',
  );
  const lamports = account?.lamports ?? 0n;
  const opens = asset === 'USDC' && target === null;
  const rent = opens ? await readRentMinimum(rpc, tokenAccountBytes) : 0n;
  const lamportsNeeded = fee + rent + (asset === 'SOL' ? amount : 0n);
  if (lamports < lamportsNeeded) throw insufficient(lamports, lamportsNeeded, 'SOL');
  // The cluster takes no transaction that leaves less than this, unless it leaves nothing.
  const kept = await readRentMinimum(rpc, 0);
  const left = lamports - lamportsNeeded;
  if (left > 0n && left < kept) throw insufficient(lamports, lamportsNeeded + kept, 'SOL');
  if (asset !== 'USDC') return rent;
  const held = readUsdcDestination(token, wallet, usdcMint);
  const usdc = held.state === 'usable' ? held.amount : 0n;
  if (usdc < amount) throw insufficient(usdc, amount, 'USDC');
  return rent;
}

const tokenAccountBytes = 165;

function insufficient(balance: bigint, needed: bigint, asset: 'SOL' | 'USDC'): MarketError {
  const [has, needs] = [toMoney(balance, asset).amount, toMoney(needed, asset).amount];
  const missing = toMoney(needed - balance, asset).amount;
  const besides = asset === 'SOL' ? ', with fees and what a wallet must keep' : '';
  const detail = `This needs ${needs} ${asset}${besides}, and the wallet has ${has}; ${missing} are missing.`;
  return new MarketError('WALLET_FUNDS_INSUFFICIENT', {
    detail,
    asset,
    balance: has,
    needed: needs,
    missing,
  });
}

async function isValid(rpc: RpcPool, blockhash: string): Promise<boolean> {
  const answer = Type.Object({ value: Type.Boolean() });
  const params = [blockhash, { commitment: 'processed' }];
  return (await ask(rpc, answer, 'isBlockhashValid', params)).value;
}

const Level = Type.Union([
  Type.Literal('processed'),
  Type.Literal('confirmed'),
  Type.Literal('finalized'),
]);
const Statuses = Type.Object({
  value: Type.Array(
    Type.Union([
      Type.Null(),
      Type.Object({
        err: Type.Unknown(),
        confirmations: Type.Union([Type.Null(), Type.Integer({ minimum: 0 })]),
        confirmationStatus: Type.Optional(Type.Union([Type.Null(), Level])),
      }),
    ]),
  ),
});

/** Those that the cluster knows. */
async function statusesOf(rpc: RpcPool, signatures: string[]): Promise<TransferProgress[]> {
  if (signatures.length === 0) return [];
  const params = [signatures, { searchTransactionHistory: true }];
  const { value } = await ask(rpc, Statuses, 'getSignatureStatuses', params);
  return signatures.flatMap((signature, index) => {
    const status = value[index] ?? null;
    if (status === null) return [];
    const { err, confirmations, confirmationStatus } = status;
    const commitment = confirmationStatus ?? 'processed';
    return [{ signature, commitment, confirmations, failed: err !== null }];
  });
}
