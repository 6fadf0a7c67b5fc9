import { readKeypairSecret } from '@node3/shared/keypair-file';
import { createTransferCheckedInstruction, getAssociatedTokenAddressSync } from '@solana/spl-token';
import {
  Connection,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js';

/** Transfers as any user's own tools would make them, finalized before they return. */
export interface TransferFrom {
  rpcUrl: string;
  walletPath: string;
  to: string;
}

export async function transferSol(from: TransferFrom, lamports: bigint): Promise<string> {
  const sender = await readSender(from.walletPath);
  const toPubkey = new PublicKey(from.to);
  return send(from.rpcUrl, sender, [
    SystemProgram.transfer({ fromPubkey: sender.publicKey, toPubkey, lamports }),
  ]);
}

export async function transferUsdc(
  from: TransferFrom,
  usdcMint: string,
  baseUnits: bigint,
): Promise<string> {
  const sender = await readSender(from.walletPath);
  const mint = new PublicKey(usdcMint);
  const source = getAssociatedTokenAddressSync(mint, sender.publicKey);
  const target = getAssociatedTokenAddressSync(mint, new PublicKey(from.to));
  return send(from.rpcUrl, sender, [
    createTransferCheckedInstruction(source, mint, target, sender.publicKey, baseUnits, 6),
  ]);
}

async function readSender(walletPath: string): Promise<Keypair> {
  return Keypair.fromSecretKey(await readKeypairSecret(walletPath));
}

async function send(
  rpcUrl: string,
  sender: Keypair,
  instructions: TransactionInstruction[],
): Promise<string> {
  const connection = new Connection(rpcUrl, 'finalized');
  const latest = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: sender.publicKey, ...latest });
  transaction.add(...instructions);
  transaction.sign(sender);
  const signature = await connection.sendRawTransaction(transaction.serialize());
  await connection.confirmTransaction({ signature, ...latest }, 'finalized');
  return signature;
}
