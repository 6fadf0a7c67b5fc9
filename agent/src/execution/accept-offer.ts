import { isMarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import { acceptExecution, type ExecutionOffer } from '@node3/shared/routes/agents';
import { type HostClock, type Instant, instantOf } from '../host-clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { LeaseClock } from '../marketplace-link/lease-clock.ts';
import type { MarketplaceLink } from '../marketplace-link/marketplace-link.ts';
import { keepTrying } from './keep-trying.ts';

export interface AcceptOfferDeps {
  link: MarketplaceLink;
  journal: Journal;
  leases: LeaseClock;
  clock: HostClock;
  bootId: string | null;
  log: Logger;
  /** Aborts when the process is going away. */
  shutdown: AbortSignal;
}

const acceptTimeoutMs = 5_000;
const acceptRetryMs = 500;

/**
 * Says yes to an offer that the journal holds, again after a lost answer, until the offer's own
 * deadline. That counts from its arrival, since the poll that brought it may have waited long; the
 * marketplace decides whether it still stands, and the lease begins with the acceptance. @returns `unknown` when no answer came: the marketplace may think we have the job.
 */
export async function acceptOffer(
  deps: AcceptOfferDeps,
  offer: ExecutionOffer,
  offeredAt: Instant,
): Promise<'accepted' | 'refused' | 'unknown' | 'left'> {
  let answer: 'accepted' | 'refused' | 'unknown' = 'unknown';
  const ended = await keepTrying({
    name: 'accept',
    log: deps.log,
    intervalMs: acceptRetryMs,
    signal: deps.shutdown,
    async run() {
      const elapsedMs = deps.clock.monotonicMs() - offeredAt.monotonicMs;
      if (elapsedMs > offer.acceptWithinMs) return;
      answer = await acceptOnce(deps, offer);
    },
  });
  return ended === 'aborted' ? 'left' : answer;
}

async function acceptOnce(
  deps: AcceptOfferDeps,
  offer: ExecutionOffer,
): Promise<'accepted' | 'refused'> {
  const { executionId, attempt, leaseToken } = offer;
  const sentAt = instantOf(deps.clock);
  try {
    const { leaseMs } = await deps.link.call(
      acceptExecution,
      { params: { executionId }, body: { attempt, leaseToken } },
      { signal: deps.shutdown, timeoutMs: acceptTimeoutMs },
    );
    const leaseUntilBootMs = deps.leases.renew(executionId, sentAt, leaseMs);
    deps.journal.recordAccepted(executionId, {
      executionId,
      leaseUntilBootMs,
      bootId: deps.bootId,
    });
    return 'accepted';
  } catch (error) {
    const definite = isMarketError(error) && error.status < 500 && error.status !== 429;
    if (!definite) throw error;
    deps.log.warn({ err: error, executionId }, 'offer is gone');
    return 'refused';
  }
}
