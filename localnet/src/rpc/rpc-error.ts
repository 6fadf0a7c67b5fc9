import type { TransactionError } from '../chain/transaction-error.ts';

export interface RpcErrorDetail {
  /** Goes out as `error.data`. */
  data?: unknown;
  /** HTTP status of the answer; 200 unless a gateway in front of a node would answer otherwise. */
  httpStatus?: number;
}

/** An error answer of JSON-RPC. The codes are Solana's own, since clients branch on them. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly detail: RpcErrorDetail;

  constructor(code: number, message: string, detail: RpcErrorDetail = {}) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/** A fault asked for the connection to be cut instead of an answer. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut';
}

export const rpcCode = {
  blockCleanedUp: -32001,
  preflightFailure: -32002,
  signatureVerificationFailure: -32003,
  blockNotAvailable: -32004,
  nodeUnhealthy: -32005,
  transactionVersionUnsupported: -32015,
  minContextSlotNotReached: -32016,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  parse: -32700,
} as const;

export function invalidParams(message: string): RpcError {
  return new RpcError(rpcCode.invalidParams, message);
}

export interface PreflightDetail {
  err: TransactionError;
  logs: string[];
  unitsConsumed: bigint;
}

/** What clients turn into a SendTransactionError with logs. */
export function preflightFailure(text: string, detail: PreflightDetail): RpcError {
  return new RpcError(rpcCode.preflightFailure, `Transaction simulation failed: ${text}`, {
    data: { accounts: null, innerInstructions: null, returnData: null, ...detail },
  });
}
