import bs58 from 'bs58';
import { tokenPrograms } from './program-address.ts';
import type { StoredAccount } from './stored-account.ts';

export const mintBytes = 82;
export const tokenAccountBytes = 165;
/** In Token-2022 accounts with extensions, the byte behind the token account tells what it is. */
const accountTypeMint = 1;
const accountTypeAccount = 2;

export interface Mint {
  mintAuthority: string | null;
  supply: bigint;
  decimals: number;
  isInitialized: boolean;
  freezeAuthority: string | null;
}

export interface TokenAccount {
  mint: string;
  owner: string;
  amount: bigint;
  delegate: string | null;
  state: 'uninitialized' | 'initialized' | 'frozen';
  /** Rent kept back in a wrapped SOL account; null for every other mint. */
  nativeReserve: bigint | null;
  delegatedAmount: bigint;
  closeAuthority: string | null;
}

export interface TokenAmount {
  amount: string;
  decimals: number;
  uiAmount: number;
  uiAmountString: string;
}

const states = ['uninitialized', 'initialized', 'frozen'] as const;

export function decodeMint(account: StoredAccount | null): Mint | null {
  if (account === null || !tokenPrograms.has(account.owner)) return null;
  const { data } = account;
  const extended = data.length > tokenAccountBytes && data[tokenAccountBytes] === accountTypeMint;
  if (data.length !== mintBytes && !extended) return null;
  const view = viewOf(data);
  return {
    mintAuthority: optionalAddress(data, 0),
    supply: view.getBigUint64(36, true),
    decimals: view.getUint8(44),
    isInitialized: view.getUint8(45) === 1,
    freezeAuthority: optionalAddress(data, 46),
  };
}

export function decodeTokenAccount(account: StoredAccount | null): TokenAccount | null {
  if (account === null || !tokenPrograms.has(account.owner)) return null;
  const { data } = account;
  const extended =
    data.length > tokenAccountBytes && data[tokenAccountBytes] === accountTypeAccount;
  if (data.length !== tokenAccountBytes && !extended) return null;
  const view = viewOf(data);
  return {
    mint: bs58.encode(data.subarray(0, 32)),
    owner: bs58.encode(data.subarray(32, 64)),
    amount: view.getBigUint64(64, true),
    delegate: optionalAddress(data, 72),
    state: states[view.getUint8(108)] ?? 'uninitialized',
    nativeReserve: view.getUint32(109, true) === 1 ? view.getBigUint64(113, true) : null,
    delegatedAmount: view.getBigUint64(121, true),
    closeAuthority: optionalAddress(data, 129),
  };
}

/** An initialized mint with one key as both authorities, in the layout of the SPL Token program. */
export function encodeMint(mint: { authority: string; decimals: number }): Uint8Array {
  const data = new Uint8Array(mintBytes);
  const view = viewOf(data);
  view.setUint32(0, 1, true);
  data.set(bs58.decode(mint.authority), 4);
  view.setUint8(44, mint.decimals);
  view.setUint8(45, 1);
  view.setUint32(46, 1, true);
  data.set(bs58.decode(mint.authority), 50);
  return data;
}

export function tokenAmount(amount: bigint, decimals: number): TokenAmount {
  const digits = amount.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return { amount: amount.toString(), decimals, uiAmount: Number(text), uiAmountString: text };
}

function optionalAddress(data: Uint8Array, offset: number): string | null {
  if (viewOf(data).getUint32(offset, true) !== 1) return null;
  return bs58.encode(data.subarray(offset + 4, offset + 36));
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}
