import type { EventView } from '@node3/shared/routes/events';
import { toTimestamp } from '@node3/shared/schema';
import type { EventRow } from '../store/rows.ts';

export function viewEvent(event: EventRow): EventView {
  const { seq, name, atMs, actor, accountId, jobId, executionId, reason, data } = event;
  return {
    seq,
    type: name,
    at: toTimestamp(atMs),
    actor,
    accountId,
    jobId,
    executionId,
    reason,
    data,
  };
}
