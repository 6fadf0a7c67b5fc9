import bs58 from 'bs58';
import type { LiteSVM, TransactionMetadata } from 'litesvm';
import type { Litesvm } from './litesvm-loader.ts';
import type { AddressedAccount, StoredAccount } from './stored-account.ts';
import type { TransactionError } from './transaction-error.ts';
import { toTransactionError } from './vm-error.ts';
import type { WireTransaction } from './wire-transaction.ts';

export interface InnerInstruction {
  programIdIndex: number;
  accountIndexes: number[];
  data: Uint8Array;
  stackHeight: number;
}

/** The instructions that the top-level instruction at `index` called. */
export interface InnerInstructions {
  index: number;
  instructions: InnerInstruction[];
}

export interface ReturnData {
  programId: string;
  data: Uint8Array;
}

export interface VmOutcome {
  err: TransactionError | null;
  logs: string[];
  computeUnits: bigint;
  innerInstructions: InnerInstructions[];
  returnData: ReturnData | null;
}

export interface VmSimulation extends VmOutcome {
  /** Accounts as they would be afterwards; empty when it failed. */
  accountsAfter: AddressedAccount[];
}

interface StartedSlot {
  slot: number;
  unixSec: number;
  hashes: readonly { slot: number; blockhash: string }[];
}

type SvmAddress = Parameters<LiteSVM['getBalance']>[0];
type SvmTransaction = Parameters<LiteSVM['sendTransaction']>[0];
type SvmAccount = Parameters<LiteSVM['setAccount']>[0];

const slotsPerEpoch = 432_000;
/** Lamports per byte on mainnet since September 2026; litesvm 1.5 still starts with 6 960. */
const rentLamportsPerByte = 5080n;

/**
 * The Solana runtime, without the parts of a node that litesvm gets wrong or lacks: blockhash age,
 * duplicates and history are switched off here and kept by Chain.
 */
export class Vm {
  readonly #litesvm: Litesvm;
  readonly #svm: LiteSVM;
  /** The slot whose sysvars are not written yet; most slots pass without anybody looking. */
  #started: StartedSlot | null = null;

  constructor(litesvm: Litesvm, saved: Uint8Array | null) {
    this.#litesvm = litesvm;
    this.#svm = saved === null ? new litesvm.LiteSVM() : litesvm.LiteSVM.fromBytes(saved);
    this.#svm.withBlockhashCheck(false).withTransactionHistory(0n);
    if (saved !== null) return;
    this.#svm.withNativeMints();
    this.setRent(rentLamportsPerByte);
  }

  /** Rent changes by vote of the validators; what exists is not touched. */
  setRent(lamportsPerByte: bigint): void {
    this.#svm.setRent(new this.#litesvm.Rent(lamportsPerByte, 1, 50));
  }

  account(address: string): StoredAccount | null {
    this.#writeSysvars();
    const found = this.#svm.getAccount(address as SvmAddress);
    return found.exists && found.lamports > 0n ? toStoredAccount(found) : null;
  }

  balance(address: string): bigint {
    return this.#svm.getBalance(address as SvmAddress) ?? 0n;
  }

  programAccounts(program: string): AddressedAccount[] {
    this.#writeSysvars();
    return this.#svm.getProgramAccounts(program as SvmAddress).map(toAddressedAccount);
  }

  setAccount(address: string, account: StoredAccount): void {
    const { owner, ...rest } = account;
    const space = BigInt(account.data.length);
    this.#svm.setAccount({
      ...rest,
      address,
      programAddress: owner,
      space,
    } as unknown as SvmAccount);
  }

  minimumBalance(dataBytes: bigint): bigint {
    return this.#svm.minimumBalanceForRentExemption(dataBytes);
  }

  /** Moves the clock and slot hash sysvars. `hashes` is read at the first use of the slot. */
  startSlot(slot: number, unixSec: number, hashes: readonly { slot: number; blockhash: string }[]) {
    this.#started = { slot, unixSec, hashes };
  }

  #writeSysvars(): void {
    if (this.#started === null) return;
    const { slot, unixSec, hashes } = this.#started;
    this.#started = null;
    const clock = this.#svm.getClock();
    clock.slot = BigInt(slot);
    clock.epoch = BigInt(Math.floor(slot / slotsPerEpoch));
    clock.leaderScheduleEpoch = clock.epoch + 1n;
    clock.unixTimestamp = BigInt(unixSec);
    this.#svm.setClock(clock);
    this.#svm.setSlotHashes(
      hashes.map((past) => ({ slot: BigInt(past.slot), hash: past.blockhash })) as Parameters<
        LiteSVM['setSlotHashes']
      >[0],
    );
  }

  execute(transaction: WireTransaction): VmOutcome {
    this.#writeSysvars();
    const result = this.#svm.sendTransaction(toSvmTransaction(transaction));
    if (!(result instanceof this.#litesvm.FailedTransactionMetadata))
      return toOutcome(result, null);
    return toOutcome(result.meta(), toTransactionError(result.err()));
  }

  simulate(transaction: WireTransaction, signatures: 'verify' | 'trust'): VmSimulation {
    this.#writeSysvars();
    this.#svm.withSigverify(signatures === 'verify');
    try {
      const result = this.#svm.simulateTransaction(toSvmTransaction(transaction));
      if (result instanceof this.#litesvm.FailedTransactionMetadata) {
        return { ...toOutcome(result.meta(), toTransactionError(result.err())), accountsAfter: [] };
      }
      const accountsAfter = result.postAccounts().map(toAddressedAccount);
      return { ...toOutcome(result.meta(), null), accountsAfter };
    } finally {
      this.#svm.withSigverify(true);
    }
  }

  toBytes(): Uint8Array {
    this.#writeSysvars();
    return this.#svm.toBytes();
  }
}

function toStoredAccount(account: {
  lamports: bigint;
  data: unknown;
  programAddress: string;
  executable: boolean;
}): StoredAccount {
  return {
    lamports: account.lamports,
    data: account.data as Uint8Array,
    owner: account.programAddress,
    executable: account.executable,
  };
}

function toAddressedAccount(
  account: Parameters<typeof toStoredAccount>[0] & { address: string },
): AddressedAccount {
  return { address: account.address, ...toStoredAccount(account) };
}

/** litesvm wants signatures by signer address, in the order of the message's keys. */
function toSvmTransaction(transaction: WireTransaction): SvmTransaction {
  const { message, signatures } = transaction;
  const bySigner = signatures.map((signature, index) => [message.staticKeys[index], signature]);
  return {
    messageBytes: message.bytes,
    signatures: Object.fromEntries(bySigner) as Record<string, Uint8Array>,
  } as unknown as SvmTransaction;
}

function toOutcome(meta: TransactionMetadata, err: TransactionError | null): VmOutcome {
  const innerInstructions = meta.innerInstructions().map((list, index) => ({
    index,
    instructions: list.map((inner) => {
      const instruction = inner.instruction();
      return {
        programIdIndex: instruction.programIdIndex(),
        accountIndexes: [...instruction.accounts()],
        data: instruction.data(),
        stackHeight: inner.stackHeight(),
      };
    }),
  }));
  const returned = meta.returnData();
  const data = returned.data();
  return {
    err,
    logs: meta.logs(),
    computeUnits: meta.computeUnitsConsumed(),
    innerInstructions: innerInstructions.filter((inner) => inner.instructions.length > 0),
    returnData: data.length === 0 ? null : { programId: bs58.encode(returned.programId()), data },
  };
}
