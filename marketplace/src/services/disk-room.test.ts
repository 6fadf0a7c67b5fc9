import { silentLogger } from '@node3/shared/logger';
import { createJob } from '@node3/shared/routes/jobs';
import { describe, expect, it, vi } from 'vitest';
import { Matchmaker } from '../matching/matchmaker.ts';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';
import { DiskRoom } from './disk-room.ts';

const full = expect.objectContaining({ code: 'STORAGE_FULL' }) as unknown;

/** A disk of 1,000 bytes, of which 100 are reserved. */
function testRoom(name: 'database' | 'data' = 'database') {
  const disk = { free: 500 };
  const room = new DiskRoom({
    disks: [
      { name, folder: '/database' },
      { name: 'artifacts', folder: '/unknown' },
    ],
    reserveBytes: 100,
    log: silentLogger,
    read: async (folder) => (folder === '/unknown' ? null : { free: disk.free, whole: 1_000 }),
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
    disk.free = 90;
    await room.look();
    room.assertForOutput(65);
    expect(() => room.assertForOutput(66)).toThrow(full);
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
      await vi.waitFor(() => expect(entered).toHaveBeenCalledOnce());
      disk.free = 500;
      await room.look();
      expect(await waiting).toMatchObject([{ type: 'offer', jobId }]);
    } finally {
      vi.restoreAllMocks();
      await market.stop();
    }
  });
});
