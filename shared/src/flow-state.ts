import { isTerminalIn, type Transitions } from './state-machine.ts';

export const flowRunStates = [
  'pending',
  'running',
  'completed',
  'error',
  'cancelled',
  'timeout',
] as const;
/** A run begins in the write that stores it, so nobody ever reads `pending`. */
export type FlowRunState = (typeof flowRunStates)[number];

export const flowRunTransitions: Transitions<FlowRunState> = {
  pending: ['running'],
  running: ['completed', 'error', 'cancelled', 'timeout'],
  completed: [],
  error: [],
  cancelled: [],
  timeout: [],
};

export const flowStepStates = ['pending', 'running', 'completed', 'error', 'skipped'] as const;
/** `skipped`: no taken edge leads there, or the run ended before its turn. */
export type FlowStepState = (typeof flowStepStates)[number];

export const flowStepTransitions: Transitions<FlowStepState> = {
  pending: ['running', 'skipped'],
  running: ['completed', 'error'],
  completed: [],
  error: [],
  skipped: [],
};

export function isTerminalFlowRun(state: FlowRunState): boolean {
  return isTerminalIn(flowRunTransitions, state);
}

export function isTerminalFlowStep(state: FlowStepState): boolean {
  return isTerminalIn(flowStepTransitions, state);
}
