import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import { grpcLimits } from '@node3/shared/grpc-limits';
import { limits } from '@node3/shared/limits';
import type { AuditEntry } from '@node3/shared/routes/audit';
import { toTimestamp } from '@node3/shared/schema';
import { type AuditQuery, readAuditPage, walkAudit } from '../../services/read-audit.ts';
import { unary } from '../answer-call.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { fromProtoTime, type ProtoTime, toProtoTime } from '../proto-time.ts';

interface Times {
  start_time: ProtoTime | null;
  end_time: ProtoTime | null;
}
interface GetAuditLogs extends Times {
  event_type: string;
  actor: string;
  limit: number;
  cursor: number;
}

/** The audit log, for the operator. */
export function auditService(deps: GrpcDeps): UntypedServiceImplementation {
  const rule = { access: 'operator', kind: 'read', cost: 1 } as const;
  const page = async (query: AuditQuery) => {
    const { data, nextCursor } = await readAuditPage(deps, query);
    return { logs: data.map(viewEntry), next_cursor: nextCursor ?? 0 };
  };
  return {
    GetAuditLogs: unary(deps, rule, (asked: GetAuditLogs) =>
      page({
        ...timesOf(asked),
        ...(asked.event_type !== '' && { action: asked.event_type }),
        ...(asked.actor !== '' && { actor: asked.actor }),
        ...(asked.cursor > 0 && { cursor: asked.cursor }),
        limit: pageLimit(asked.limit),
      }),
    ),
    GetAuditLogsByCorrelation: unary(
      deps,
      rule,
      async ({ correlation_id: requestId, limit }: { correlation_id: string; limit: number }) => {
        if (requestId === '') throw wrong('correlation_id', 'is needed');
        return page({ requestId, limit: pageLimit(limit) });
      },
    ),
    GetEventCounts: unary(deps, rule, (asked: Times) => countEvents(deps, timesOf(asked))),
  };
}

function pageLimit(limit: number): number {
  const { auditEntriesPerPage: most } = limits;
  if (limit === 0) return 100;
  if (limit > 0 && limit <= most) return limit;
  throw wrong('limit', `must be from 1 to ${most}, or 0 for 100`);
}

function timesOf({ start_time: start, end_time: end }: Times): AuditQuery {
  const fromMs = fromProtoTime(start);
  const untilMs = fromProtoTime(end);
  return {
    ...(fromMs !== null && { from: toTimestamp(fromMs) }),
    ...(untilMs !== null && { until: toTimestamp(untilMs) }),
  };
}

async function countEvents(deps: GrpcDeps, query: AuditQuery) {
  const counts: Record<string, number> = {};
  let counted = 0;
  for await (const page of walkAudit(deps, query, deps.stopping)) {
    for (const { action } of page) counts[action] = (counts[action] ?? 0) + 1;
    counted += page.length;
    if (counted >= grpcLimits.auditCounted) return { counts, truncated: true };
  }
  return { counts, truncated: false };
}

function viewEntry(entry: AuditEntry): object {
  return {
    id: entry.entry,
    correlation_id: entry.requestId ?? '',
    event_type: entry.action,
    payload: JSON.stringify(entry.facts),
    occurred_at: toProtoTime(Date.parse(entry.at)),
    actor: entry.actor,
    target: entry.target ?? '',
    hash: entry.hash,
  };
}

function wrong(field: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer: `/${field}`, detail }] });
}
