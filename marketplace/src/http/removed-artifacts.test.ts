import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import * as routes from '@node3/shared/routes/artifacts';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDiskBlobs } from '../blobs/disk/disk-blobs.ts';
import { sweepArtifacts } from '../services/sweep-artifacts.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let owner: Awaited<ReturnType<typeof openFundedAccount>>;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
  owner = await openFundedAccount(market);
});
afterEach(() => market.stop());

function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const authorization = `Bearer ${owner.apiKey}`;
  return fetch(market.url + path, { method, headers: { authorization, ...headers } });
}

/** A file of five bytes. */
async function upload(): Promise<string> {
  const body = { name: 'file.bin', bytes: 5 };
  const { artifactId } = await owner.client.call(routes.createUpload, { body });
  await fetch(`${market.url}/api/v1/uploads/${artifactId}/parts/0`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${owner.apiKey}`,
      'content-type': 'application/octet-stream',
    },
    body: 'bytes',
  });
  await owner.client.call(routes.completeUpload, { params: { artifactId }, body: {} });
  return artifactId;
}

it('[2.23] are removed when they were kept for long enough, bytes and all, and known for a year', async () => {
  const artifactId = await upload();
  await owner.client.call(routes.createUpload, { body: { name: 'never', bytes: 9 } });
  const blobs = await openDiskBlobs(join(market.folder, 'artifacts'));
  const deps = { store: market.store, blobs, clock, log: silentLogger };
  const file = join(market.folder, 'artifacts', 'blobs', artifactId.slice(-2), artifactId);
  expect([await sweepArtifacts(deps), existsSync(file)]).toEqual([0, true]);
  clock.advance(limits.artifactUploadMs);
  expect([await sweepArtifacts(deps), existsSync(file)]).toEqual([1, true]);
  clock.advance(limits.artifactKeepDaysDefault * 86_400_000);
  expect([await sweepArtifacts(deps), existsSync(file)]).toEqual([1, false]);
  expect(await market.store.artifactUsage(owner.accountId)).toEqual({ bytes: 0, files: 0 });

  const removedAt = new Date(clock.nowMs()).toISOString();
  for (const contract of [routes.getArtifact, routes.getArtifactContent, routes.deleteArtifact]) {
    const path = contract.url.replace(':artifactId', artifactId);
    const answer = await ask(path, {}, contract.method);
    expect([answer.status, await answer.json()]).toMatchObject([
      410,
      {
        code: 'ARTIFACT_REMOVED',
        detail: `file.bin was removed at ${removedAt}: its time of keeping was over.`,
        context: { artifactId, removedAt, reason: 'expired' },
      },
    ]);
  }
  const listRemoved = () => owner.client.call(routes.listRemovedArtifacts, { query: {} });
  const entry = { artifactId, jobId: null, bytes: 5, removedAt, reason: 'expired' };
  expect(await listRemoved()).toMatchObject({ data: [entry], nextCursor: null });
  clock.advance(limits.artifactRemovalsKeptMs + 1);
  await sweepArtifacts(deps);
  expect(await listRemoved()).toEqual({ data: [], nextCursor: null });
  expect((await ask(`/api/v1/artifacts/${artifactId}`)).status).toBe(404);
});

it('are told from those that never were to their owner and to who has a link, at once', async () => {
  const artifactId = await upload();
  const params = { artifactId };
  const link = () => owner.client.call(routes.createArtifactLink, { params, body: {} });
  const { url: revoked } = await link();
  await owner.client.call(routes.revokeArtifactLinks, {});
  const { url } = await link();
  await owner.client.call(routes.deleteArtifact, { params });
  const codeOf = async (path: string) => {
    const { code } = (await (await fetch(market.url + path)).json()) as { code: string };
    return code;
  };
  expect([await codeOf(url), await codeOf(revoked)]).toEqual(['ARTIFACT_REMOVED', 'LINK_INVALID']);
  const own = owner.client.call(routes.getArtifact, { params });
  await expect(own).rejects.toMatchObject({ code: 'ARTIFACT_REMOVED' });
  const stranger = await openFundedAccount(market);
  const theirs = stranger.client.call(routes.getArtifact, { params });
  await expect(theirs).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
});
