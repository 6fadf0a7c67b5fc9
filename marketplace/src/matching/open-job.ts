import type { Priority } from '@node3/shared/job-spec';
import { hourlyOffer } from '@node3/shared/metering';
import { type Asset, type BaseUnits, fromMoney } from '@node3/shared/money';
import { type JobNeeds, jobNeedsOf } from '../domain/job-needs.ts';
import { jobRankMs } from '../domain/job-rank.ts';
import { needsOf } from '../domain/matching.ts';
import { avoidLastAgentMs } from '../domain/retry-policy.ts';
import type { OpenJobRow } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';

/** What the index takes of a job. Not the whole spec: a full queue would not fit into memory. */
export interface OpenJob {
  jobId: string;
  accountId: string;
  priority: Priority;
  needs: JobNeeds;
  rankMs: number;
  /** Not offered before; 0 when it can be claimed at once. */
  notBeforeMs: number;
  /** Agents that failed it, and the one that had it last: passed over until `avoidUntilMs`. */
  avoidedAgentIds: readonly string[];
  avoidUntilMs: number;
  asset: Asset;
  /** Base units per GPU hour. */
  hourlyOffer: BaseUnits;
  /** null for a metered job, whose price depends on its run. */
  reward: BaseUnits | null;
}

/** The part of a stored job that the place in the queue and the reward come from. */
type Queued = Omit<OpenJobRow, 'needsId'>;

export function openJobOf(job: JobRow): OpenJob {
  const needs = needsOf(job.spec, job.accountId);
  const { price } = job.spec;
  const reward = price.kind === 'fixed' ? fromMoney(price.reward) : null;
  const queued = { ...job, hourlyOffer: hourlyOffer(needs), reward };
  return { ...withoutNeeds(queued), needs: jobNeedsOf(needs) };
}

export function withoutNeeds(job: Queued): Omit<OpenJob, 'needs'> {
  const dueMs = job.notBeforeMs ?? job.queuedAtMs ?? job.createdAtMs;
  return {
    jobId: job.jobId,
    accountId: job.accountId,
    priority: job.priority,
    rankMs: jobRankMs({ priority: job.priority, dueMs, fairMs: job.fairMs }),
    notBeforeMs: job.notBeforeMs ?? 0,
    avoidedAgentIds: job.agentId === null ? nobody : avoidedAgents(job),
    avoidUntilMs: job.agentId === null ? 0 : (job.queuedAtMs ?? 0) + avoidLastAgentMs,
    asset: job.asset,
    hourlyOffer: job.hourlyOffer,
    reward: job.reward,
  };
}

const nobody: readonly string[] = [];

function avoidedAgents({ agentId, failures }: Queued): string[] {
  const ids = failures.map((failure) => failure.agentId);
  return [...new Set(agentId === null ? ids : [agentId, ...ids])];
}
