import type {
  AgentReputation,
  RatingSummary,
  RequesterReputation,
} from '@node3/shared/routes/agent-standing';
import { standingOn } from '../domain/reputation.ts';
import type { AccountRow, AgentRow } from '../store/rows.ts';

/** Every axis with its counts, as it stands at this time. */
export function viewAgentReputation(
  { reputation }: Pick<AgentRow, 'reputation'>,
  nowMs: number,
): AgentReputation {
  const on = (axis: keyof AgentReputation) => standingOn(reputation, axis, nowMs);
  return {
    availability: on('availability'),
    startLatency: on('startLatency'),
    correctness: on('correctness'),
    completion: on('completion'),
  };
}

export function viewRequesterReputation(
  { reputation }: Pick<AccountRow, 'reputation'>,
  nowMs: number,
): RequesterReputation {
  const on = (axis: keyof RequesterReputation) => standingOn(reputation, axis, nowMs);
  return { conduct: on('conduct'), commitment: on('commitment') };
}

export function viewRating(agent: Pick<AgentRow, 'ratingCount' | 'ratingStars'>): RatingSummary {
  const { ratingCount: count, ratingStars: stars } = agent;
  return { mean: count === 0 ? null : stars / count, count };
}
