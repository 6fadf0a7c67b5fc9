import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exactLength } from '../blobs/exact-length.ts';
import { takeInPace } from './paced-bytes.ts';

const pace = { windowMs: 60_000, windowBytes: 1_000 };
const stalled = expect.objectContaining({ code: 'TRANSFER_STALLED' }) as unknown;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a part that is taken', () => {
  it('is waited for only while somebody reads it', async () => {
    const body = new PassThrough();
    const refused = takeInPace(body, pace);
    expect(vi.getTimerCount()).toBe(0);
    await refused.return();
    expect([body.destroyed, body.listenerCount('data')]).toEqual([false, 0]);
  });

  it('is let go of when its reader has enough', async () => {
    const body = new PassThrough();
    body.write(Buffer.alloc(6));
    const read = exactLength(takeInPace(body, pace), 5).next();
    await expect(read).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(vi.getTimerCount()).toBe(0);
    expect([body.destroyed, body.listenerCount('data')]).toEqual([false, 0]);
    body.destroy(new Error('connection reset'));
  });

  it('ends with its error when it comes too slowly or breaks off', async () => {
    const slow = takeInPace(new PassThrough(), pace).next();
    vi.advanceTimersByTime(pace.windowMs);
    await expect(slow).rejects.toEqual(stalled);
    const body = new PassThrough();
    const broken = takeInPace(body, pace).next();
    body.destroy();
    await expect(broken).rejects.toEqual(stalled);
    expect(vi.getTimerCount()).toBe(0);
  });
});
