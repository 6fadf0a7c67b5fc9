import { removalText } from '@node3/shared/artifact-removal';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { ArtifactView, RemovedArtifactView } from '@node3/shared/routes/artifacts';
import { toTimestamp } from '@node3/shared/schema';
import type { ArtifactQuery, ArtifactRow, RemovedArtifactRow } from '../store/artifact-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { ArtifactDeps } from './artifact-deps.ts';
import { viewArtifact, viewRemoved } from './artifact-views.ts';

type Deps = Pick<ArtifactDeps, 'store' | 'clock' | 'signedLinks'>;

/**
 * Finds an artifact of this account, complete or not. Somebody else's does not exist for it; one that
 * was removed is ARTIFACT_REMOVED.
 */
export async function findOwnArtifact(
  deps: Pick<Deps, 'store'>,
  artifactId: string,
  accountId: string,
): Promise<ArtifactRow> {
  const row = await deps.store.artifact(artifactId);
  if (row !== null && row.accountId === accountId && row.state !== 'removing') return row;
  const removed = await deps.store.removedArtifact(artifactId);
  if (removed?.accountId === accountId) throw goneFor(removed);
  throw new MarketError('ARTIFACT_NOT_FOUND', { artifactId });
}

function goneFor({ artifactId, name, removedAtMs, reason }: RemovedArtifactRow): MarketError {
  const removedAt = toTimestamp(removedAtMs);
  const detail = removalText({ name, removedAt, reason });
  return new MarketError('ARTIFACT_REMOVED', { detail, artifactId, removedAt, reason });
}

/** The same, and its bytes can be read. */
export async function findCompleteArtifact(
  deps: Pick<Deps, 'store'>,
  artifactId: string,
  accountId: string,
): Promise<ArtifactRow> {
  const row = await findOwnArtifact(deps, artifactId, accountId);
  if (row.state === 'complete') return row;
  throw new MarketError('ARTIFACT_STATE_INVALID', { artifactId, state: row.state });
}

export async function listArtifacts(
  deps: Deps,
  accountId: string,
  query: PageQuery,
): Promise<Page<ArtifactView>> {
  const read = (of: ArtifactQuery) => deps.store.artifactsOfAccount(of);
  const { data, nextCursor } = await pageOf(read, accountId, query);
  return { data: data.filter(({ state }) => state === 'complete').map(viewArtifact), nextCursor };
}

export async function listRemovedArtifacts(
  deps: Deps,
  accountId: string,
  query: PageQuery,
): Promise<Page<RemovedArtifactView>> {
  const read = (of: ArtifactQuery) => deps.store.removedOfAccount(of);
  const { data, nextCursor } = await pageOf(read, accountId, query);
  return { data: data.map(viewRemoved), nextCursor };
}

interface PageQuery {
  limit?: number;
  cursor?: string;
}

interface Page<Item> {
  data: Item[];
  nextCursor: string | null;
}

async function pageOf<Row extends { artifactId: string }>(
  read: (query: ArtifactQuery) => Promise<Row[]>,
  accountId: string,
  query: PageQuery,
): Promise<Page<Row>> {
  const limit = query.limit ?? limits.listPageDefault;
  const beforeArtifactId = query.cursor ?? null;
  const rows = await read({ accountId, beforeArtifactId, limit: limit + 1 });
  const data = rows.slice(0, limit);
  return { data, nextCursor: rows.length > limit ? (data.at(-1)?.artifactId ?? null) : null };
}

/** What the last execution of a job has uploaded, with what is not kept any more. */
export async function listJobArtifacts(deps: Deps, job: JobRow): Promise<JobArtifacts> {
  if (job.executionId === null) return { data: [], removed: [] };
  const [rows, removed] = await Promise.all([
    deps.store.artifactsOfExecution(job.executionId),
    deps.store.removedOfExecution(job.executionId),
  ]);
  const version = rows.length === 0 ? 0 : await deps.store.linkVersion(job.accountId);
  const expiresAtSec = expiryOf(deps, limits.artifactLinkSecDefault);
  const data = rows.map((row) => ({
    ...viewArtifact(row),
    link: deps.signedLinks.artifactPath({ ...claimOf(row), version, expiresAtSec }),
  }));
  return { data, removed: removed.map(viewRemoved) };
}

/** A complete file of a job. Throws ARTIFACT_NOT_FOUND, or ARTIFACT_REMOVED where it was kept once. */
export async function findArtifactOfJob(
  deps: Pick<Deps, 'store'>,
  { executionId }: JobRow,
  artifactId: string,
): Promise<ArtifactRow> {
  const isIt = (row: { artifactId: string }) => row.artifactId === artifactId;
  if (executionId !== null) {
    const found = (await deps.store.artifactsOfExecution(executionId)).find(isIt);
    if (found !== undefined) return found;
    const removed = (await deps.store.removedOfExecution(executionId)).find(isIt);
    if (removed !== undefined) throw goneFor(removed);
  }
  throw new MarketError('ARTIFACT_NOT_FOUND', { artifactId });
}

interface JobArtifacts {
  data: (ArtifactView & { link: string })[];
  removed: RemovedArtifactView[];
}

export async function createArtifactLink(
  deps: Deps,
  row: ArtifactRow,
  expiresSec: number = limits.artifactLinkSecDefault,
): Promise<{ url: string; expiresAt: string }> {
  const version = await deps.store.linkVersion(row.accountId);
  const expiresAtSec = expiryOf(deps, expiresSec);
  const url = deps.signedLinks.artifactPath({ ...claimOf(row), version, expiresAtSec });
  return { url, expiresAt: toTimestamp(expiresAtSec * 1_000) };
}

/**
 * Who has a link may read that one artifact. Throws LINK_INVALID, also where there is none, and
 * ARTIFACT_REMOVED where the link would be valid otherwise.
 */
export async function openArtifactLink(
  deps: Deps,
  { artifactId, expires, signature }: { artifactId: string; expires: number; signature: string },
): Promise<ArtifactRow> {
  const found = await deps.store.artifact(artifactId);
  const isKept = found?.state === 'complete';
  const linked = isKept ? found : await deps.store.removedArtifact(artifactId);
  if (linked === null) throw new MarketError('LINK_INVALID');
  const version = await deps.store.linkVersion(linked.accountId);
  const claim = { ...claimOf(linked), version, expiresAtSec: expires };
  const isLate = expires * 1_000 <= deps.clock.nowMs();
  if (isLate || !deps.signedLinks.isArtifactSigned(claim, signature)) {
    throw new MarketError('LINK_INVALID');
  }
  if ('removedAtMs' in linked) throw goneFor(linked);
  return linked;
}

function claimOf({ accountId, artifactId }: Pick<ArtifactRow, 'accountId' | 'artifactId'>) {
  return { accountId, artifactId };
}

function expiryOf({ clock }: Deps, seconds: number): number {
  return Math.floor(clock.nowMs() / 1_000) + seconds;
}
