import type { Commitment } from '../chain/commitment.ts';
import { TransactionRejected } from '../chain/transaction-accounts.ts';
import { type TransactionError, transactionErrorText } from '../chain/transaction-error.ts';
import type { VmSimulation } from '../chain/vm.ts';
import type { WireTransaction } from '../chain/wire-transaction.ts';
import { assertContextSlot } from './context-slot.ts';
import { decodeTransaction } from './decode-transaction.ts';
import { type RpcConfig, readCommitment, readConfig } from './params.ts';
import { preflightFailure, RpcError, rpcCode } from './rpc-error.ts';
import type { RpcCall, RpcContext } from './rpc-handler.ts';

/** A transaction that never ran has no logs and used nothing. */
export function rejectedSimulation(err: TransactionError): VmSimulation {
  const nothing = { logs: [], innerInstructions: [], returnData: null, accountsAfter: [] };
  return { err, computeUnits: 0n, ...nothing };
}

/** Simulates as the bank at `commitment` would accept it: blockhash and duplicates are checked. */
export function simulateAt(
  context: RpcContext,
  wire: WireTransaction,
  how: { commitment: Commitment; signatures: 'verify' | 'trust'; lifetime: 'check' | 'ignore' },
): VmSimulation {
  try {
    const prepared = context.chain.prepare(wire);
    if (how.lifetime === 'check') {
      context.chain.assertProcessable(prepared, context.view.slotAt(how.commitment));
    }
    return context.chain.simulate(wire, how.signatures);
  } catch (error) {
    if (error instanceof TransactionRejected) return rejectedSimulation(error.reason);
    throw error;
  }
}

/**
 * `sendTransaction`: preflight, then the transaction lands in the present slot. With `skipPreflight`
 * a transaction that can't land vanishes without a word, as it does in a validator's queue.
 */
export function sendTransaction(context: RpcContext, { params, fault }: RpcCall): string {
  const config = readConfig(params[1]);
  const wire = decodeTransaction(params[0], config);
  const commitment = readCommitment({ commitment: config['preflightCommitment'] });
  assertContextSlot(context, config, commitment);
  if (config['skipPreflight'] !== true) preflight(context, wire, commitment);
  if (fault?.action === 'drop') return wire.signature;
  if (fault?.action === 'delay') context.chain.landLater(wire, fault.slots);
  else landQuietly(context, wire);
  return wire.signature;
}

function preflight(context: RpcContext, wire: WireTransaction, commitment: Commitment): void {
  const how = { commitment, signatures: 'verify', lifetime: 'check' } as const;
  const { err, logs, computeUnits } = simulateAt(context, wire, how);
  if (err === null) return;
  assertSigned(err);
  throw preflightFailure(transactionErrorText(err), { err, logs, unitsConsumed: computeUnits });
}

/** Wrong signatures have an error code of their own. */
export function assertSigned(err: TransactionError | null): void {
  if (err !== 'SignatureFailure') return;
  const text = 'Transaction signature verification failure';
  throw new RpcError(rpcCode.signatureVerificationFailure, text);
}

function landQuietly(context: RpcContext, wire: WireTransaction): void {
  try {
    context.chain.land(wire);
  } catch (error) {
    if (!(error instanceof TransactionRejected)) throw error;
  }
}

export function readSimulationCommitment(context: RpcContext, config: RpcConfig): Commitment {
  const commitment = readCommitment(config);
  assertContextSlot(context, config, commitment);
  return commitment;
}
