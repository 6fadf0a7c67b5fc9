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

export const payoutStates = [
  'due',
  'batched',
  'submitted',
  'confirmed',
  'finalized',
  'held',
] as const;
export type PayoutState = (typeof payoutStates)[number];

export const payoutTransitions: Transitions<PayoutState> = {
  due: ['batched', 'held'],
  batched: ['submitted', 'due', 'held'],
  submitted: ['confirmed', 'finalized', 'due', 'held'],
  confirmed: ['finalized', 'submitted', 'due', 'held'],
  finalized: [],
  held: ['due'],
};

export function isTerminalPayout(state: PayoutState): boolean {
  return isTerminalIn(payoutTransitions, state);
}
