import type { PayoutEngineState, PayoutEngineStatus } from '@node3/shared/routes/payouts';

type Hold = 'until-acted' | 'for-now';

const holds: Record<PayoutEngineState, Hold | null> = {
  halted: 'until-acted',
  failing: 'until-acted',
  // No worker runs.
  stopped: 'until-acted',
  // For money, for a limit of a day, or for the network.
  waiting: 'for-now',
  standby: null,
  idle: null,
  working: null,
};

/** Whether the engine holds every payout that is due: until somebody acts, or until it goes on by itself. */
export function engineHolds({
  state,
  stopped,
}: Pick<PayoutEngineStatus, 'state' | 'stopped'>): Hold | null {
  return stopped === null ? holds[state] : 'until-acted';
}
