/**
 * What goes wrong. Every action but `blind` strikes one call at a time:
 *
 * - `drop`: a send is answered with its signature but never lands; a subscription never notifies.
 * - `delay`: a send is answered at once and lands `slots` slots later, if it is still valid then.
 * - `lose-answer`: the call is carried out, but the caller sees a cut connection or an error.
 * - `refuse`: the connection is cut and nothing is carried out.
 * - `error`: a JSON-RPC error, perhaps with an HTTP status such as 429; nothing is carried out.
 * - `hang`: no answer for `ms`, then the normal one; without `ms` no answer until the node stops.
 * - `null-statuses`: `getSignatureStatuses` knows none of the signatures.
 * - `blind`: for `slots` slots (null: until removed) the node shows no signature status, and with
 *   scope `history` no transaction, no address history and no block content either.
 */
export type FaultAction =
  | { action: 'drop' }
  | { action: 'delay'; slots: number }
  | { action: 'lose-answer'; answer?: 'cut' | 'error' }
  | { action: 'refuse' }
  | { action: 'error'; code?: number; message?: string; httpStatus?: number }
  | { action: 'hang'; ms?: number }
  | { action: 'null-statuses' };

export interface CallFault {
  /** RPC method such as `sendTransaction`, or `*` for every method. */
  method: string;
  /** How many calls it strikes, 1 by default; null: every call until removed. */
  times?: number | null;
  /** How many calls pass untouched first, 0 by default. */
  after?: number;
}

export interface BlindFault {
  action: 'blind';
  scope: 'statuses' | 'history';
  slots: number | null;
}

export type FaultRule = (CallFault & FaultAction) | BlindFault;

/** What a call meets: the rule without its bookkeeping. */
export type CallFaultRule = CallFault & FaultAction;
