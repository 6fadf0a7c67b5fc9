import { assert } from './assert.ts';

/** Which states may follow which. A state with no followers is terminal. */
export type Transitions<State extends string> = Record<State, readonly State[]>;

export function isTerminalIn<State extends string>(
  transitions: Transitions<State>,
  state: State,
): boolean {
  return transitions[state].length === 0;
}

/** Throws when the step is not in the table: an illegal transition is a defect, never a silent no-op. */
export function assertTransition<State extends string>(
  transitions: Transitions<State>,
  from: State,
  to: State,
): void {
  assert(transitions[from].includes(to), `illegal transition ${from} -> ${to}`);
}
