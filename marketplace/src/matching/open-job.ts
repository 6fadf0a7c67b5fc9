import type { Priority } from '@node3/shared/job-spec';
import { hourlyOffer, priceMax } from '@node3/shared/metering';
import { type Asset, type BaseUnits, fromMoney } from '@node3/shared/money';
import { jobRankMs } from '../domain/job-rank.ts';
import { needsOf } from '../domain/matching.ts';
import { avoidLastAgentMs } from '../domain/retry-policy.ts';
import type { JobRow } from '../store/rows.ts';
import { type JobNeeds, jobNeedsOf } from './job-needs.ts';

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

export function openJobOf(job: JobRow): OpenJob {
  const needs = needsOf(job.spec, job.accountId);
  const { price } = job.spec;
  const dueMs = job.notBeforeMs ?? job.queuedAtMs ?? job.createdAtMs;
  return {
    jobId: job.jobId,
    accountId: job.accountId,
    priority: job.priority,
    needs: jobNeedsOf(needs),
    rankMs: jobRankMs({
      priority: job.priority,
      dueMs,
      fairMs: job.createdAtMs,
    }),
    notBeforeMs: job.notBeforeMs ?? 0,
    avoidedAgentIds: avoidedAgents(job),
    avoidUntilMs: job.agentId === null ? 0 : (job.queuedAtMs ?? 0) + avoidLastAgentMs,
    asset: priceMax(price).asset,
    hourlyOffer: hourlyOffer(needs),
    reward: price.kind === 'fixed' ? fromMoney(price.reward) : null,
  };
}

function avoidedAgents({ agentId, failures }: JobRow): string[] {
  if (agentId === null) return [];
  return [...new Set([agentId, ...failures.map((failure) => failure.agentId)])];
}
