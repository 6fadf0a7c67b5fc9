import type { Device } from '@node3/shared/device';
import type { NewEvent } from '@node3/shared/events';
import { billedUnits, hourlyOffer, priceMax } from '@node3/shared/metering';
import type { JobChange, JobSnapshot } from '../store/job-store.ts';
import { type Capacity, fit, lessWork, type Needs, type SimulatedPolicy } from './matching.ts';

/** An execution as far as making room is concerned. */
export interface Interruptible {
  executionId: string;
  needs: Needs;
  devices: readonly Device[];
  leasedAtMs: number;
}

/**
 * Which executions on an agent to stop so that a job fits, out of those that may be: as few as suffice,
 * the youngest first, since they lose least. null when not even all of them make room, or when they
 * earn more than the job: the provider gets nothing for what is stopped, so what comes instead must be
 * worth it.
 * @param whole what the agent has with nothing running.
 */
export function chooseVictims<Work extends Interruptible>(
  needs: Needs,
  whole: Capacity,
  { works, stoppable }: { works: readonly Work[]; stoppable: readonly Work[] },
  simulated: SimulatedPolicy,
): Work[] | null {
  const candidates = stoppable
    .filter((work) => paysAsMuch(needs, [work]))
    .toSorted((a, b) => b.leasedAtMs - a.leasedAtMs);
  const fitsWithout = (stopped: readonly Work[]) =>
    fit(
      needs,
      lessWork(
        whole,
        works.filter((work) => !stopped.includes(work)),
      ),
      simulated,
    ).fits;
  let victims: Work[] = [];
  for (const candidate of candidates) {
    if (fitsWithout(victims)) break;
    victims.push(candidate);
  }
  if (!fitsWithout(victims)) return null;
  // Some of the first may have made no room that is needed. The loop goes over all of them.
  for (const victim of victims) {
    const fewer = victims.filter((other) => other !== victim);
    if (fitsWithout(fewer)) victims = fewer;
  }
  return paysAsMuch(needs, victims) ? victims : null;
}

/** Whether a job pays an hour at least as well as all of these together. */
function paysAsMuch(needs: Needs, others: readonly { needs: Needs }[]): boolean {
  const { asset } = priceMax(needs.price);
  if (others.some((other) => priceMax(other.needs.price).asset !== asset)) return false;
  return (
    earnedPerHour(needs) >= others.reduce((sum, other) => sum + earnedPerHour(other.needs), 0n)
  );
}

function earnedPerHour(needs: Needs): bigint {
  return hourlyOffer(needs) * BigInt(billedUnits(needs.resources.gpus));
}

/** Marks a live execution as one that has to stop; null for one that is over or stops anyway. */
export function decidePreemption(
  { job, execution }: JobSnapshot,
  { executionId, nowMs }: { executionId: string; nowMs: number },
): JobChange | null {
  if (execution?.executionId !== executionId || execution.preemptedAtMs !== null) return null;
  if (job.cancelRequestedAtMs !== null) return null;
  const event: NewEvent = {
    name: 'job.preempt-requested',
    atMs: nowMs,
    actor: 'marketplace',
    accountId: job.accountId,
    jobId: job.jobId,
    executionId,
    reason: 'preempted',
    // Not for whom: that is somebody else's job.
    data: {},
  };
  return { execution: { preemptedAtMs: nowMs }, events: [event] };
}
