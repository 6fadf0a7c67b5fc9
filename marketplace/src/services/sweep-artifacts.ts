import { limits } from '@node3/shared/limits';
import type { ArtifactDeps } from './artifact-deps.ts';

/** Removed in one turn, so that a turn stays short. */
const perTurn = 200;

/**
 * Removes what was deleted, has been kept for long enough or was never completed: first nobody may
 * read it any more, then its bytes go, then it is forgotten. Goes on where it was cut off. When and
 * why is known for a year more.
 */
export async function sweepArtifacts(
  deps: Pick<ArtifactDeps, 'store' | 'blobs' | 'clock' | 'log'>,
): Promise<number> {
  const { blobs, clock, log, store } = deps;
  const nowMs = clock.nowMs();
  await store.forgetRemovals(nowMs - limits.artifactRemovalsKeptMs, perTurn);
  const due = await store.artifactsToRemove(nowMs, perTurn);
  let removed = 0;
  for (const { artifactId, state } of due) {
    const row =
      state === 'removing'
        ? null
        : await store.beginRemoval(artifactId, { reason: 'expired', nowMs });
    const upload = row?.upload ?? due.find((each) => each.artifactId === artifactId)?.upload;
    try {
      if (upload) await blobs.abort({ key: artifactId, upload });
      await blobs.delete(artifactId);
      await store.forgetArtifact(artifactId);
      removed += 1;
    } catch (error) {
      log.warn({ err: error, artifactId }, 'the bytes of an artifact could not be removed');
    }
  }
  return removed;
}
