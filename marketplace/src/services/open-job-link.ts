import { MarketError } from '@node3/shared/error';
import { reasons } from '@node3/shared/job-state';
import type { LinkPart, SharedJob } from '@node3/shared/routes/job-links';
import { toTimestamp } from '@node3/shared/schema';
import type { JobLinkRow } from '../store/job-link-store.ts';
import type { ExecutionRow, JobRow } from '../store/rows.ts';
import { viewJob } from './job-views.ts';
import { findJobThatRan } from './read-job.ts';
import type { ShareDeps } from './share-job.ts';

type Deps = Omit<ShareDeps, 'ids'>;

export interface SignedLink {
  linkId: string;
  signature: string;
}

/** What a link is used for: a part of the job, or one of its files. */
export type LinkUse = LinkPart | { artifactId: string };

/** Counts a use of a link. Throws LINK_INVALID whatever is wrong: who guesses learns nothing. */
export async function openJobLink(
  deps: Deps,
  { linkId, signature }: SignedLink,
  use: LinkUse,
): Promise<{ link: JobLinkRow; job: JobRow }> {
  // The signature first: who has none costs no read, and no write.
  const known = deps.signedLinks.isJobSigned(linkId, signature)
    ? await deps.store.jobLink(linkId)
    : null;
  const link =
    known !== null && isShown(known, use)
      ? await deps.store.useJobLink(linkId, deps.clock.nowMs())
      : null;
  const job = link === null ? null : await deps.store.job(link.jobId);
  if (link === null || job === null) throw new MarketError('LINK_INVALID');
  return { link, job };
}

function isShown({ shows, artifactId }: JobLinkRow, use: LinkUse): boolean {
  if (typeof use === 'string') return shows.includes(use);
  return shows.includes('artifacts') || artifactId === use.artifactId;
}

/** What anybody may see of a job that is shared: field by field, so that a new one is not shared by itself. */
export async function viewSharedJob(
  deps: Deps,
  { link, job }: { link: JobLinkRow; job: JobRow },
): Promise<SharedJob> {
  const ran = await findJobThatRan(deps, job);
  const execution = await executionOf(deps, ran);
  const { jobId, name, state, workload, image, gpus, exitCode, ...summary } = viewJob(
    job,
    execution,
    null,
  );
  const { createdAt, startedAt, finishedAt, simulatedDevice } = summary;
  const { spec } = job;
  return {
    jobId,
    name,
    state,
    reasonSentence: job.reason === null ? null : reasons[job.reason].sentence,
    workload,
    image,
    code: spec.workload.kind === 'script' ? spec.workload.code : null,
    command: spec.workload.kind === 'container' ? (spec.workload.command ?? null) : null,
    gpus,
    gpuModels: execution?.devices.map(({ model }) => model) ?? [],
    simulatedDevice,
    runMs: execution?.runMs ?? null,
    progress: execution?.workProgress ?? null,
    exitCode,
    output: ran.output,
    createdAt,
    startedAt,
    finishedAt,
    shows: link.shows,
    linkExpiresAt: toTimestamp(link.expiresAtMs),
  };
}

async function executionOf(deps: Deps, { executionId }: JobRow): Promise<ExecutionRow | null> {
  if (executionId === null) return null;
  return (await deps.store.executionsById([executionId])).get(executionId) ?? null;
}
