import { computeBudgetOf } from '../chain/compute-budget.ts';
import { writableKeys } from '../chain/transaction-record.ts';
import { airdropLamportsMax, blockhashAgeMax, feeAddressesMax } from '../limits.ts';
import { readAddress, readAmount, readArray } from './params.ts';
import type { RpcContext, RpcMethods } from './rpc-handler.ts';
import { sendTransaction } from './send-transaction.ts';
import { simulateTransaction } from './simulate-transaction.ts';

/** Methods that send transactions or help to prepare them. */
export const transactionMethods: RpcMethods = {
  sendTransaction,
  simulateTransaction,
  requestAirdrop(context, { params }) {
    const lamports = readAmount(params[1], 'lamports', airdropLamportsMax);
    return context.faucet.airdropSol(readAddress(params[0]), lamports);
  },
  getRecentPrioritizationFees(context, { params }) {
    const addresses = readArray(params[0] ?? [], 'the addresses', feeAddressesMax).map(readAddress);
    const newest = context.view.slotAt('processed');
    const length = Math.min(blockhashAgeMax, newest + 1);
    return Array.from({ length }, (_, past) => newest - length + 1 + past).map((slot) => ({
      slot,
      prioritizationFee: lowestUnitPrice(context, slot, addresses),
    }));
  },
};

/** The least that landed in the slot while locking all the addresses, in micro-lamports per unit. */
function lowestUnitPrice(context: RpcContext, slot: number, addresses: readonly string[]): bigint {
  const prices = context.chain.transactions
    .bySlot(slot)
    .filter((record) => {
      const locked = new Set(writableKeys(record));
      return addresses.every((address) => locked.has(address));
    })
    .map((record) => computeBudgetOf(record.wire.message).unitPrice);
  return (
    prices.reduce<bigint | null>(
      (low, price) => (low === null || price < low ? price : low),
      null,
    ) ?? 0n
  );
}
