import bs58 from 'bs58';
import { type Commitment, commitmentFromName } from '../chain/commitment.ts';
import { invalidParams } from './rpc-error.ts';

/** The optional object at the end of most parameter lists. */
export type RpcConfig = Readonly<Record<string, unknown>>;

const addressBytes = 32;
const signatureBytes = 64;
/** The longest base 58 text of 64 bytes; longer ones are refused before the slow decoding. */
const base58TextMax = 88;

export function readConfig(value: unknown): RpcConfig {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as RpcConfig;
  throw invalidParams('Invalid params: invalid type: expected a configuration object.');
}

export function readText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw invalidParams(`Invalid params: ${name} must be a string.`);
}

export function readArray(value: unknown, name: string, lengthMax: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidParams(`Invalid params: ${name} must be an array.`);
  if (value.length > lengthMax) {
    throw invalidParams(`Too many inputs provided; max ${lengthMax}`);
  }
  return value;
}

export function readInteger(
  value: unknown,
  name: string,
  range: { min: number; max: number },
): number {
  const { min, max } = range;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw invalidParams(`Invalid params: ${name} must be a whole number from ${min} to ${max}.`);
}

/** A u64 amount; a number, or a bigint when it was beyond 2^53 on the wire. */
export function readAmount(value: unknown, name: string, max: bigint): bigint {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value);
  const amount = whole ? BigInt(value as bigint | number) : -1n;
  if (amount >= 1n && amount <= max) return amount;
  throw invalidParams(`Invalid params: ${name} must be a whole number from 1 to ${max}.`);
}

export function readAddress(value: unknown): string {
  return readBase58(value, addressBytes);
}

export function readSignature(value: unknown): string {
  return readBase58(value, signatureBytes);
}

/** The commitment a read asks for; Solana's default everywhere is finalized. */
export function readCommitment(config: RpcConfig): Commitment {
  const name = config['commitment'];
  if (name === undefined || name === null) return 'finalized';
  const commitment = commitmentFromName(readText(name, 'commitment'));
  if (commitment === null) throw invalidParams('Invalid params: unknown commitment.');
  return commitment;
}

/** As `readCommitment`, for methods that look into blocks. */
export function readBlockCommitment(config: RpcConfig): Commitment {
  const commitment = readCommitment(config);
  if (commitment !== 'processed') return commitment;
  throw invalidParams('Method does not support commitment below `confirmed`');
}

/** Many methods take either a bare commitment or encoding, or an object with it. */
export function readConfigOr(value: unknown, key: string): RpcConfig {
  return typeof value === 'string' ? { [key]: value } : readConfig(value);
}

function readBase58(value: unknown, byteLength: number): string {
  const text = readText(value, 'a key');
  const bytes = text.length <= base58TextMax ? bs58.decodeUnsafe(text) : undefined;
  if (bytes === undefined) throw invalidParams('Invalid param: Invalid');
  if (bytes.length !== byteLength) throw invalidParams('Invalid param: WrongSize');
  return text;
}
