import type { Clock } from '@node3/shared/clock';
import { type Asset, toMoney } from '@node3/shared/money';
import type { AgentEarnings } from '@node3/shared/routes/agents';
import type { AgentRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { viewPayout } from './job-views.ts';

interface Deps {
  store: Store;
  clock: Clock;
  explorerUrl: (signature: string) => string | null;
}

const payoutsShown = 50;

/** What an agent earned. `today` counts from midnight UTC; only finalized payouts are money. */
export async function readEarnings(deps: Deps, agent: AgentRow): Promise<AgentEarnings> {
  const { agentId } = agent;
  const midnightMs = new Date(deps.clock.nowMs()).setUTCHours(0, 0, 0, 0);
  const [all, today, payouts] = await Promise.all([
    deps.store.sumPayouts({ agentId, sinceMs: 0 }),
    deps.store.sumPayouts({ agentId, sinceMs: midnightMs }),
    deps.store.listPayouts({ agentId, beforePayoutId: null, limit: payoutsShown }),
  ]);
  const earned = (asset: Asset) => ({
    finalized: toMoney(all[asset].finalized, asset),
    pending: toMoney(all[asset].pending, asset),
    today: toMoney(today[asset].finalized, asset),
  });
  return {
    agentId,
    name: agent.name,
    wallet: agent.wallet,
    jobsSucceeded: agent.jobsSucceeded,
    jobsFailed: agent.jobsFailed,
    earned: { SOL: earned('SOL'), USDC: earned('USDC') },
    payouts: payouts.flatMap((row) => {
      const { jobId } = row;
      if (jobId === null) return [];
      const { wallet: _wallet, holdReason: _hold, ...payout } = viewPayout(row, deps.explorerUrl);
      return [{ ...payout, jobId }];
    }),
  };
}
