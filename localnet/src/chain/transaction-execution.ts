import type { StoredAccount } from './stored-account.ts';
import { tokenBalancesOf } from './token-balances.ts';
import { isWritable, type TransactionAccounts } from './transaction-accounts.ts';
import type { TransactionRecord } from './transaction-record.ts';
import type { Vm } from './vm.ts';
import type { WireTransaction } from './wire-transaction.ts';

export interface PreparedTransaction extends TransactionAccounts {
  wire: WireTransaction;
  messageHash: string;
  /** The nonce account it lives on instead of a recent blockhash, or null. */
  nonceAddress: string | null;
}

export interface Execution {
  record: Omit<TransactionRecord, 'slot' | 'blockTimeSec'>;
  /** Writable accounts as they were before. */
  before: Map<string, StoredAccount | null>;
}

/** Runs a transaction and measures everything that history reports about it. */
export function executeTransaction(vm: Vm, prepared: PreparedTransaction): Execution {
  const { keys, loaded, wire, messageHash } = prepared;
  const { message } = wire;
  const programs = new Set(message.instructions.map((instruction) => instruction.programIdIndex));
  const holders = keys.filter((_, index) => !programs.has(index) || isWritable(message, index));
  const holding = new Set(holders);
  const writable = new Set(keys.filter((_, index) => isWritable(message, index)));
  const before = readAll(vm, holders);
  const preBalances = keys.map((key) => vm.balance(key));
  const outcome = vm.execute(wire);
  const after = readAll(vm, holders);
  const postBalances = keys.map((key) => vm.balance(key));
  const readerOf = (accounts: Map<string, StoredAccount | null>) => (address: string) =>
    accounts.has(address) ? (accounts.get(address) ?? null) : vm.account(address);
  const tokens = (accounts: Map<string, StoredAccount | null>) =>
    tokenBalancesOf(keys, readerOf(accounts)).filter((balance) =>
      holding.has(keys[balance.accountIndex] ?? ''),
    );
  return {
    before: new Map([...before].filter(([address]) => writable.has(address))),
    record: {
      wire,
      messageHash,
      keys,
      loaded,
      err: outcome.err,
      logs: outcome.logs,
      // Lamports never vanish within a transaction, so what is missing afterwards is the fee.
      fee: sum(preBalances) - sum(postBalances),
      computeUnits: outcome.computeUnits,
      preBalances,
      postBalances,
      preTokenBalances: tokens(before),
      postTokenBalances: tokens(after),
      innerInstructions: outcome.innerInstructions,
      returnData: outcome.returnData,
    },
  };
}

function readAll(vm: Vm, addresses: readonly string[]): Map<string, StoredAccount | null> {
  return new Map(addresses.map((address) => [address, vm.account(address)]));
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
