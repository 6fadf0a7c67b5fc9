import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { ArtifactView } from '@node3/shared/routes/artifacts';
import { toTimestamp } from '@node3/shared/schema';
import type { ArtifactRow } from '../store/artifact-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { ArtifactDeps } from './artifact-deps.ts';
import { viewArtifact } from './artifact-views.ts';

type Deps = Pick<ArtifactDeps, 'store' | 'clock' | 'artifactLinks'>;

/** Finds an artifact of this account, complete or not. Somebody else's does not exist for it. */
export async function findOwnArtifact(
  deps: Pick<Deps, 'store'>,
  artifactId: string,
  accountId: string,
): Promise<ArtifactRow> {
  const row = await deps.store.artifact(artifactId);
  if (row === null || row.accountId !== accountId || row.state === 'removing') {
    throw new MarketError('ARTIFACT_NOT_FOUND', { artifactId });
  }
  return row;
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
  query: { limit?: number; cursor?: string },
): Promise<{ data: ArtifactView[]; nextCursor: string | null }> {
  const limit = query.limit ?? limits.listPageDefault;
  const rows = await deps.store.artifactsOfAccount({
    accountId,
    beforeArtifactId: query.cursor ?? null,
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (page.at(-1)?.artifactId ?? null) : null;
  return { data: page.filter(({ state }) => state === 'complete').map(viewArtifact), nextCursor };
}

/** What the last execution of a job has uploaded. */
export async function listJobArtifacts(
  deps: Deps,
  job: JobRow,
): Promise<(ArtifactView & { link: string })[]> {
  if (job.executionId === null) return [];
  const rows = await deps.store.artifactsOfExecution(job.executionId);
  if (rows.length === 0) return [];
  const version = await deps.store.linkVersion(job.accountId);
  const expiresAtSec = expiryOf(deps, limits.artifactLinkSecDefault);
  return rows.map((row) => ({
    ...viewArtifact(row),
    link: deps.artifactLinks.path({ ...claimOf(row), version, expiresAtSec }),
  }));
}

export async function createArtifactLink(
  deps: Deps,
  row: ArtifactRow,
  expiresSec: number = limits.artifactLinkSecDefault,
): Promise<{ url: string; expiresAt: string }> {
  const version = await deps.store.linkVersion(row.accountId);
  const expiresAtSec = expiryOf(deps, expiresSec);
  const url = deps.artifactLinks.path({ ...claimOf(row), version, expiresAtSec });
  return { url, expiresAt: toTimestamp(expiresAtSec * 1_000) };
}

/** Who has a link may read that one artifact. Throws LINK_INVALID, also where there is none. */
export async function openArtifactLink(
  deps: Deps,
  { artifactId, expires, signature }: { artifactId: string; expires: number; signature: string },
): Promise<ArtifactRow> {
  const row = await deps.store.artifact(artifactId);
  if (row === null || row.state !== 'complete') throw new MarketError('LINK_INVALID');
  const version = await deps.store.linkVersion(row.accountId);
  const claim = { ...claimOf(row), version, expiresAtSec: expires };
  const isLate = expires * 1_000 <= deps.clock.nowMs();
  if (isLate || !deps.artifactLinks.isSigned(claim, signature)) {
    throw new MarketError('LINK_INVALID');
  }
  return row;
}

function claimOf({ accountId, artifactId }: ArtifactRow) {
  return { accountId, artifactId };
}

function expiryOf({ clock }: Deps, seconds: number): number {
  return Math.floor(clock.nowMs() / 1_000) + seconds;
}
