import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
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

const dayMs = 86_400_000;

/**
 * What an agent earned. `today` counts from midnight UTC; only finalized payouts are money.
 * @param since RFC 3339, of one more sum; null asks for none.
 */
export async function readEarnings(
  deps: Deps,
  agent: AgentRow,
  since: string | null,
): Promise<AgentEarnings> {
  const { agentId } = agent;
  const nowMs = deps.clock.nowMs();
  const sum = (sinceMs: number) => deps.store.sumPayouts({ agentId, sinceMs });
  const [all, today, day, week, month, asked, payouts] = await Promise.all([
    sum(0),
    sum(new Date(nowMs).setUTCHours(0, 0, 0, 0)),
    sum(nowMs - dayMs),
    sum(nowMs - 7 * dayMs),
    sum(nowMs - 30 * dayMs),
    since === null ? null : sum(readTime(since)),
    deps.store.listPayouts({ agentId, beforePayoutId: null, limit: payoutsShown }),
  ]);
  const within = (asset: Asset) => ({
    last24h: toMoney(day[asset].finalized, asset),
    last7d: toMoney(week[asset].finalized, asset),
    last30d: toMoney(month[asset].finalized, asset),
    since: asked === null ? null : toMoney(asked[asset].finalized, asset),
  });
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
    within: { SOL: within('SOL'), USDC: within('USDC') },
    payouts: payouts.flatMap((row) => {
      const { jobId } = row;
      if (jobId === null) return [];
      const { wallet: _wallet, holdReason: _hold, ...payout } = viewPayout(row, deps.explorerUrl);
      return [{ ...payout, jobId }];
    }),
  };
}

/** The pattern lets a month 99 through. */
function readTime(text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  const detail = `is ${text}, which is no time`;
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/since', detail }] });
}
