import type { JobOrigin, JobSpec } from '@node3/shared/job-spec';
import type { JobRow } from '../store/rows.ts';
import type { SecretSealer } from './secret-sealer.ts';

/** What a job has that its requester's spec does not say. */
export interface JobExtras {
  /**
   * Environment values that nobody but the agent that runs the job may see. The spec has a
   * mask in their place.
   */
  secretEnv?: Record<string, string> | undefined;
  origin?: JobOrigin | undefined;
}

/** The spec as it is stored with a job: secrets sealed for this job alone. */
export function storedSpec(
  sealer: SecretSealer,
  jobId: string,
  spec: JobSpec,
  { secretEnv = {}, origin }: JobExtras,
): JobSpec {
  const sealed = Object.entries(secretEnv).map(([name, value]) => [
    name,
    sealer.seal(contextOf(jobId, name), value),
  ]);
  return {
    ...spec,
    ...(sealed.length === 0 ? {} : { sealedEnv: Object.fromEntries(sealed) }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** The secrets of a stored job in plain: for its agent, and for a job that repeats it. */
export function openSecretEnv(
  sealer: SecretSealer,
  { jobId, spec }: Pick<JobRow, 'jobId' | 'spec'>,
): Record<string, string> {
  const opened = Object.entries(spec.sealedEnv ?? {}).map(([name, sealed]) => [
    name,
    sealer.open(contextOf(jobId, name), sealed),
  ]);
  return Object.fromEntries(opened);
}

/** The spec as its agent gets it. */
export function offeredSpec(sealer: SecretSealer, job: Pick<JobRow, 'jobId' | 'spec'>): JobSpec {
  const { sealedEnv, origin: _, ...spec } = job.spec;
  if (sealedEnv === undefined) return spec;
  const env = { ...spec.workload.env, ...openSecretEnv(sealer, job) };
  return { ...spec, workload: { ...spec.workload, env } };
}

function contextOf(jobId: string, name: string): string {
  return `job:${jobId}:env:${name}`;
}
