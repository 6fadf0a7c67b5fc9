import type { QueryOf, ReplyOf } from '@node3/shared/contract';
import type { hodeiAuditLogs } from '@node3/shared/routes/hodei-platform';
import { toTimestamp } from '@node3/shared/schema';
import { correlationLabel } from '../../../domain/hodei-job-spec.ts';
import { listJobRows } from '../../../services/list-jobs.ts';
import type { EventRow } from '../../../store/rows.ts';
import type { Requester } from '../../auth.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { invalid } from './hodei-mapping.ts';

type Query = QueryOf<typeof hodeiAuditLogs>;
type Answer = ReplyOf<typeof hodeiAuditLogs>['data'];

/** Hodei's own default. */
const logsDefault = 100;
/** Jobs of one correlation id, and events of each, that are looked at. */
const jobsRead = 50;
const eventsRead = 200;

/** Newest first: what happened to the jobs of a correlation id, or what stands in the audit log. */
export async function readHodeiAudit(
  deps: HttpDeps,
  principal: Requester,
  query: Query,
): Promise<Answer> {
  const { correlation_id: correlationId } = query;
  if (correlationId === undefined) return readAuditLog(deps, principal, query);
  const { limit = logsDefault } = query;
  const label = `${correlationLabel}=${correlationId}`;
  const { jobs } = await listJobRows(deps, principal.accountId, { label, limit: jobsRead });
  const events: EventRow[] = [];
  for (const { jobId } of jobs) events.push(...(await deps.store.eventsOfJob(jobId, eventsRead)));
  const found = events.filter((event) => isWanted(event, query)).toSorted((a, b) => b.seq - a.seq);
  const logs = found.slice(0, limit).map((event) => ({
    id: String(event.seq),
    correlation_id: correlationId,
    event_type: event.name,
    actor: event.actor,
    occurred_at: toTimestamp(event.atMs),
    job_id: event.jobId,
    payload: event.reason === null ? event.data : { ...event.data, reason: event.reason },
  }));
  return { logs, total_count: found.length };
}

function isWanted(event: EventRow, query: Query): boolean {
  const { event_type: type = event.name, actor = event.actor } = query;
  const fromMs = timeOf('from', query.from) ?? 0;
  const untilMs = timeOf('until', query.until) ?? Number.POSITIVE_INFINITY;
  const isThen = fromMs <= event.atMs && event.atMs < untilMs;
  return isThen && event.name === type && event.actor === actor;
}

/** The operator sees that of all accounts. */
async function readAuditLog(
  { store, operatorAccountId }: HttpDeps,
  { accountId, keyId }: Requester,
  query: Query,
): Promise<Answer> {
  const isOperator = keyId === null && accountId === operatorAccountId;
  const entries = await store.auditEntries({
    filter: {
      action: query.event_type ?? null,
      actor: query.actor ?? null,
      accountId: isOperator ? null : accountId,
      keyId: null,
      target: null,
      requestId: null,
      fromMs: timeOf('from', query.from),
      untilMs: timeOf('until', query.until),
    },
    order: 'newest',
    cursor: null,
    limit: query.limit ?? logsDefault,
  });
  const logs = entries.map((entry) => ({
    id: String(entry.entry),
    correlation_id: null,
    event_type: entry.action,
    actor: entry.actor,
    occurred_at: entry.at,
    job_id: entry.target?.startsWith('job_') === true ? entry.target : null,
    payload: { ...entry.facts, target: entry.target },
  }));
  return { logs, total_count: null };
}

function timeOf(field: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw invalid(`/${field}`, 'is no date of the calendar; correct it');
}
