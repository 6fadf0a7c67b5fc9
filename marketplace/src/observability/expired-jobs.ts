import type { Clock } from '@node3/shared/clock';
import { explainMatch } from '../domain/explain-match.ts';
import { needsOf, type SimulatedPolicy } from '../domain/matching.ts';
import type { Presence } from '../services/presence.ts';
import type { JobRow } from '../store/rows.ts';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';
import type { StoreObserver } from './store-observer.ts';

export interface ExpiredJobDeps {
  metrics: MarketplaceMetrics;
  clock: Pick<Clock, 'monotonicMs'>;
  presence: Pick<Presence, 'groups'>;
  simulated: SimulatedPolicy;
}

/** An explanation looks at every sort of agent; when a whole queue expires at once, not each gets one. */
const explainedPerSec = 50;

/** Counts why jobs have expired in the queue: by the requirement that excluded most agents. */
export function expiredJobs(deps: ExpiredJobDeps): Pick<StoreObserver, 'jobChanged'> {
  let second = 0;
  let explained = 0;
  return {
    jobChanged(from, { job }) {
      if (from !== 'queued' || job.state !== 'expired') return;
      const nowSec = Math.floor(deps.clock.monotonicMs() / 1_000);
      if (nowSec !== second) explained = 0;
      second = nowSec;
      explained += 1;
      const requirement = explained > explainedPerSec ? 'unexplained' : requirementOf(deps, job);
      deps.metrics.count('node3_match_rejections_total', { requirement });
    },
  };
}

function requirementOf({ presence, simulated }: ExpiredJobDeps, job: JobRow): string {
  if (presence.groups.size === 0) return 'no_agents';
  const needs = needsOf(job.spec, job.accountId);
  const { fitting, constraints } = explainMatch(needs, presence.groups, simulated);
  return fitting.length > 0 ? 'busy' : (constraints[0]?.constraint ?? 'unexplained');
}
