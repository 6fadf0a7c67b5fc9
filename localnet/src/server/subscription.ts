import type { Commitment } from '../chain/commitment.ts';
import type { TransactionRecord } from '../chain/transaction-record.ts';
import type { RpcCall, RpcContext } from '../rpc/rpc-handler.ts';

export interface Notification {
  /** Such as `accountNotification`. */
  method: string;
  result: unknown;
  /** The subscription is over after this one. */
  last?: boolean;
}

/** What one subscriber waits for. Each callback answers what to send, if anything. */
export interface Subscription {
  commitment: Commitment;
  /** Asked once, right after the subscriber got its id. */
  start?(): Notification | null;
  /** A new slot began on this node. */
  slot?(): Notification | null;
  /** A transaction reached the subscription's commitment on this node. */
  transaction?(record: TransactionRecord): Notification[];
}

/** Reads the parameters and makes the subscription. Throws RpcError. */
export type OpenSubscription = (context: RpcContext, call: RpcCall) => Subscription;
