import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executionTransitions } from './execution-state.ts';
import { isTerminalJob, jobTransitions, reasons } from './job-state.ts';
import { payoutTransitions, settlementTransitions } from './settlement-state.ts';
import { assertTransition, isTerminalIn, type Transitions } from './state-machine.ts';

const machines: [string, Transitions<string>, string][] = [
  ['job', jobTransitions, 'awaiting_funds'],
  ['execution', executionTransitions, 'leased'],
  ['settlement', settlementTransitions, 'none'],
  ['payout', payoutTransitions, 'due'],
];

describe.each(machines)('%s states', (_name, transitions, start) => {
  it('are all reachable, and each can reach an end', () => {
    const reach = (from: string) => {
      const seen = new Set([from]);
      for (const state of seen) for (const next of transitions[state] ?? []) seen.add(next);
      return seen;
    };
    expect([...reach(start)].toSorted()).toEqual(Object.keys(transitions).toSorted());
    for (const state of Object.keys(transitions)) {
      expect([...reach(state)].some((end) => isTerminalIn(transitions, end))).toBe(true);
    }
  });

  it('[4.23] refuse every step that is not in the table', () => {
    const states = Object.keys(transitions);
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.constantFrom(...states), (from, to) => {
        const allowed = transitions[from]?.includes(to) ?? false;
        const attempt = () => assertTransition(transitions, from, to);
        if (allowed) attempt();
        else expect(attempt).toThrow(`${from} -> ${to}`);
      }),
    );
  });
});

describe('reasons', () => {
  it('are whole sentences with an action', () => {
    for (const { sentence, action } of Object.values(reasons)) {
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(action).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("never retry what is the requester's own fault", () => {
    for (const { fault, retry } of Object.values(reasons)) {
      if (fault === 'requester') expect(retry).toBe('no');
    }
  });

  it('end in states that are final', () => {
    expect(
      ['succeeded', 'failed', 'cancelled', 'timed_out', 'expired'].every((state) =>
        isTerminalJob(state as 'failed'),
      ),
    ).toBe(true);
  });
});
