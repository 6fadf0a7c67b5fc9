import { payoutEngineStates } from '@node3/shared/routes/payouts';
import { expect, it } from 'vitest';
import { engineHolds } from './engine-holds.ts';

it('says of each state of the engine whether a payout that is due waits for it', () => {
  const held = payoutEngineStates.map((state) => [state, engineHolds({ state, stopped: null })]);
  expect(Object.fromEntries(held)).toEqual({
    stopped: 'until-acted',
    standby: null,
    idle: null,
    working: null,
    waiting: 'for-now',
    failing: 'until-acted',
    halted: 'until-acted',
  });
  // The worker has not seen it yet.
  expect(engineHolds({ state: 'working', stopped: 'An audit.' })).toBe('until-acted');
});
