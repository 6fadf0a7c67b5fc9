import { isTerminalIn, type Transitions } from './state-machine.ts';

export const settlementStates = ['none', 'held', 'captured', 'released', 'split'] as const;
/** `captured`: the provider got the whole price. `released`: the requester did. `split`: both got a part. */
export type SettlementState = (typeof settlementStates)[number];

export const settlementTransitions: Transitions<SettlementState> = {
  none: ['held'],
  held: ['captured', 'released', 'split'],
  captured: [],
  released: [],
  split: [],
};

export const payoutKinds = ['earning', 'withdrawal', 'refund'] as const;
/** What an agent earned, what a user takes out, what goes back to whom it came from. */
export type PayoutKind = (typeof payoutKinds)[number];

export const payoutStates = [
  'due',
  'batched',
  'submitted',
  'confirmed',
  'finalized',
  'held',
  'cancelled',
] as const;
/** `held`: until a person has looked. `cancelled`: the money went back to the account it came from. */
export type PayoutState = (typeof payoutStates)[number];

export const payoutTransitions: Transitions<PayoutState> = {
  due: ['batched', 'held', 'cancelled'],
  batched: ['submitted', 'finalized', 'due', 'held'],
  submitted: ['confirmed', 'finalized', 'due', 'held'],
  confirmed: ['finalized', 'submitted', 'due', 'held'],
  finalized: [],
  held: ['due', 'finalized', 'cancelled'],
  cancelled: [],
};

export function isTerminalPayout(state: PayoutState): boolean {
  return isTerminalIn(payoutTransitions, state);
}

/** Payouts leave together, as one transaction. `voiding`: the tombstone is on its way. `posted`: paid. */
export const batchStates = [
  'new',
  'signed',
  'sent',
  'voiding',
  'void',
  'posted',
  'reclaimed',
] as const;
export type BatchState = (typeof batchStates)[number];

/** `expired`: it can no longer land, and did not. */
export const attemptOutcomes = ['landed', 'failed', 'expired'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];
