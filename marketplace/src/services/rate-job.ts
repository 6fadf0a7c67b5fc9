import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { Rating } from '@node3/shared/routes/ratings';
import { toTimestamp } from '@node3/shared/schema';
import type { RatingRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Store;
  clock: Clock;
}

/**
 * Stores what the requester of a paid job says about its agent. Throws JOB_NOT_FOUND for a job of
 * somebody else, JOB_STATE_INVALID where nothing was paid, RATING_EXISTS for a second one.
 */
export async function rateJob(
  deps: Deps,
  accountId: string,
  jobId: string,
  { stars, comment }: { stars: number; comment?: string },
): Promise<Rating> {
  const job = await deps.store.job(jobId);
  if (job?.accountId !== accountId) throw new MarketError('JOB_NOT_FOUND', { jobId });
  const { agentId, settlement, state } = job;
  if (agentId === null || (settlement.providerShare ?? 0n) === 0n) {
    const detail = `The job is ${state} and no agent was paid for it: there is nothing to rate.`;
    throw new MarketError('JOB_STATE_INVALID', { detail, jobId, state });
  }
  const [account, agent] = await Promise.all([
    deps.store.account(accountId),
    deps.store.agent(agentId),
  ]);
  if (account?.wallet !== null && account?.wallet === agent?.wallet) {
    const detail = 'The agent belongs to the wallet of this account: nobody rates themselves.';
    throw new MarketError('AUTH_FORBIDDEN', { detail });
  }
  const ratedAtMs = deps.clock.nowMs();
  const rating = { jobId, accountId, agentId, stars, comment: comment ?? null, ratedAtMs };
  await deps.store.addRating(rating);
  return viewRating(rating);
}

export async function listRatings(deps: Pick<Deps, 'store'>, agentId: string) {
  const rows = await deps.store.ratingsOfAgent(agentId, limits.listPageDefault);
  return { data: rows.map(viewRating) };
}

function viewRating({ jobId, agentId, stars, comment, ratedAtMs }: RatingRow): Rating {
  return { jobId, agentId, stars, comment, ratedAt: toTimestamp(ratedAtMs) };
}
