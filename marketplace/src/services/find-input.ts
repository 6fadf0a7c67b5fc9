import { MarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import type { ArtifactFence, ArtifactRow } from '../store/artifact-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { ArtifactDeps } from './artifact-deps.ts';
import { findCompleteArtifact } from './read-artifacts.ts';

/** The job of an execution that this agent has now. Throws LEASE_STALE. */
export async function findHeldJob(
  { store }: Pick<ArtifactDeps, 'store'>,
  { fence, agentId }: ArtifactFence,
): Promise<JobRow> {
  const { executionId, attempt, leaseHash } = fence;
  const execution = await store.execution(executionId);
  const isHeld =
    execution !== null &&
    execution.agentId === agentId &&
    execution.attempt === attempt &&
    execution.leaseHash === leaseHash &&
    !isTerminalExecution(execution.state);
  const job = isHeld ? await store.job(execution.jobId) : null;
  if (job === null) throw new MarketError('LEASE_STALE', { executionId });
  return job;
}

/** An artifact that the job of this execution names as an input. */
export async function findInput(
  deps: Pick<ArtifactDeps, 'store'>,
  fence: ArtifactFence,
  artifactId: string,
): Promise<ArtifactRow> {
  const job = await findHeldJob(deps, fence);
  const isInput = job.spec.inputs.some(
    ({ source }) => source.kind === 'artifact' && source.artifactId === artifactId,
  );
  if (!isInput) throw new MarketError('ARTIFACT_NOT_FOUND', { artifactId });
  return findCompleteArtifact(deps, artifactId, job.accountId);
}
