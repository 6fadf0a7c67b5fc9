import bs58 from 'bs58';
import { decodeNonce } from '../chain/durable-nonce.ts';
import { lookupTableProgram, tokenProgram } from '../chain/program-address.ts';
import type { StoredAccount } from '../chain/stored-account.ts';
import {
  decodeMint,
  decodeTokenAccount,
  type Mint,
  type TokenAccount,
  tokenAmount,
} from '../chain/token-layout.ts';

export interface ParsedAccount {
  program: string;
  parsed: { type: string; info: Record<string, unknown> };
  space: number;
}

type ReadAccount = (address: string) => StoredAccount | null;

/** `jsonParsed` account data; null for what the node has no parser for, which then goes as base 64. */
export function parseAccount(account: StoredAccount, readMint: ReadAccount): ParsedAccount | null {
  const space = account.data.length;
  const program = account.owner === tokenProgram ? 'spl-token' : 'spl-token-2022';
  const mint = decodeMint(account);
  if (mint) return { program, space, parsed: { type: 'mint', info: mintInfo(mint) } };
  const token = decodeTokenAccount(account);
  if (token) {
    const decimals = decodeMint(readMint(token.mint))?.decimals;
    if (decimals === undefined) return null;
    return { program, space, parsed: { type: 'account', info: tokenInfo(token, decimals) } };
  }
  const nonce = decodeNonce(account);
  if (nonce) {
    const feeCalculator = { lamportsPerSignature: nonce.lamportsPerSignature.toString() };
    const info = { authority: nonce.authority, blockhash: nonce.nonce, feeCalculator };
    return { program: 'nonce', space, parsed: { type: 'initialized', info } };
  }
  return account.owner === lookupTableProgram ? parseLookupTable(account) : null;
}

function mintInfo(mint: Mint): Record<string, unknown> {
  return { ...mint, supply: mint.supply.toString() };
}

function tokenInfo(token: TokenAccount, decimals: number): Record<string, unknown> {
  return {
    isNative: token.nativeReserve !== null,
    mint: token.mint,
    owner: token.owner,
    state: token.state,
    tokenAmount: tokenAmount(token.amount, decimals),
    ...(token.delegate === null
      ? {}
      : {
          delegate: token.delegate,
          delegatedAmount: tokenAmount(token.delegatedAmount, decimals),
        }),
    ...(token.nativeReserve === null
      ? {}
      : { rentExemptReserve: tokenAmount(token.nativeReserve, decimals) }),
    ...(token.closeAuthority === null ? {} : { closeAuthority: token.closeAuthority }),
  };
}

/** Head of a lookup table: state, deactivation slot, last extension and its start, authority. */
const tableHeadBytes = 56;

function parseLookupTable({ data }: StoredAccount): ParsedAccount | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < tableHeadBytes || view.getUint32(0, true) !== 1) return null;
  const count = Math.floor((data.length - tableHeadBytes) / 32);
  const addressAt = (start: number) => bs58.encode(data.subarray(start, start + 32));
  const info = {
    deactivationSlot: view.getBigUint64(4, true).toString(),
    lastExtendedSlot: view.getBigUint64(12, true).toString(),
    lastExtendedSlotStartIndex: view.getUint8(20),
    ...(view.getUint8(21) === 1 ? { authority: addressAt(22) } : {}),
    addresses: Array.from({ length: count }, (_, index) => addressAt(tableHeadBytes + index * 32)),
  };
  return {
    program: 'address-lookup-table',
    space: data.length,
    parsed: { type: 'lookupTable', info },
  };
}
