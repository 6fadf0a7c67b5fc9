import type { Commitment } from '../chain/commitment.ts';
import { blocksPerCallMax } from '../limits.ts';
import { encodeTransaction, readTransactionFormat } from './encode-transaction.ts';
import { readBlockCommitment, readConfig, readConfigOr, readInteger, readText } from './params.ts';
import { invalidParams, RpcError, rpcCode } from './rpc-error.ts';
import type { RpcContext, RpcMethods } from './rpc-handler.ts';

const slotRange = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** Methods that look blocks up; every slot has a block. */
export const blockMethods: RpcMethods = {
  getBlock(context, { params }) {
    const slot = readInteger(params[0], 'the slot', slotRange);
    const config = readConfigOr(params[1], 'encoding');
    const blockTime = readBlockTime(context, slot, readBlockCommitment(config));
    const hidden = context.faults.isBlind('history');
    const records = hidden ? [] : context.chain.transactions.bySlot(slot);
    const details = readText(config['transactionDetails'] ?? 'full', 'transactionDetails');
    const parentSlot = Math.max(0, slot - 1);
    const head = {
      blockhash: context.chain.blockhashes.hashOf(slot),
      previousBlockhash: context.chain.blockhashes.hashOf(parentSlot),
      parentSlot,
      blockTime,
      blockHeight: slot,
    };
    const rewards = config['rewards'] === false ? {} : { rewards: [] };
    if (details === 'none') return { ...head, ...rewards };
    if (details === 'signatures') {
      return { ...head, signatures: records.map((record) => record.wire.signature), ...rewards };
    }
    if (details !== 'full') throw invalidParams('Invalid params: unsupported transactionDetails.');
    const format = readTransactionFormat(config);
    const transactions = records.map((record) => encodeTransaction(record, format));
    return { ...head, transactions, ...rewards };
  },
  getBlockTime(context, { params }) {
    return readBlockTime(context, readInteger(params[0], 'the slot', slotRange), 'processed');
  },
  getBlocks(context, { params }) {
    const start = readInteger(params[0], 'the start slot', slotRange);
    const bare = typeof params[1] === 'number';
    const commitment = readBlockCommitment(readConfig(params[bare ? 2 : 1]));
    const newest = context.view.slotAt(commitment);
    const end = bare ? Math.min(newest, readInteger(params[1], 'the end slot', slotRange)) : newest;
    if (end - start >= blocksPerCallMax) {
      throw invalidParams(`Slot range too large; max ${blocksPerCallMax}`);
    }
    return listSlots(context, start, end);
  },
  getBlocksWithLimit(context, { params }) {
    const start = readInteger(params[0], 'the start slot', slotRange);
    const limit = readInteger(params[1], 'the limit', { min: 1, max: blocksPerCallMax });
    const commitment = readBlockCommitment(readConfig(params[2]));
    return listSlots(context, start, Math.min(start + limit - 1, context.view.slotAt(commitment)));
  },
};

function listSlots({ chain }: RpcContext, start: number, end: number): number[] {
  const first = Math.max(start, chain.firstSlotKept());
  return Array.from({ length: Math.max(0, end - first + 1) }, (_, index) => first + index);
}

function readBlockTime(context: RpcContext, slot: number, commitment: Commitment): number {
  const first = context.chain.firstSlotKept();
  if (slot < first) {
    const text = `Block ${slot} cleaned up, does not exist on node. First available block: ${first}`;
    throw new RpcError(rpcCode.blockCleanedUp, text);
  }
  const blockTime =
    slot > context.view.slotAt(commitment) ? null : context.chain.blockTimeSec(slot);
  if (blockTime !== null) return blockTime;
  throw new RpcError(rpcCode.blockNotAvailable, `Block not available for slot ${slot}`);
}
