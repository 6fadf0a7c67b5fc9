import bs58 from 'bs58';
import { WireFormatError } from '../chain/byte-reader.ts';
import { parseMessage, type WireMessage } from '../chain/wire-message.ts';
import {
  parseTransaction,
  transactionLimit,
  type WireTransaction,
} from '../chain/wire-transaction.ts';
import { transactionV1BytesMax } from '../limits.ts';
import { type RpcConfig, readText } from './params.ts';
import { invalidParams } from './rpc-error.ts';

const transactionType = 'solana_transaction::versioned::VersionedTransaction';
/** Text longer than the largest transaction could need is refused before it is decoded. */
const base64TextMax = Math.ceil(transactionV1BytesMax / 3) * 4;

/** Reads the first parameter of sends and simulations. Throws RpcError −32602. */
export function decodeTransaction(value: unknown, config: RpcConfig): WireTransaction {
  const encoding = config['encoding'] ?? 'base58';
  if (encoding !== 'base58' && encoding !== 'base64') {
    throw invalidParams('unsupported encoding. Supported encodings: base58, base64');
  }
  const text = readText(value, 'the transaction');
  if (text.length > base64TextMax) {
    throw invalidParams(
      `${encoding} encoded ${transactionType} too large: ${text.length} bytes (max: encoded/raw ${base64TextMax}/${transactionV1BytesMax})`,
    );
  }
  const bytes = encoding === 'base64' ? fromBase64(text) : fromBase58(text);
  const limit = transactionLimit(bytes);
  if (bytes.length > limit) {
    throw invalidParams(
      `decoded ${transactionType} too large: ${bytes.length} bytes (max: ${limit} bytes)`,
    );
  }
  return orInvalid(() => parseTransaction(bytes), transactionType);
}

/** Reads a base 64 message, signed or not yet. Throws RpcError −32602. */
export function parseMessageParam(value: unknown): WireMessage {
  const text = readText(value, 'the message');
  if (text.length > base64TextMax) throw invalidParams('base64 encoded message too large');
  return orInvalid(() => parseMessage(fromBase64(text)), 'solana_message::VersionedMessage');
}

function orInvalid<T>(parse: () => T, type: string): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
    throw invalidParams(`failed to deserialize ${type}: ${error.message}`);
  }
}

function fromBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw invalidParams('invalid base64 encoding');
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

function fromBase58(text: string): Uint8Array {
  const bytes = bs58.decodeUnsafe(text);
  if (bytes === undefined) throw invalidParams('invalid base58 encoding');
  return bytes;
}
