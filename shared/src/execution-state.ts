import { isTerminalIn, type Transitions } from './state-machine.ts';

export const executionStates = [
  'leased',
  'preparing',
  'running',
  'collecting',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'lost',
] as const;
export type ExecutionState = (typeof executionStates)[number];

const ends = ['succeeded', 'failed', 'timed_out', 'cancelled', 'lost'] as const;

export const executionTransitions: Transitions<ExecutionState> = {
  leased: ['preparing', 'running', 'collecting', ...ends],
  preparing: ['running', 'collecting', ...ends],
  running: ['collecting', ...ends],
  collecting: [...ends],
  succeeded: [],
  failed: [],
  timed_out: [],
  cancelled: [],
  lost: [],
};

export function isTerminalExecution(state: ExecutionState): boolean {
  return isTerminalIn(executionTransitions, state);
}

/** What an agent may report about a live execution, in the only order it can happen. */
export const executionPhases = ['preparing', 'running', 'collecting'] as const;
export type ExecutionPhase = (typeof executionPhases)[number];

/** How an execution may end by its agent's report. `lost` is the marketplace's word only. */
export const executionOutcomes = ['succeeded', 'failed', 'timed_out', 'cancelled'] as const;
export type ExecutionOutcomeState = (typeof executionOutcomes)[number];
