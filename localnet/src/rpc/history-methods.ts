import type { TransactionRecord } from '../chain/transaction-record.ts';
import { memoOf } from '../chain/transaction-record.ts';
import { signaturesForAddressMax, signaturesPerCallMax } from '../limits.ts';
import { assertContextSlot, atCommitment } from './context-slot.ts';
import { encodeTransaction, readTransactionFormat } from './encode-transaction.ts';
import {
  type RpcConfig,
  readAddress,
  readArray,
  readBlockCommitment,
  readConfig,
  readConfigOr,
  readInteger,
  readSignature,
} from './params.ts';
import type { RpcContext, RpcMethods } from './rpc-handler.ts';

/** Methods that look transactions up. A blind node answers them as if it had never seen any. */
export const historyMethods: RpcMethods = {
  getSignatureStatuses(context, { params, fault }) {
    const signatures = readArray(params[0], 'the signatures', signaturesPerCallMax).map(
      readSignature,
    );
    const search = readConfig(params[1])['searchTransactionHistory'] === true;
    const hidden = fault?.action === 'null-statuses' || context.faults.isBlind('statuses');
    const statuses = signatures.map((signature) => {
      return hidden ? null : statusOf(context, signature, search ? 'history' : 'recent');
    });
    return atCommitment(context, 'processed', statuses);
  },
  getTransaction(context, { params }) {
    const signature = readSignature(params[0]);
    const config = readConfigOr(params[1], 'encoding');
    const commitment = readBlockCommitment(config);
    const format = readTransactionFormat(config);
    if (context.faults.isBlind('history')) return null;
    const record = context.view.transaction(signature, commitment);
    if (record === undefined) return null;
    const { slot, blockTimeSec } = record;
    return { slot, blockTime: blockTimeSec, ...encodeTransaction(record, format) };
  },
  getSignaturesForAddress(context, { params }) {
    const address = readAddress(params[0]);
    const config = readConfig(params[1]);
    const commitment = readBlockCommitment(config);
    assertContextSlot(context, config, commitment);
    const range = { min: 1, max: signaturesForAddressMax };
    const limit = readInteger(config['limit'] ?? signaturesForAddressMax, 'limit', range);
    if (context.faults.isBlind('history')) return [];
    const records = context.view.transactionsOf(address, commitment);
    return between(records, config)
      .slice(0, limit)
      .map((record) => summarize(context, record));
  },
};

function statusOf(context: RpcContext, signature: string, search: 'recent' | 'history') {
  const { view } = context;
  const record = view.transaction(signature, 'processed');
  if (record === undefined) return null;
  if (search === 'recent' && !view.isRecent(record.slot)) return null;
  const { slot, err } = record;
  const confirmationStatus = view.commitmentOf(slot);
  const age = view.slotAt('processed') - slot;
  return {
    slot,
    confirmations: confirmationStatus === 'finalized' ? null : age,
    err,
    status: err === null ? { Ok: null } : { Err: err },
    confirmationStatus,
  };
}

/** Records run from newest to oldest; `before` and `until` are both left out themselves. */
function between(records: readonly TransactionRecord[], config: RpcConfig): TransactionRecord[] {
  const { before, until } = config as { before?: unknown; until?: unknown };
  let start = 0;
  if (before !== undefined && before !== null) {
    const signature = readSignature(before);
    const index = records.findIndex((record) => record.wire.signature === signature);
    // Agave too answers an unknown `before` with an empty list.
    if (index < 0) return [];
    start = index + 1;
  }
  if (until === undefined || until === null) return records.slice(start);
  const signature = readSignature(until);
  const end = records.findIndex((record) => record.wire.signature === signature);
  return records.slice(start, end < 0 ? undefined : end);
}

function summarize(context: RpcContext, record: TransactionRecord) {
  return {
    signature: record.wire.signature,
    slot: record.slot,
    err: record.err,
    memo: memoOf(record),
    blockTime: record.blockTimeSec,
    confirmationStatus: context.view.commitmentOf(record.slot),
  };
}
