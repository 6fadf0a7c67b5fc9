import { feeOf } from '../chain/compute-budget.ts';
import { devnetGenesisHash } from '../chain/program-address.ts';
import { blockhashAgeMax, healthySlotsBehindMax } from '../limits.ts';
import { assertContextSlot, atCommitment } from './context-slot.ts';
import { parseMessageParam } from './decode-transaction.ts';
import { readCommitment, readConfig, readInteger, readText } from './params.ts';
import { RpcError, rpcCode } from './rpc-error.ts';
import type { RpcCall, RpcContext, RpcMethods } from './rpc-handler.ts';

const slotsInEpoch = 432_000;
/** The version of the runtime inside litesvm 1.5. */
const runtimeVersion = '4.3.0';

/** The commitment and configuration of a method whose only parameter is the configuration. */
function readPlace(context: RpcContext, call: RpcCall, position = 0) {
  const config = readConfig(call.params[position]);
  const commitment = readCommitment(config);
  assertContextSlot(context, config, commitment);
  return { commitment, slot: context.view.slotAt(commitment) };
}

/** Methods about the node and the passing of slots. */
export const clusterMethods: RpcMethods = {
  getHealth({ view }) {
    if (view.lagSlots <= healthySlotsBehindMax) return 'ok';
    const text = `Node is behind by ${view.lagSlots} slots`;
    const data = { numSlotsBehind: view.lagSlots };
    throw new RpcError(rpcCode.nodeUnhealthy, text, { data });
  },
  getVersion: () => ({ 'solana-core': runtimeVersion }),
  getGenesisHash: () => devnetGenesisHash,
  getIdentity: (context) => ({ identity: context.faucet.address }),
  getSlot: (context, call) => readPlace(context, call).slot,
  getBlockHeight: (context, call) => readPlace(context, call).slot,
  getFirstAvailableBlock: ({ chain }) => chain.firstSlotKept(),
  minimumLedgerSlot: ({ chain }) => chain.firstSlotKept(),
  getTransactionCount: ({ chain }) => chain.transactions.count,
  getEpochInfo(context, call) {
    const { slot } = readPlace(context, call);
    return {
      absoluteSlot: slot,
      blockHeight: slot,
      epoch: Math.floor(slot / slotsInEpoch),
      slotIndex: slot % slotsInEpoch,
      slotsInEpoch,
      transactionCount: context.chain.transactions.count,
    };
  },
  getEpochSchedule: () => ({
    slotsPerEpoch: slotsInEpoch,
    leaderScheduleSlotOffset: slotsInEpoch,
    warmup: false,
    firstNormalEpoch: 0,
    firstNormalSlot: 0,
  }),
  getLatestBlockhash(context, call) {
    const { commitment, slot } = readPlace(context, call);
    const blockhash = context.chain.blockhashes.hashOf(slot);
    const lastValidBlockHeight = slot + blockhashAgeMax;
    return atCommitment(context, commitment, { blockhash, lastValidBlockHeight });
  },
  isBlockhashValid(context, call) {
    const { commitment } = readPlace(context, call, 1);
    const blockhash = readText(call.params[0], 'blockhash');
    return atCommitment(context, commitment, context.view.isBlockhashValid(blockhash, commitment));
  },
  getMinimumBalanceForRentExemption({ chain }, { params }) {
    const range = { min: 0, max: 10 * 1024 * 1024 };
    return chain.vm.minimumBalance(BigInt(readInteger(params[0], 'the data length', range)));
  },
  getFeeForMessage(context, call) {
    const { commitment, slot } = readPlace(context, call, 1);
    const message = parseMessageParam(call.params[0]);
    const fee = context.chain.isLive(message, slot) ? feeOf(message) : null;
    return atCommitment(context, commitment, fee);
  },
};
