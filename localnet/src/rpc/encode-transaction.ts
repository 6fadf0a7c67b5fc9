import bs58 from 'bs58';
import { isSigner, isWritable } from '../chain/transaction-accounts.ts';
import type { TransactionRecord } from '../chain/transaction-record.ts';
import type { InnerInstructions } from '../chain/vm.ts';
import type { WireInstruction } from '../chain/wire-message.ts';
import { type RpcConfig, readInteger } from './params.ts';
import { parseInstruction } from './parse-instruction.ts';
import { invalidParams, RpcError, rpcCode } from './rpc-error.ts';

const encodings = ['json', 'jsonParsed', 'base64', 'base58'] as const;

export interface TransactionFormat {
  encoding: (typeof encodings)[number];
  /** null: the caller knows only transactions from before versions existed. */
  versionMax: number | null;
}

export function readTransactionFormat(config: RpcConfig): TransactionFormat {
  const encoding = encodings.find((known) => known === (config['encoding'] ?? 'json'));
  if (encoding === undefined) throw invalidParams('Invalid params: unknown encoding.');
  const version = config['maxSupportedTransactionVersion'] ?? null;
  if (version === null) return { encoding, versionMax: null };
  const range = { min: 0, max: 127 };
  return { encoding, versionMax: readInteger(version, 'maxSupportedTransactionVersion', range) };
}

/**
 * A transaction with its outcome, as `getTransaction` and `getBlock` show it.
 * Throws −32015 for a version newer than the caller says it can read.
 */
export function encodeTransaction(record: TransactionRecord, format: TransactionFormat) {
  const { version } = record.wire.message;
  assertVersion(version === 'legacy' ? null : version, format.versionMax);
  return {
    transaction: encodeBody(record, format.encoding),
    meta: encodeMeta(record, format.encoding),
    ...(format.versionMax === null ? {} : { version }),
  };
}

function assertVersion(version: number | null, versionMax: number | null): void {
  if (version === null || (versionMax !== null && version <= versionMax)) return;
  throw new RpcError(
    rpcCode.transactionVersionUnsupported,
    `Transaction version (${version}) is not supported by the requesting client. ` +
      'Please try the request again with the following configuration parameter: ' +
      `"maxSupportedTransactionVersion": ${version}`,
  );
}

function encodeBody(record: TransactionRecord, encoding: TransactionFormat['encoding']) {
  const { bytes, signatures } = record.wire;
  if (encoding === 'base64') return [Buffer.from(bytes).toString('base64'), encoding];
  if (encoding === 'base58') return [bs58.encode(bytes), encoding];
  const message = encoding === 'json' ? encodeMessage(record) : encodeParsedMessage(record);
  return { signatures: signatures.map((signature) => bs58.encode(signature)), message };
}

function encodeMessage(record: TransactionRecord) {
  const { message } = record.wire;
  return {
    accountKeys: message.staticKeys,
    header: message.header,
    recentBlockhash: message.recentBlockhash,
    instructions: message.instructions.map((instruction) => encodeInstruction(instruction, 1)),
    ...encodeVersionParts(record),
  };
}

function encodeParsedMessage(record: TransactionRecord) {
  const { message } = record.wire;
  return {
    accountKeys: record.keys.map((pubkey, index) => ({
      pubkey,
      signer: isSigner(message, index),
      writable: isWritable(message, index),
      source: index < message.staticKeys.length ? 'transaction' : 'lookupTable',
    })),
    recentBlockhash: message.recentBlockhash,
    instructions: message.instructions.map((one) => parseInstruction(one, record.keys, 1)),
    ...encodeVersionParts(record),
  };
}

function encodeVersionParts({ wire: { message } }: TransactionRecord) {
  if (message.version === 1) return { transactionConfig: message.config };
  if (message.version === 'legacy') return {};
  const addressTableLookups = message.lookups.map((lookup) => ({
    accountKey: lookup.tableAddress,
    writableIndexes: lookup.writableIndexes,
    readonlyIndexes: lookup.readonlyIndexes,
  }));
  return { addressTableLookups };
}

function encodeInstruction(instruction: WireInstruction, stackHeight: number) {
  return {
    programIdIndex: instruction.programIdIndex,
    accounts: instruction.accountIndexes,
    data: bs58.encode(instruction.data),
    stackHeight,
  };
}

function encodeMeta(record: TransactionRecord, encoding: TransactionFormat['encoding']) {
  const { err, returnData } = record;
  const parsed = encoding === 'jsonParsed';
  return {
    err,
    status: err === null ? { Ok: null } : { Err: err },
    fee: record.fee,
    preBalances: record.preBalances,
    postBalances: record.postBalances,
    preTokenBalances: record.preTokenBalances,
    postTokenBalances: record.postTokenBalances,
    innerInstructions: encodeInner(record.innerInstructions, parsed ? record.keys : null),
    logMessages: record.logs,
    computeUnitsConsumed: record.computeUnits,
    rewards: [],
    // In jsonParsed the loaded addresses already stand among the account keys.
    ...(parsed ? {} : { loadedAddresses: record.loaded }),
    ...(returnData === null ? {} : { returnData: encodeReturnData(returnData) }),
  };
}

/** @param keys the account keys for parsed instructions, or null for indexes. */
export function encodeInner(inner: readonly InnerInstructions[], keys: readonly string[] | null) {
  return inner.map(({ index, instructions }) => ({
    index,
    instructions: instructions.map((instruction) =>
      keys === null
        ? encodeInstruction(instruction, instruction.stackHeight)
        : parseInstruction(instruction, keys, instruction.stackHeight),
    ),
  }));
}

export function encodeReturnData(returned: { programId: string; data: Uint8Array }) {
  const { programId, data } = returned;
  return { programId, data: [Buffer.from(data).toString('base64'), 'base64'] };
}
