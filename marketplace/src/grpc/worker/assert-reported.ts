import { MarketError } from '@node3/shared/error';
import type { GrpcDeps } from '../grpc-deps.ts';

/** Throws LEASE_STALE unless this worker has said the same of the job before: said again, it is harmless. */
export async function assertReported(
  { store }: Pick<GrpcDeps, 'store'>,
  agentId: string,
  { jobId, success }: { jobId: string; success: boolean },
): Promise<void> {
  const executions = await store.executionsOfJob(jobId);
  const own = executions.findLast((execution) => execution.agentId === agentId);
  const wasReported = own !== undefined && own.resultHash !== null;
  if (wasReported && (own.state === 'succeeded') === success) return;
  const detail = 'This worker does not hold the job, or holds it no longer: nothing was changed.';
  throw new MarketError('LEASE_STALE', { detail, jobId });
}
