import type { PayoutEngineStatus } from '@node3/shared/routes/payouts';

/** Whether the engine holds every payout that is due: until somebody acts, or until it goes on by itself. */
export function engineHolds({
  state,
  stopped,
}: Pick<PayoutEngineStatus, 'state' | 'stopped'>): 'until-acted' | 'for-now' | null {
  if (stopped !== null) return 'until-acted';
  switch (state) {
    case 'halted':
    case 'failing':
    // No worker runs.
    case 'stopped':
      return 'until-acted';
    // For money, for a limit of a day, or for the network.
    case 'waiting':
      return 'for-now';
    case 'standby':
    case 'idle':
    case 'working':
      return null;
  }
}
