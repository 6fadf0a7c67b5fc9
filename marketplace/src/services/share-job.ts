import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import {
  type createJobLink,
  type JobLink,
  linkParts,
  type NewJobLink,
} from '@node3/shared/routes/job-links';
import { toTimestamp } from '@node3/shared/schema';
import type { JobLinkRow } from '../store/job-link-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { invalid } from './check-template.ts';
import { findArtifactOfJob } from './read-artifacts.ts';
import { findJobThatRan } from './read-job.ts';
import type { SignedLinks } from './signed-links.ts';

export interface ShareDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  signedLinks: SignedLinks;
}

/** Shares a job with whoever gets the link. Throws REQUEST_INVALID, ARTIFACT_NOT_FOUND or LIMIT_REACHED. */
export async function shareJob(
  deps: ShareDeps,
  job: JobRow,
  input: BodyOf<typeof createJobLink>,
): Promise<NewJobLink> {
  const { shows, artifactId = null, expiresSec = limits.jobLinkSecDefault } = input;
  if (artifactId !== null && shows !== undefined) {
    const detail = 'names one file, beside which nothing is shown; leave out shows, or this';
    throw invalid([{ pointer: '/artifactId', detail }]);
  }
  if (artifactId !== null)
    await findArtifactOfJob(deps, await findJobThatRan(deps, job), artifactId);
  const nowMs = deps.clock.nowMs();
  const wanted = artifactId === null ? (shows ?? linkParts) : [];
  const link: JobLinkRow = {
    linkId: deps.ids.next('link'),
    accountId: job.accountId,
    jobId: job.jobId,
    shows: linkParts.filter((part) => wanted.includes(part)),
    artifactId,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + expiresSec * 1_000,
    usesMax: input.usesMax ?? null,
    uses: 0,
    lastUsedAtMs: null,
    revokedAtMs: null,
  };
  const events = [eventOf('link.created', link, nowMs)];
  await deps.store.createJobLink(link, limits.linksPerJob, events);
  return { ...viewLink(link), url: deps.signedLinks.jobPath(link.linkId, belowFor(link)) };
}

export async function listJobLinks(
  deps: Pick<ShareDeps, 'store'>,
  { jobId }: JobRow,
): Promise<{ data: JobLink[] }> {
  return { data: (await deps.store.linksOfJob(jobId)).map(viewLink) };
}

/** From this answer on nobody gets anything with it. Throws LINK_NOT_FOUND. */
export async function revokeJobLink(
  deps: Pick<ShareDeps, 'store' | 'clock'>,
  { jobId }: JobRow,
  linkId: string,
): Promise<JobLink> {
  const link = await deps.store.jobLink(linkId);
  if (link?.jobId !== jobId) throw new MarketError('LINK_NOT_FOUND', { linkId });
  const nowMs = deps.clock.nowMs();
  const events = [eventOf('link.revoked', link, nowMs)];
  return viewLink((await deps.store.revokeJobLink(linkId, nowMs, events)) ?? link);
}

/** Where a link leads: to the first thing that it shows. */
function belowFor({ shows, artifactId }: JobLinkRow): string {
  if (artifactId !== null) return `/artifacts/${artifactId}`;
  const [first] = shows;
  return first === undefined || first === 'job' ? '' : `/${first}`;
}

function viewLink(link: JobLinkRow): JobLink {
  const { linkId, jobId, shows, artifactId, usesMax, uses, lastUsedAtMs, revokedAtMs } = link;
  const timeOf = (ms: number | null) => (ms === null ? null : toTimestamp(ms));
  return {
    linkId,
    jobId,
    shows,
    artifactId,
    createdAt: toTimestamp(link.createdAtMs),
    expiresAt: toTimestamp(link.expiresAtMs),
    usesMax,
    uses,
    lastUsedAt: timeOf(lastUsedAtMs),
    revokedAt: timeOf(revokedAtMs),
  };
}

function eventOf(name: 'link.created' | 'link.revoked', link: JobLinkRow, atMs: number): NewEvent {
  const { linkId, accountId, jobId, shows, artifactId, expiresAtMs, usesMax } = link;
  const data = { linkId, shows: shows.join(), artifactId, expiresAtMs, usesMax };
  const about = { accountId, jobId, executionId: null };
  return { name, atMs, actor: 'requester', ...about, reason: null, data };
}
