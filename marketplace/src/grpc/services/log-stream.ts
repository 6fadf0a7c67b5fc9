import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import { grpcLimits } from '@node3/shared/grpc-limits';
import { limits } from '@node3/shared/limits';
import { followLogs } from '../../live/follow-logs.ts';
import { findHodeiJob } from '../../services/find-hodei-job.ts';
import { findLogStart } from '../../services/find-log-start.ts';
import { findJobThatRan } from '../../services/read-job.ts';
import { isFullPage, toLineRows } from '../../store/log-page.ts';
import type { LogLineRow } from '../../store/rows.ts';
import { type StreamingCall, serverStream, unary } from '../answer-call.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { toProtoTime } from '../proto-time.ts';

interface SubscribeLogs {
  job_id: string;
  include_history: boolean;
  tail_lines: number;
  since_sequence: number;
}
interface GetLogs {
  job_id: string;
  limit: number;
  since_sequence: number;
}

/** What jobs write, while they run and after it, in the same way. */
export function logStreamService(deps: GrpcDeps): UntypedServiceImplementation {
  return {
    SubscribeLogs: serverStream(deps, { kind: 'read', cost: 1 }, (query: SubscribeLogs, call) =>
      linesOf(deps, query, call),
    ),
    GetLogs: unary(
      deps,
      { access: 'requester', kind: 'read', cost: 1 },
      async (query: GetLogs, { principal }) => {
        const asked = await findHodeiJob(deps, query.job_id, principal.accountId);
        const { jobId } = await findJobThatRan(deps, asked);
        const limit = pageLimit(query.limit);
        const afterSeq = query.since_sequence;
        // One more tells whether there are more.
        const lines = await deps.store.readLogs({
          jobId,
          afterSeq,
          limit: limit + 1,
          stream: null,
        });
        const entries = lines.slice(0, limit).map((line) => viewLine(query.job_id, line));
        return { entries, has_more: isFullPage(lines, limit + 1) };
      },
    ),
  };
}

function pageLimit(limit: number): number {
  if (limit === 0) return grpcLimits.logLinesDefault;
  if (limit > 0 && limit <= limits.logLinesPerPage) return limit;
  const detail = `must be from 1 to ${limits.logLinesPerPage}, or 0 for ${grpcLimits.logLinesDefault}`;
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/limit', detail }] });
}

async function* linesOf(
  deps: GrpcDeps,
  query: SubscribeLogs,
  { principal, signal }: StreamingCall,
): AsyncGenerator<object> {
  const asked = await findHodeiJob(deps, query.job_id, principal.accountId);
  const job = await findJobThatRan(deps, asked);
  const afterSeq = await findLogStart(deps, job, {
    after: query.since_sequence,
    last: lastWanted(query),
    sinceMs: null,
    stream: null,
  });
  const position = { jobId: job.jobId, afterSeq, untilSeq: null, stream: null };
  for await (const blocks of followLogs(deps, position, signal)) {
    for (const line of toLineRows(blocks)) yield viewLine(query.job_id, line);
  }
}

/** How many lines of the history; null for all. */
function lastWanted(query: SubscribeLogs): number | null {
  if (query.since_sequence > 0) return null;
  if (!query.include_history) return 0;
  return query.tail_lines > 0 ? query.tail_lines : null;
}

function viewLine(jobId: string, { seq, stream, text, atMs }: LogLineRow) {
  return {
    job_id: jobId,
    line: text,
    is_stderr: stream === 'stderr',
    timestamp: toProtoTime(atMs),
    sequence: seq,
  };
}
