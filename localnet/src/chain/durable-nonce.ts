import { createHash } from 'node:crypto';
import bs58 from 'bs58';
import { systemProgram } from './program-address.ts';
import type { StoredAccount } from './stored-account.ts';
import { isSigner, isWritable } from './transaction-accounts.ts';
import type { WireMessage } from './wire-message.ts';

/** Layout of an initialized nonce account: version, state, authority, nonce, fee. */
const nonceAccountBytes = 80;
const authorityOffset = 8;
const nonceOffset = 40;
const advanceInstruction = 4;

export interface NonceState {
  authority: string;
  nonce: string;
  lamportsPerSignature: bigint;
}

export function decodeNonce(account: StoredAccount): NonceState | null {
  const { data } = account;
  if (account.owner !== systemProgram || data.length !== nonceAccountBytes) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.getUint32(4, true) !== 1) return null;
  return {
    authority: bs58.encode(data.subarray(authorityOffset, nonceOffset)),
    nonce: bs58.encode(data.subarray(nonceOffset, nonceOffset + 32)),
    lamportsPerSignature: view.getBigUint64(72, true),
  };
}

/** The value a nonce takes when it advances in a block with this blockhash. */
export function nonceFor(blockhash: string): string {
  const hash = createHash('sha256').update('DURABLE_NONCE').update(bs58.decode(blockhash));
  return bs58.encode(hash.digest());
}

/** The account that the first instruction advances, when it is such an instruction at all. */
export function nonceAddressOf(message: WireMessage): string | null {
  const [first] = message.instructions;
  if (!first || message.staticKeys[first.programIdIndex] !== systemProgram) return null;
  const [tag, ...rest] = first.data;
  if (tag !== advanceInstruction || rest.slice(0, 3).some((byte) => byte !== 0)) return null;
  const [index] = first.accountIndexes;
  if (index === undefined || !isWritable(message, index)) return null;
  return message.staticKeys[index] ?? null;
}

/** Whether the message's "blockhash" is the nonce now stored, and its authority has signed. */
export function isNonceCurrent(
  message: WireMessage,
  account: StoredAccount | null,
  blockhash: string,
): boolean {
  const state = account === null ? null : decodeNonce(account);
  if (state === null || state.nonce !== message.recentBlockhash) return false;
  // A nonce that advanced in this very block can't advance again before the next.
  if (state.nonce === nonceFor(blockhash)) return false;
  const authorityIndex = message.staticKeys.indexOf(state.authority);
  return authorityIndex >= 0 && isSigner(message, authorityIndex);
}

/** The account with the nonce of a block with this blockhash. */
export function withNonceOf(account: StoredAccount, blockhash: string): StoredAccount {
  const data = Uint8Array.from(account.data);
  data.set(bs58.decode(nonceFor(blockhash)), nonceOffset);
  return { ...account, data };
}
