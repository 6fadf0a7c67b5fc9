import type { JobOrigin, JobSpec } from '@node3/shared/job-spec';
import { currentLogContext } from '@node3/shared/log-context';

/** Where a job comes from; its trace is that of the request under way, never that of an earlier one. */
export function originNow(origin: JobOrigin | undefined): Pick<JobSpec, 'origin'> {
  const { traceparent: _, ...rest } = origin ?? {};
  const { traceparent } = currentLogContext();
  const now = { ...rest, ...(traceparent !== undefined && { traceparent }) };
  return Object.keys(now).length === 0 ? {} : { origin: now };
}
