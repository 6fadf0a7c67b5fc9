import { describe, expect, it } from 'vitest';
import { type ArtifactFence, type ArtifactRow, allArtifacts } from '../artifact-store.ts';
import type { ExecutionRow } from '../rows.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

const sha256 = 'a'.repeat(64);
const room = { bytes: 1_000, files: 10 };
const deletion = { reason: 'deleted', nowMs: 3 } as const;
const quota = { all: { bytes: 10_000, files: 100 }, account: room, job: room };

function newArtifact(
  world: World,
  accountId: string,
  more: Partial<ArtifactRow> = {},
): ArtifactRow {
  return {
    artifactId: world.ids.next('artifact'),
    accountId,
    jobId: null,
    executionId: null,
    attempt: null,
    name: 'file.bin',
    mediaType: 'application/octet-stream',
    bytes: 100,
    sha256: null,
    partBytes: 60,
    upload: null,
    state: 'open',
    createdAtMs: world.nowMs,
    completedAtMs: null,
    expiresAtMs: world.nowMs + 1_000,
    ...more,
  };
}

function outputOf({ jobId, executionId, attempt }: ExecutionRow): Partial<ArtifactRow> {
  return { jobId, executionId, attempt, sha256 };
}

function holderOf({ executionId, attempt, leaseHash, agentId }: ExecutionRow): ArtifactFence {
  return { agentId, fence: { executionId, attempt, leaseHash } };
}

const part = (number: number, bytes: number) => ({
  number,
  offset: (number - 1) * 60,
  bytes,
  tag: `tag ${number}`,
});

/** Uses each method of the store for artifacts at least once. */
export async function liveThroughArtifacts(world: World, agentId: string): Promise<void> {
  const { store } = world;
  const accountId = await world.openAccount();
  const execution = await world.lease(accountId, agentId);
  const fence = holderOf(execution);
  const row = newArtifact(world, accountId, outputOf(execution));
  const { artifactId } = await store.openArtifact(row, quota, fence);
  await store.openArtifact({ ...row, artifactId: 'art_other', bytes: 7 }, quota, fence);
  await store.beganUpload('art_other', 'u');
  await store.keepPart('art_other', part(1, 7), fence);
  await store.partsOfArtifact(artifactId);
  await store.completeArtifact('art_other', { sha256, nowMs: 1, expiresAtMs: 2 }, fence);
  await store.artifactsOfExecution(execution.executionId);
  await store.artifactsOfAccount({ accountId, beforeArtifactId: null, limit: 9 });
  await store.keepArtifacts(['art_other'], 5);
  await store.beginRemoval('art_other', { reason: 'expired', nowMs: 5 });
  await store.beginRemoval(artifactId, deletion);
  await store.artifactsToRemove(world.nowMs, 9);
  await store.forgetArtifact(artifactId);
  await store.removedArtifact(artifactId);
  await store.removedOfExecution(execution.executionId);
  await store.removedOfAccount({ accountId, beforeArtifactId: null, limit: 9 });
  await store.forgetRemovals(1, 9);
  await store.artifactUsage(accountId);
  await store.revokeLinks(accountId, world.nowMs);
  await store.linkVersion(accountId);
  await store.changeJob(execution.jobId, () => null);
}

export function describeArtifacts(given: Given): void {
  describe('artifacts', () => {
    it('are opened, come in parts, and stay what they are', async () => {
      const { world } = given;
      const accountId = await world.openAccount();
      const row = newArtifact(world, accountId);
      const { artifactId } = row;
      expect(await world.store.openArtifact(row, quota, null)).toEqual(row);
      await world.store.beganUpload(artifactId, 'handle');
      await world.store.keepPart(artifactId, part(2, 40), null);
      await world.store.keepPart(artifactId, part(1, 60), null);
      await world.store.keepPart(artifactId, { ...part(1, 60), tag: 'again' }, null);
      const store = await given.reopen();
      expect(await store.partsOfArtifact(artifactId)).toEqual([
        { ...part(1, 60), tag: 'again' },
        part(2, 40),
      ]);
      const found = { sha256, nowMs: 7, expiresAtMs: 9 };
      const completed = await store.completeArtifact(artifactId, found, null);
      const times = { completedAtMs: 7, expiresAtMs: 9 };
      expect(completed).toEqual({ ...row, upload: 'handle', state: 'complete', sha256, ...times });
      const again = { ...found, nowMs: 8 };
      expect(await store.completeArtifact(artifactId, again, null)).toEqual(completed);
      expect(await store.artifact(artifactId)).toEqual(completed);
      const late = store.keepPart(artifactId, part(1, 60), null);
      await expect(late).rejects.toMatchObject({ code: 'ARTIFACT_STATE_INVALID' });
      expect(await store.artifact('art_none')).toBeNull();
    });

    it('take room once, and give it back when they are forgotten', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const open = (bytes: number) =>
        store.openArtifact(newArtifact(world, accountId, { bytes }), quota, null);
      const first = await open(600);
      await expect(open(401)).rejects.toMatchObject({ code: 'ARTIFACT_QUOTA' });
      await open(400);
      expect(await store.artifactUsage(accountId)).toEqual({ bytes: 1_000, files: 2 });
      await store.beginRemoval(first.artifactId, deletion);
      await expect(open(1)).rejects.toMatchObject({ code: 'ARTIFACT_QUOTA' });
      await store.forgetArtifact(first.artifactId);
      await store.forgetArtifact(first.artifactId);
      expect(await store.artifactUsage(accountId)).toEqual({ bytes: 400, files: 1 });
      expect(await store.artifactUsage(allArtifacts)).toEqual({ bytes: 400, files: 1 });
      await open(600);
    });

    it('do not take more room together than there is', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const opened = await Promise.allSettled(
        Array.from({ length: 12 }, () =>
          store.openArtifact(newArtifact(world, accountId, { bytes: 1 }), quota, null),
        ),
      );
      expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
      expect(await store.artifactUsage(accountId)).toEqual({ bytes: 10, files: 10 });
    });

    it('of an execution are written by who has it, and by nobody else or later', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const execution = await world.lease(accountId, await world.registerAgent());
      const holder = holderOf(execution);
      const row = newArtifact(world, accountId, outputOf(execution));
      const strangers: ArtifactFence[] = [
        { ...holder, agentId: 'agt_other' },
        { ...holder, fence: { ...holder.fence, attempt: 2 } },
        { ...holder, fence: { ...holder.fence, leaseHash: 'other' } },
      ];
      for (const stranger of strangers) {
        const opened = store.openArtifact(row, quota, stranger);
        await expect(opened).rejects.toMatchObject({ code: 'LEASE_STALE' });
      }
      await store.openArtifact(row, quota, holder);
      const { artifactId } = row;
      const found = { sha256, nowMs: 7, expiresAtMs: 9 };
      for (const stranger of strangers) {
        const kept = store.keepPart(artifactId, part(1, 60), stranger);
        await expect(kept).rejects.toMatchObject({ code: 'LEASE_STALE' });
        const completed = store.completeArtifact(artifactId, found, stranger);
        await expect(completed).rejects.toMatchObject({ code: 'LEASE_STALE' });
      }
      const unfenced = store.keepPart(artifactId, part(1, 60), null);
      await expect(unfenced).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      await store.keepPart(artifactId, part(1, 60), holder);
      expect(await store.artifactsOfExecution(execution.executionId)).toEqual([]);
      await store.completeArtifact(artifactId, found, holder);
      expect(await store.artifactsOfExecution(execution.executionId)).toHaveLength(1);
      await world.start(execution);
      await world.succeed(execution);
      const over = { ...row, artifactId: world.ids.next('artifact'), name: 'late' };
      const late = store.openArtifact(over, quota, holder);
      await expect(late).rejects.toMatchObject({ code: 'LEASE_STALE' });
      expect(await store.artifactUsage(execution.jobId)).toEqual({ bytes: 100, files: 1 });
    });

    it('of an execution are the same upload when they are the same file', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const execution = await world.lease(accountId, await world.registerAgent());
      const fence = holderOf(execution);
      const row = newArtifact(world, accountId, outputOf(execution));
      const open = (more: Partial<ArtifactRow> = {}) =>
        store.openArtifact(
          { ...row, artifactId: world.ids.next('artifact'), ...more },
          quota,
          fence,
        );
      const first = await open();
      expect(await open()).toEqual(first);
      const changed = await open({ sha256: 'b'.repeat(64) });
      expect(changed.artifactId).not.toBe(first.artifactId);
      expect((await store.artifact(first.artifactId))?.state).toBe('removing');
      expect(await open({ name: 'other' })).not.toEqual(first);
    });

    it('are removed when their time is over, those kept longer later', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const open = () => store.openArtifact(newArtifact(world, accountId), quota, null);
      const [never, done, kept] = [await open(), await open(), await open()];
      const found = { sha256, nowMs: 7, expiresAtMs: world.nowMs + 50 };
      await store.completeArtifact(done.artifactId, found, null);
      await store.completeArtifact(kept.artifactId, found, null);
      await store.keepArtifacts([kept.artifactId, never.artifactId], world.nowMs + 500);
      await store.keepArtifacts([kept.artifactId], world.nowMs);
      const due = async (afterMs: number) =>
        (await store.artifactsToRemove(world.nowMs + afterMs, 9)).map((row) => row.artifactId);
      expect(await due(49)).toEqual([]);
      expect(await due(50)).toEqual([done.artifactId]);
      expect(await due(500)).toEqual([done.artifactId, kept.artifactId]);
      expect(await due(1_000)).toEqual([done.artifactId, kept.artifactId, never.artifactId]);
      await store.beginRemoval(never.artifactId, deletion);
      expect(await due(-world.nowMs)).toEqual([never.artifactId]);
      expect(await store.beginRemoval('art_none', deletion)).toBeNull();
    });

    it('are listed newest first in pages, without those being removed', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const open = (owner: string) => store.openArtifact(newArtifact(world, owner), quota, null);
      const rows = [await open(accountId), await open(accountId), await open(accountId)];
      await open(await world.openAccount());
      const [first, second, third] = rows.map(({ artifactId }) => artifactId);
      const list = async (before: string | null, limit: number) =>
        (await store.artifactsOfAccount({ accountId, beforeArtifactId: before, limit })).map(
          ({ artifactId }) => artifactId,
        );
      expect(await list(null, 2)).toEqual([third, second]);
      expect(await list(second ?? '', 2)).toEqual([first]);
      await store.beginRemoval(second ?? '', deletion);
      expect(await list(null, 9)).toEqual([third, first]);
    });

    it('are known as removed once they were complete, until that is forgotten', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const execution = await world.lease(accountId, await world.registerAgent());
      const fence = holderOf(execution);
      const complete = async (name: string, hash = sha256) => {
        const artifactId = world.ids.next('artifact');
        const output = { ...outputOf(execution), artifactId, name, sha256: hash };
        await store.openArtifact(newArtifact(world, accountId, output), quota, fence);
        const found = { sha256: hash, nowMs: 7, expiresAtMs: 9 };
        return store.completeArtifact(artifactId, found, fence);
      };
      const [late, early, first] = [await complete('z'), await complete('a'), await complete('m')];
      const successor = await complete('m', 'b'.repeat(64));
      const never = await store.openArtifact(newArtifact(world, accountId), quota, null);
      await store.beginRemoval(late.artifactId, { reason: 'expired', nowMs: 20 });
      await store.beginRemoval(late.artifactId, { reason: 'deleted', nowMs: 21 });
      await store.beginRemoval(early.artifactId, { reason: 'deleted', nowMs: 30 });
      await store.beginRemoval(never.artifactId, deletion);
      await store.forgetArtifact(late.artifactId);

      expect(await store.removedArtifact(late.artifactId)).toEqual({
        artifactId: late.artifactId,
        accountId,
        jobId: late.jobId,
        executionId: late.executionId,
        attempt: late.attempt,
        name: 'z',
        mediaType: late.mediaType,
        bytes: late.bytes,
        sha256,
        createdAtMs: late.createdAtMs,
        removedAtMs: 20,
        reason: 'expired',
      });
      expect(await store.removedArtifact(first.artifactId)).toMatchObject({ reason: 'replaced' });
      expect(await store.removedArtifact(never.artifactId)).toBeNull();
      const idsOf = (rows: { artifactId: string }[]) => rows.map(({ artifactId }) => artifactId);
      const ofExecution = execution.executionId;
      const removed = idsOf(await store.removedOfExecution(ofExecution));
      expect(removed).toEqual([early.artifactId, late.artifactId]);
      expect(idsOf(await store.artifactsOfExecution(ofExecution))).toEqual([successor.artifactId]);
      const list = async (beforeArtifactId: string | null, limit: number) =>
        idsOf(await store.removedOfAccount({ accountId, beforeArtifactId, limit }));
      expect(await list(null, 2)).toEqual([first.artifactId, early.artifactId]);
      expect(await list(early.artifactId, 2)).toEqual([late.artifactId]);

      expect(await store.forgetRemovals(30, 1)).toBe(1);
      expect(await store.removedArtifact(late.artifactId)).toBeNull();
      expect(await store.forgetRemovals(30, 9)).toBe(0);
      expect(await list(null, 9)).toEqual([first.artifactId, early.artifactId]);
    });

    it('have links that are revoked per account', async () => {
      const { store, world } = given;
      const [accountId, other] = [await world.openAccount(), await world.openAccount()];
      expect(await store.linkVersion(accountId)).toBe(0);
      expect(await store.revokeLinks(accountId, 1)).toBe(1);
      expect(await store.revokeLinks(accountId, 2)).toBe(2);
      expect([await store.linkVersion(accountId), await store.linkVersion(other)]).toEqual([2, 0]);
    });
  });
}
