import { zstdCompressSync } from 'node:zlib';
import bs58 from 'bs58';
import type { StoredAccount } from '../chain/stored-account.ts';
import { base58DataBytesMax } from '../limits.ts';
import { type RpcConfig, readConfig, readInteger } from './params.ts';
import { type ParsedAccount, parseAccount } from './parse-account.ts';
import { invalidParams, RpcError, rpcCode } from './rpc-error.ts';

const encodings = ['binary', 'base58', 'base64', 'base64+zstd', 'jsonParsed'] as const;
export type AccountEncoding = (typeof encodings)[number];

export interface AccountFormat {
  encoding: AccountEncoding;
  slice: { offset: number; length: number } | null;
}

export interface EncodedAccount {
  data: string | [string, AccountEncoding] | ParsedAccount;
  executable: boolean;
  lamports: bigint;
  owner: string;
  rentEpoch: bigint;
  space: number;
}

/** Rent is no longer collected; every account says so with the largest u64. */
const rentEpoch = 18_446_744_073_709_551_615n;

/** @param fallback what the method uses when the caller names no encoding. */
export function readAccountFormat(config: RpcConfig, fallback: AccountEncoding): AccountFormat {
  const name = config['encoding'] ?? fallback;
  const encoding = encodings.find((known) => known === name);
  if (encoding === undefined) throw invalidParams('Invalid params: unknown encoding.');
  if (config['dataSlice'] === undefined || config['dataSlice'] === null) {
    return { encoding, slice: null };
  }
  const slice = readConfig(config['dataSlice']);
  const range = { min: 0, max: 10 * 1024 * 1024 };
  const offset = readInteger(slice['offset'], 'dataSlice.offset', range);
  return {
    encoding,
    slice: { offset, length: readInteger(slice['length'], 'dataSlice.length', range) },
  };
}

/** @param readMint looks up the mint of a token account, for its decimals. */
export function encodeAccount(
  account: StoredAccount,
  format: AccountFormat,
  readMint: (address: string) => StoredAccount | null,
): EncodedAccount {
  const { data, executable, lamports, owner } = account;
  const head = { executable, lamports, owner, rentEpoch, space: data.length };
  if (format.encoding === 'jsonParsed') {
    const parsed = parseAccount(account, readMint);
    return { ...head, data: parsed ?? encodeData(data, { ...format, encoding: 'base64' }) };
  }
  return { ...head, data: encodeData(data, format) };
}

function encodeData(whole: Uint8Array, format: AccountFormat): string | [string, AccountEncoding] {
  const { encoding, slice } = format;
  const data = slice ? whole.subarray(slice.offset, slice.offset + slice.length) : whole;
  if (encoding === 'base64+zstd') return [zstdCompressSync(data).toString('base64'), encoding];
  if (encoding === 'binary') return toBase58(data);
  if (encoding === 'base58') return [toBase58(data), encoding];
  return [Buffer.from(data).toString('base64'), 'base64'];
}

function toBase58(data: Uint8Array): string {
  if (data.length <= base58DataBytesMax) return bs58.encode(data);
  throw new RpcError(
    rpcCode.invalidRequest,
    'Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.',
  );
}
