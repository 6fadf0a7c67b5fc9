import { setTimeout as sleep } from 'node:timers/promises';
import { MarketError } from '@node3/shared/error';
import { readKeypairSecret } from '@node3/shared/keypair-file';
import { assetDecimals, fromMoney, type Money } from '@node3/shared/money';
import type { AskPassphrase } from '@node3/shared/passphrase';
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createTransferCheckedInstruction,
  getAssociatedTokenAddressSync,
} from '@solana/spl-token';
import {
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js';
import bs58 from 'bs58';
import { CommandError } from '../command-error.ts';
import { moneyText } from '../output/words.ts';
import { readBalances } from './balances.ts';
import { type Rpc, RpcError } from './rpc.ts';

export interface TransferRequest {
  /** Keypair file of the paying wallet. */
  walletPath: string;
  /** Asked when that file is encrypted. */
  askPassphrase: AskPassphrase;
  to: string;
  money: Money;
  usdcMint: string;
}

/** How often the same bytes are sent again until the cluster knows them. */
const rebroadcastMs = 500;

/**
 * Sends money and waits until the transfer is finalized. The same signed bytes are sent again until
 * their blockhash has expired, so at most one transfer happens whatever the network does.
 * @returns the signature.
 */
export async function sendTransfer(rpc: Rpc, request: TransferRequest): Promise<string> {
  const payer = await readPayer(request);
  await assertFunds(rpc, payer.publicKey.toBase58(), request);
  const latest = await rpc.call('getLatestBlockhash', [{ commitment: 'confirmed' }]);
  const { value } = latest as { value: { blockhash: string; lastValidBlockHeight: number } };
  const transaction = new Transaction({
    feePayer: payer.publicKey,
    blockhash: value.blockhash,
    lastValidBlockHeight: value.lastValidBlockHeight,
  });
  transaction.add(...instructionsFor(payer.publicKey, request));
  transaction.sign(payer);
  const signature = bs58.encode(transaction.signature ?? new Uint8Array(64));
  const raw = transaction.serialize().toString('base64');
  await simulate(rpc, raw, request.money);
  await sendUntilFinalized(rpc, { raw, signature, lastHeight: value.lastValidBlockHeight });
  return signature;
}

/** The copy inside the keypair lives as long as this command. */
async function readPayer({ walletPath, askPassphrase }: TransferRequest): Promise<Keypair> {
  const secret = await readKeypairSecret(walletPath, askPassphrase);
  const payer = Keypair.fromSecretKey(Uint8Array.from(secret));
  secret.fill(0);
  return payer;
}

function instructionsFor(payer: PublicKey, request: TransferRequest): TransactionInstruction[] {
  const to = new PublicKey(request.to);
  const amount = fromMoney(request.money);
  if (request.money.asset === 'SOL') {
    return [SystemProgram.transfer({ fromPubkey: payer, toPubkey: to, lamports: amount })];
  }
  const mint = new PublicKey(request.usdcMint);
  const source = getAssociatedTokenAddressSync(mint, payer);
  const target = getAssociatedTokenAddressSync(mint, to, true);
  return [
    createAssociatedTokenAccountIdempotentInstruction(payer, target, to, mint),
    createTransferCheckedInstruction(source, mint, target, payer, amount, assetDecimals.USDC),
  ];
}

/** An empty wallet is told in words before anything is signed; the chain would answer in codes. */
async function assertFunds(rpc: Rpc, wallet: string, request: TransferRequest): Promise<void> {
  const { money, usdcMint } = request;
  const balances = await readBalances(rpc, wallet, usdcMint);
  const held = balances[money.asset];
  if (held !== null && fromMoney(held) >= fromMoney(money)) return;
  const option = money.asset === 'SOL' ? '' : ` --asset ${money.asset}`;
  throw new CommandError(
    'funds',
    `The wallet ${wallet} holds ${moneyText(held)}; ${moneyText(money)} is asked for.`,
    `Send it more. On a test chain: node3 wallet airdrop ${money.amount}${option}`,
  );
}

/** A dry run on the node: what is refused here is never sent. */
async function simulate(rpc: Rpc, raw: string, money: Money): Promise<void> {
  const options = { encoding: 'base64', commitment: 'confirmed' };
  const reply = await rpc.call('simulateTransaction', [raw, options]);
  const { value } = reply as { value: { err: unknown; logs: string[] | null } };
  if (value.err === null) return;
  const reason = value.logs?.findLast((line) => line.includes('insufficient'));
  const why = reason ?? JSON.stringify(value.err);
  throw new CommandError(
    'failure',
    `The wallet cannot send ${money.amount} ${money.asset}: ${why}`,
    'Look at it with: node3 wallet balance   (a little SOL must stay for the network’s fee)',
  );
}

interface SignedTransfer {
  raw: string;
  signature: string;
  lastHeight: number;
}

async function sendUntilFinalized(rpc: Rpc, signed: SignedTransfer): Promise<void> {
  const options = { encoding: 'base64', skipPreflight: true, maxRetries: 0 };
  let expired = false;
  while (!expired) {
    // Any answer to a send is ambiguous; only the status and the block height decide.
    await rpc.call('sendTransaction', [signed.raw, options]).catch(ignoreRefusal);
    await sleep(rebroadcastMs);
    const height = Number(await rpc.call('getBlockHeight', [{ commitment: 'finalized' }]));
    if (await isFinalized(rpc, signed.signature)) return;
    expired = height > signed.lastHeight;
  }
  const detail = `The transfer ${signed.signature} expired without happening. Nothing was sent.`;
  throw new MarketError('CHAIN_UNAVAILABLE', { detail });
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof RpcError)) throw error;
}

/** Waits for the faucet's or anybody's transaction. @returns false while it is not final yet. */
export async function isFinalized(rpc: Rpc, signature: string): Promise<boolean> {
  const options = { searchTransactionHistory: true };
  const reply = await rpc.call('getSignatureStatuses', [[signature], options]);
  const [status] = (reply as { value: (SignatureStatus | null)[] }).value;
  if (status === null || status === undefined) return false;
  if (status.err !== null) {
    const what = `The transaction ${signature} failed on chain: ${JSON.stringify(status.err)}`;
    throw new CommandError('failure', what, 'Look at it in an explorer.');
  }
  return status.confirmationStatus === 'finalized';
}

interface SignatureStatus {
  err: unknown;
  confirmationStatus: string | null;
}
