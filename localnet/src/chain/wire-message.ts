import { ByteReader, WireFormatError } from './byte-reader.ts';

export interface MessageHeader {
  numRequiredSignatures: number;
  numReadonlySignedAccounts: number;
  numReadonlyUnsignedAccounts: number;
}

export interface WireInstruction {
  programIdIndex: number;
  accountIndexes: number[];
  data: Uint8Array;
}

export interface AddressLookup {
  tableAddress: string;
  writableIndexes: number[];
  readonlyIndexes: number[];
}

/** Resource limits that a v1 message carries in its head instead of in instructions. */
export interface TransactionConfig {
  computeUnitLimit: number | null;
  heapSize: number | null;
  loadedAccountsDataSizeLimit: number | null;
  /** Lamports for the whole transaction, unlike the price per unit of older versions. */
  priorityFee: bigint | null;
}

export type TransactionVersion = 'legacy' | 0 | 1;

export interface WireMessage {
  bytes: Uint8Array;
  version: TransactionVersion;
  header: MessageHeader;
  staticKeys: string[];
  recentBlockhash: string;
  instructions: WireInstruction[];
  lookups: AddressLookup[];
  /** Only v1 has one. */
  config: TransactionConfig | null;
}

const versionFlag = 0x80;
export const messageV1Prefix = 0x81;

/** Reads a message of any version. Throws WireFormatError for anything that is not exactly one. */
export function parseMessage(bytes: Uint8Array): WireMessage {
  const first = bytes[0];
  if (first === undefined) throw new WireFormatError('empty message');
  const reader = new ByteReader(bytes);
  const message =
    (first & versionFlag) === 0 ? parseLegacy(bytes, reader) : parseTagged(bytes, reader);
  reader.expectEnd();
  assertSane(message);
  return message;
}

function parseTagged(bytes: Uint8Array, reader: ByteReader): WireMessage {
  const version = reader.u8() & 0x7f;
  if (version === 0) {
    const legacy = parseLegacy(bytes, reader);
    return { ...legacy, version: 0, lookups: parseLookups(reader) };
  }
  if (version === 1) return parseV1(bytes, reader);
  throw new WireFormatError(`unknown message version ${version}`);
}

function parseHeader(reader: ByteReader): MessageHeader {
  return {
    numRequiredSignatures: reader.u8(),
    numReadonlySignedAccounts: reader.u8(),
    numReadonlyUnsignedAccounts: reader.u8(),
  };
}

function parseLegacy(bytes: Uint8Array, reader: ByteReader): WireMessage {
  const header = parseHeader(reader);
  const staticKeys = Array.from({ length: reader.compactU16() }, () => reader.address());
  const recentBlockhash = reader.address();
  const instructions = Array.from({ length: reader.compactU16() }, () => {
    const programIdIndex = reader.u8();
    const accountIndexes = reader.indexes(reader.compactU16());
    return { programIdIndex, accountIndexes, data: reader.take(reader.compactU16()) };
  });
  const rest = { lookups: [], config: null };
  return { bytes, version: 'legacy', header, staticKeys, recentBlockhash, instructions, ...rest };
}

function parseLookups(reader: ByteReader): AddressLookup[] {
  return Array.from({ length: reader.compactU16() }, () => ({
    tableAddress: reader.address(),
    writableIndexes: reader.indexes(reader.compactU16()),
    readonlyIndexes: reader.indexes(reader.compactU16()),
  }));
}

function parseV1(bytes: Uint8Array, reader: ByteReader): WireMessage {
  const header = parseHeader(reader);
  const mask = reader.u32();
  const feeBits = mask & 0b11;
  if ((mask & ~0b11111) !== 0 || feeBits === 1 || feeBits === 2) {
    throw new WireFormatError('unexpected bits in the transaction config mask');
  }
  const recentBlockhash = reader.address();
  const instructionCount = reader.u8();
  const staticKeys = Array.from({ length: reader.u8() }, () => reader.address());
  const config = {
    priorityFee: feeBits === 0 ? null : reader.u64(),
    computeUnitLimit: (mask & 0b100) === 0 ? null : reader.u32(),
    loadedAccountsDataSizeLimit: (mask & 0b1000) === 0 ? null : reader.u32(),
    heapSize: (mask & 0b10000) === 0 ? null : reader.u32(),
  };
  const shapes = Array.from({ length: instructionCount }, () => ({
    programIdIndex: reader.u8(),
    accountCount: reader.u8(),
    dataLength: reader.u16(),
  }));
  const instructions = shapes.map((shape) => ({
    programIdIndex: shape.programIdIndex,
    accountIndexes: reader.indexes(shape.accountCount),
    data: reader.take(shape.dataLength),
  }));
  return {
    bytes,
    version: 1,
    header,
    staticKeys,
    recentBlockhash,
    instructions,
    lookups: [],
    config,
  };
}

/** The checks a validator calls "sanitize": counts that fit together and indexes that exist. */
function assertSane(message: WireMessage): void {
  const { header, staticKeys } = message;
  const loaded = message.lookups.reduce(
    (sum, lookup) => sum + lookup.writableIndexes.length + lookup.readonlyIndexes.length,
    0,
  );
  const unsigned = staticKeys.length - header.numRequiredSignatures;
  const counts =
    header.numReadonlySignedAccounts < header.numRequiredSignatures &&
    header.numReadonlyUnsignedAccounts <= unsigned;
  const indexes = message.instructions.every(
    (instruction) =>
      instruction.programIdIndex > 0 &&
      instruction.programIdIndex < staticKeys.length &&
      instruction.accountIndexes.every((index) => index < staticKeys.length + loaded),
  );
  const distinct = new Set(staticKeys).size === staticKeys.length;
  if (!counts || !indexes || !distinct) {
    throw new WireFormatError('failed to sanitize accounts offsets correctly');
  }
}
