import { createHash } from 'node:crypto';
import { silentLogger } from '@node3/shared/logger';
import { acceptExecution, appendLogs, reportProgress } from '@node3/shared/routes/agents';
import { createOutputUpload } from '@node3/shared/routes/artifacts';
import { createJobs } from '@node3/shared/routes/job-bulk';
import { createJob } from '@node3/shared/routes/jobs';
import { describe, expect, it, vi } from 'vitest';
import { Matchmaker } from '../matching/matchmaker.ts';
import { fenceOf, testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';
import { DiskRoom } from './disk-room.ts';

const full = expect.objectContaining({ code: 'STORAGE_FULL' }) as unknown;

/** Disks of 1,000 bytes, of which 100 are reserved. That of the artifacts says nothing at first. */
function testRoom(name: 'database' | 'data' = 'database') {
  const disk: { free: number; artifacts: number | null } = { free: 500, artifacts: null };
  const room = new DiskRoom({
    disks: [
      { name, folder: '/database' },
      { name: 'artifacts', folder: '/artifacts' },
    ],
    reserveBytes: 100,
    log: silentLogger,
    async read(folder) {
      const free = folder === '/artifacts' ? disk.artifacts : disk.free;
      return free === null ? null : { free, whole: 1_000 };
    },
  });
  return { room, disk };
}

describe('DiskRoom', () => {
  it('refuses new work below the reserve, until there is well more', async () => {
    const { room, disk } = testRoom();
    const changes: (string | null)[] = [];
    room.onChange(() => changes.push(room.refusal));
    for (const free of [100, 99, 124, 125]) {
      disk.free = free;
      await room.look();
      if (free === 99 || free === 124) expect(() => room.assertForNewWork()).toThrow(full);
      else room.assertForNewWork();
    }
    expect(changes).toEqual([expect.stringContaining('99 bytes are free'), null]);
    expect(room.freeRatio()).toBe(0.125);
  });

  it('leaves files of running jobs a part of the reserve, and none of the last quarter', async () => {
    const { room, disk } = testRoom();
    disk.artifacts = 90;
    await room.look();
    room.holdPart(65)();
    expect(() => room.holdPart(66)).toThrow(full);
  });

  it('has room for so many parts at a time, and again when they are through', async () => {
    const { room } = testRoom('data');
    await room.look();
    const through = room.holdPart(400);
    room.holdPart(75);
    expect(() => room.holdPart(1)).toThrow(full);
    through();
    room.holdPart(400);
  });

  it('looks only at the disk that the bytes go to', async () => {
    const { room, disk } = testRoom();
    Object.assign(disk, { free: 24, artifacts: 500 });
    await room.look();
    room.holdPart(100);
    expect(room.takesLogs).toBe(false);
    Object.assign(disk, { free: 25, artifacts: 10 });
    await room.look();
    expect(room.takesLogs).toBe(true);
  });

  it('knows nothing of a disk that says nothing', () => {
    expect(testRoom().room.freeRatio()).toBeNull();
  });
});

describe('a marketplace without room', () => {
  it('gives queued jobs to agents once there is room, without being asked again', async () => {
    const { room, disk } = testRoom();
    const market = await startTestMarketplace({ room });
    try {
      const requester = await openFundedAccount(market);
      const { client } = await registerTestAgent(market, 'worker');
      const { jobId } = await requester.client.call(createJob, { body: testJob() });
      disk.free = 50;
      await room.look();
      const post = requester.client.call(createJob, { body: testJob() });
      await expect(post).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      expect(await testAgentCalls(client).poll({ waitSec: 0 })).toEqual([]);
      const entered = vi.spyOn(Matchmaker.prototype, 'enter');
      const waiting = testAgentCalls(client).poll({ waitSec: 10 });
      await vi.waitFor(() => expect(entered).toHaveBeenCalledOnce(), 20_000);
      disk.free = 500;
      await room.look();
      expect(await waiting).toMatchObject([{ type: 'offer', jobId }]);
    } finally {
      vi.restoreAllMocks();
      await market.stop();
    }
  });

  it('answers what was posted before, and refuses what was not', async () => {
    const { room, disk } = testRoom();
    const market = await startTestMarketplace({ room });
    try {
      const { client } = await openFundedAccount(market);
      const post = (key: string) =>
        client.call(createJob, { body: testJob() }, { idempotencyKey: key });
      const postAll = (key: string) =>
        client.call(createJobs, { body: { jobs: [testJob()] } }, { idempotencyKey: key });
      const { jobId } = await post('one');
      const batch = await postAll('some');
      disk.free = 50;
      await room.look();
      expect((await post('one')).jobId).toBe(jobId);
      expect((await postAll('some')).data).toMatchObject([{ ...batch.data[0], replayed: true }]);
      await expect(post('other')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      await expect(postAll('others')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    } finally {
      await market.stop();
    }
  });

  it('takes the blame for what it could not keep of a job, and drops its log before its result', async () => {
    const { room, disk } = testRoom();
    const market = await startTestMarketplace({ room });
    try {
      const requester = await openFundedAccount(market);
      const { client, apiKey } = await registerTestAgent(market, 'worker');
      const { jobId } = await requester.client.call(createJob, { body: testJob() });
      const calls = testAgentCalls(client);
      const offer = await calls.offer();
      const { executionId } = offer;
      const params = { executionId };
      const fence = fenceOf(offer);
      await client.call(acceptExecution, { params, body: fence });
      await client.call(reportProgress, { params, body: { ...fence, phase: 'running' } });
      const sha256 = createHash('sha256').update('out').digest('hex');
      const file = { ...fence, name: 'out', bytes: 3, sha256 };
      const upload = await client.call(createOutputUpload, { params, body: file });
      Object.assign(disk, { free: 20, artifacts: 20 });
      await room.look();
      const part = `/api/v1/executions/${executionId}/uploads/${upload.artifactId}/parts/0`;
      const refused = await fetch(market.url + part, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/octet-stream',
          'lease-attempt': String(fence.attempt),
          'lease-token': fence.leaseToken,
        },
        body: 'out',
      });
      expect(await refused.json()).toMatchObject({ code: 'STORAGE_FULL' });
      const line = { stream: 'stdout' as const, atMs: 1, text: 'a line', partial: false };
      const logs = { ...fence, seqFirst: 1, lines: [line, line] };
      expect(await client.call(appendLogs, { params, body: logs })).toEqual({ ackedSeq: 2 });
      expect(await market.store.job(jobId)).toMatchObject({ logLines: 1 });
      await calls.report(offer, { outcome: 'failed', reason: 'engine_error', exitCode: null });
      const execution = await market.store.execution(executionId);
      expect(execution).toMatchObject({ state: 'failed', reason: 'marketplace_error' });
    } finally {
      await market.stop();
    }
  });
});
