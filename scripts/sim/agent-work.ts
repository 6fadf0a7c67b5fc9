import { MarketError } from '@node3/shared/error';
import type { JobSpec } from '@node3/shared/job-spec';
import type { ExecutionOffer } from '@node3/shared/routes/agents';

/** An answer that asking again can't change. */
export function isDefinite(error: unknown): boolean {
  return error instanceof MarketError && error.status < 500 && error.status !== 429;
}

interface Work {
  pullMs: number;
  runMs: number;
  exitCode: number;
  limitMs: number;
}

/** What the requester wrote into the labels, for whoever runs it. */
export function workOf(offer: ExecutionOffer): Work {
  const { labels, limits: runLimits } = offer.spec as JobSpec;
  return {
    pullMs: Number(labels['sim/pull-ms']),
    runMs: Number(labels['sim/run-ms']),
    exitCode: Number(labels['sim/exit-code']),
    limitMs: runLimits.runSec * 1_000,
  };
}
