import type { QueryOf, ReplyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { listLocalExecutions } from '@node3/shared/routes/agent-local';
import type { LocalExecutionDetail } from '@node3/shared/routes/agent-work';
import { toTimestamp } from '@node3/shared/schema';
import type { AgentCore } from '../agent-core.ts';
import { agentLimits } from '../agent-limits.ts';
import { viewResultEarning } from '../economics/view-economics.ts';
import { readJobSpec } from '../execution/job-spec-reader.ts';
import type { PlacedExecution } from '../journal/journal.ts';
import { toLocalExecution } from './status.ts';

type Query = QueryOf<typeof listLocalExecutions>;

/** One page of the journal. Rows that don't fit the filter are passed over, in the same order. */
export function listExecutions(
  { journal }: Pick<AgentCore, 'journal'>,
  { cursor, limit = agentLimits.historyRows, q, state }: Query,
): ReplyOf<typeof listLocalExecutions> {
  const wanted = q?.trim().toLowerCase() ?? '';
  const fits = (row: PlacedExecution) => {
    const seen = toLocalExecution(row);
    if (state !== undefined && seen.state !== state) return false;
    return (
      wanted === '' ||
      (seen.name ?? '').toLowerCase().includes(wanted) ||
      [seen.jobId, seen.executionId].some((id) => id.toLowerCase().startsWith(wanted))
    );
  };
  const before = cursor === undefined ? null : Number(cursor);
  // One more than asked tells whether there is another page.
  const rows = journal.listBefore(before, limit + 1, fits);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    data: page.map(toLocalExecution),
    nextCursor: last === undefined ? null : String(last.position),
  };
}

/** @throws MarketError EXECUTION_NOT_FOUND. */
export function viewExecution(
  { earnings, journal }: Pick<AgentCore, 'earnings' | 'journal'>,
  executionId: string,
): LocalExecutionDetail {
  const execution = journal.find(executionId);
  if (execution === null) throw new MarketError('EXECUTION_NOT_FOUND', { executionId });
  const { attempt, closed, imageDigest, isolation, jobId, lines, offer, result } = execution;
  const spec = readJobSpec(offer.spec);
  const payouts = earnings.latest?.earnings.payouts ?? [];
  return {
    ...toLocalExecution(execution),
    attempt,
    image: spec?.workload.image ?? null,
    deviceIds: offer.deviceIds,
    executor: execution.executor,
    isolation,
    imageDigest,
    startedAt: execution.startedAtMs === null ? null : toTimestamp(execution.startedAtMs),
    runSec: spec?.limits.runSec ?? null,
    detail: result?.detail ?? null,
    peakMemoryBytes: result?.peakMemoryBytes ?? null,
    logLines: lines.spooled,
    isOpen: closed === null,
    owes: execution.pending,
    closed,
    earned: journal.earningsOf(executionId).map(viewResultEarning),
    payout: payouts.find((payout) => payout.jobId === jobId) ?? null,
  };
}
