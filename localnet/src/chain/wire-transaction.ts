import bs58 from 'bs58';
import { transactionBytesMax, transactionV1BytesMax } from '../limits.ts';
import { ByteReader, WireFormatError } from './byte-reader.ts';
import { messageV1Prefix, parseMessage, type WireMessage } from './wire-message.ts';

export interface WireTransaction {
  bytes: Uint8Array;
  /** Base 58; the first one names the transaction. */
  signature: string;
  signatures: Uint8Array[];
  message: WireMessage;
}

const signatureBytes = 64;

/** The size limit depends on the version, which the first byte tells. */
export function transactionLimit(bytes: Uint8Array): number {
  return bytes[0] === messageV1Prefix ? transactionV1BytesMax : transactionBytesMax;
}

/** Reads a signed transaction. Throws WireFormatError; the size is the caller's to check. */
export function parseTransaction(bytes: Uint8Array): WireTransaction {
  const parts = bytes[0] === messageV1Prefix ? splitV1(bytes) : splitLegacy(bytes);
  const message = parseMessage(parts.message);
  const [first] = parts.signatures;
  if (first === undefined || parts.signatures.length !== message.header.numRequiredSignatures) {
    throw new WireFormatError('the number of signatures does not match the header');
  }
  return { bytes, signature: bs58.encode(first), signatures: parts.signatures, message };
}

interface Parts {
  signatures: Uint8Array[];
  message: Uint8Array;
}

function splitLegacy(bytes: Uint8Array): Parts {
  const reader = new ByteReader(bytes);
  const signatures = Array.from({ length: reader.compactU16() }, () => reader.take(signatureBytes));
  return { signatures, message: reader.take(reader.remaining) };
}

/** In v1 the signatures follow the message (SIMD-0385); the second byte says how many. */
function splitV1(bytes: Uint8Array): Parts {
  const count = bytes[1] ?? 0;
  const length = bytes.length - count * signatureBytes;
  if (length <= 0) throw new WireFormatError('unexpected end of the data');
  const reader = new ByteReader(bytes);
  const message = reader.take(length);
  return { message, signatures: Array.from({ length: count }, () => reader.take(signatureBytes)) };
}
