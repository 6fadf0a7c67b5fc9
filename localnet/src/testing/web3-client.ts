import {
  type Commitment,
  Connection,
  type Keypair,
  type PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js';
import type { LocalnetNode } from '../rpc-node.ts';

/** A stock client; it derives the WebSocket's port by itself. */
export function connect(node: LocalnetNode, commitment: Commitment = 'confirmed'): Connection {
  return new Connection(node.rpcUrl, { commitment, disableRetryOnRateLimit: true });
}

/** web3.js reconnects for ever and has no public way to stop that. */
export function disconnect(connection: Connection): void {
  const { _rpcWebSocket: socket } = connection as unknown as { _rpcWebSocket: { close(): void } };
  socket.close();
}

/** A signed legacy transaction with a fresh blockhash of the connection's commitment. */
export async function sign(
  connection: Connection,
  payer: Keypair,
  instructions: readonly TransactionInstruction[],
): Promise<{ raw: Buffer; blockhash: string; lastValidBlockHeight: number }> {
  const latest = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: payer.publicKey, ...latest });
  transaction.add(...instructions).sign(payer);
  return { raw: transaction.serialize(), ...latest };
}

export function transfer(from: Keypair, to: PublicKey, lamports: number): TransactionInstruction {
  return SystemProgram.transfer({ fromPubkey: from.publicKey, toPubkey: to, lamports });
}
