import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import {
  ComputeBudgetProgram,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from '@solana/web3.js';
import type { Chain } from '../chain/chain.ts';
import {
  associatedTokenProgram,
  devnetUsdcMint,
  systemProgram,
  tokenProgram,
} from '../chain/program-address.ts';
import { encodeMint } from '../chain/token-layout.ts';
import { TransactionRejected } from '../chain/transaction-accounts.ts';
import { transactionErrorText } from '../chain/transaction-error.ts';
import { parseTransaction } from '../chain/wire-transaction.ts';
import { RpcError, rpcCode } from '../rpc/rpc-error.ts';

export const usdcDecimals = 6;
/** ASN.1 header that turns a raw Ed25519 seed into what node:crypto reads (RFC 8410). */
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Half a billion SOL, about what exists: enough that no test empties the faucet. */
const faucetLamports = 500_000_000_000_000_000n;
/** Enough for a transfer, and for creating a token account and minting into it. */
const computeUnitsMin = 60_000;
const computeUnitsSpread = 1_000_000;

/**
 * Gives play money by ordinary signed transactions, so that recipients find them in their history
 * like any other. Its key is the fee payer and USDC's mint and
 * freeze authority, as Circle's keys are of the real one.
 */
export class Faucet {
  readonly #chain: Chain;
  readonly #keypair: Keypair;
  readonly #signingKey: KeyObject;
  #sent = 0;

  /** @param secretKey 64 bytes in Solana's order: seed, then public key. */
  constructor(chain: Chain, secretKey: Uint8Array) {
    this.#chain = chain;
    this.#keypair = Keypair.fromSecretKey(secretKey);
    const der = Buffer.concat([pkcs8Header, secretKey.subarray(0, 32)]);
    this.#signingKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  }

  get address(): string {
    return this.#keypair.publicKey.toBase58();
  }

  get secretKey(): Uint8Array {
    return this.#keypair.secretKey;
  }

  /** On a new chain: funds the faucet and plants devnet's USDC mint under its authority. */
  plantGenesis(): void {
    const { vm } = this.#chain;
    const none = new Uint8Array();
    const purse = { lamports: faucetLamports, data: none, owner: systemProgram, executable: false };
    vm.setAccount(this.address, purse);
    const data = encodeMint({ authority: this.address, decimals: usdcDecimals });
    const lamports = vm.minimumBalance(BigInt(data.length));
    vm.setAccount(devnetUsdcMint, { lamports, data, owner: tokenProgram, executable: false });
  }

  /** @returns the signature. Throws RpcError −32603, for example below the rent-exempt minimum. */
  airdropSol(address: string, lamports: bigint): string {
    const toPubkey = new PublicKey(address);
    return this.#send([
      SystemProgram.transfer({ fromPubkey: this.#keypair.publicKey, toPubkey, lamports }),
    ]);
  }

  /** Creates the owner's USDC account if needed and mints into it. @returns the signature. */
  mintUsdc(owner: string, amountBaseUnits: bigint): string {
    const account = usdcAccountOf(owner);
    return this.#send([
      createAccountInstruction(this.#keypair.publicKey, owner, account),
      mintInstruction(this.#keypair.publicKey, account, amountBaseUnits),
    ]);
  }

  /** Freezes or thaws the owner's USDC account, as USDC's issuer can. @returns the signature. */
  setUsdcFrozen(owner: string, state: 'frozen' | 'thawed'): string {
    return this.#send([freezeInstruction(this.#keypair.publicKey, usdcAccountOf(owner), state)]);
  }

  #send(instructions: readonly TransactionInstruction[]): string {
    // The unit limit differs each time, or equal gifts within one slot would be one message.
    const units = computeUnitsMin + (this.#sent % computeUnitsSpread);
    this.#sent += 1;
    const blockhash = this.#chain.blockhashes.hashOf(this.#chain.slot);
    const transaction = new Transaction({
      feePayer: this.#keypair.publicKey,
      blockhash,
      lastValidBlockHeight: this.#chain.slot,
    }).add(ComputeBudgetProgram.setComputeUnitLimit({ units }), ...instructions);
    const message = transaction.compileMessage().serialize();
    // web3.js signs in JavaScript and then checks itself, which takes ten times as long.
    const signature = sign(null, message, this.#signingKey);
    const record = this.#land(Buffer.concat([Uint8Array.of(1), signature, message]));
    if (record.err !== null) throw airdropFailed(transactionErrorText(record.err));
    return record.wire.signature;
  }

  #land(bytes: Uint8Array) {
    try {
      return this.#chain.land(parseTransaction(bytes));
    } catch (error) {
      if (!(error instanceof TransactionRejected)) throw error;
      throw airdropFailed(transactionErrorText(error.reason));
    }
  }
}

/** The associated token account for USDC, which also x402 and wallets look for. */
export function usdcAccountOf(owner: string): PublicKey {
  const seeds = [owner, tokenProgram, devnetUsdcMint].map((key) => new PublicKey(key).toBytes());
  return PublicKey.findProgramAddressSync(seeds, new PublicKey(associatedTokenProgram))[0];
}

function airdropFailed(why: string): RpcError {
  return new RpcError(rpcCode.internal, `Airdrop failed: ${why}`);
}

function createAccountInstruction(payer: PublicKey, owner: string, account: PublicKey) {
  const readonly = [owner, devnetUsdcMint, systemProgram, tokenProgram].map((key) => ({
    pubkey: new PublicKey(key),
    isSigner: false,
    isWritable: false,
  }));
  return new TransactionInstruction({
    programId: new PublicKey(associatedTokenProgram),
    keys: [
      { pubkey: payer, isSigner: true, isWritable: true },
      { pubkey: account, isSigner: false, isWritable: true },
      ...readonly,
    ],
    data: Buffer.from([1]),
  });
}

function mintInstruction(authority: PublicKey, account: PublicKey, amount: bigint) {
  const data = Buffer.alloc(10);
  data.writeUInt8(14, 0);
  data.writeBigUInt64LE(amount, 1);
  data.writeUInt8(usdcDecimals, 9);
  return new TransactionInstruction({
    programId: new PublicKey(tokenProgram),
    keys: [
      { pubkey: new PublicKey(devnetUsdcMint), isSigner: false, isWritable: true },
      { pubkey: account, isSigner: false, isWritable: true },
      { pubkey: authority, isSigner: true, isWritable: false },
    ],
    data,
  });
}

function freezeInstruction(authority: PublicKey, account: PublicKey, state: 'frozen' | 'thawed') {
  return new TransactionInstruction({
    programId: new PublicKey(tokenProgram),
    keys: [
      { pubkey: account, isSigner: false, isWritable: true },
      { pubkey: new PublicKey(devnetUsdcMint), isSigner: false, isWritable: false },
      { pubkey: authority, isSigner: true, isWritable: false },
    ],
    data: Buffer.from([state === 'frozen' ? 10 : 11]),
  });
}
