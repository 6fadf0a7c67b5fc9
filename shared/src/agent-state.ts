import type { Transitions } from './state-machine.ts';

export const agentStates = ['active', 'draining', 'paused', 'disabled', 'unregistered'] as const;
/**
 * `draining`: finishes what it runs and gets nothing new. `paused`: the same until a time, because it
 * failed again and again. `disabled`: shut out by the operator. `unregistered`: gone, its keys revoked.
 */
export type AgentState = (typeof agentStates)[number];

/** A drained agent is never paused: when a pause ends it would get work again. */
export const agentTransitions: Transitions<AgentState> = {
  active: ['draining', 'paused', 'disabled', 'unregistered'],
  draining: ['active', 'disabled', 'unregistered'],
  paused: ['active', 'draining', 'disabled', 'unregistered'],
  disabled: ['active', 'unregistered'],
  unregistered: ['active'],
};
