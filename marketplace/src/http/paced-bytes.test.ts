import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exactLength } from '../blobs/exact-length.ts';
import { giveInPace, takeInPace } from './paced-bytes.ts';

const pace = { windowMs: 60_000, windowBytes: 1_000 };
const { signal } = new AbortController();
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
    const refused = takeInPace(body, pace, signal);
    expect(vi.getTimerCount()).toBe(0);
    await refused.return();
    expect([body.destroyed, body.listenerCount('data')]).toEqual([false, 0]);
  });

  it('is let go of when its reader has enough', async () => {
    const body = new PassThrough();
    body.write(Buffer.alloc(6));
    const read = exactLength(takeInPace(body, pace, signal), 5).next();
    await expect(read).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(vi.getTimerCount()).toBe(0);
    expect([body.destroyed, body.listenerCount('data')]).toEqual([false, 0]);
    body.destroy(new Error('connection reset'));
  });

  it('ends when its place is given to another', async () => {
    const place = new AbortController();
    const cut = takeInPace(new PassThrough(), pace, place.signal).next();
    place.abort(new Error('given away'));
    await expect(cut).rejects.toBe(place.signal.reason);
    await expect(takeInPace(new PassThrough(), pace, place.signal).next()).rejects.toThrow();
    const source = new PassThrough();
    expect(() => giveInPace(source, pace, place.signal)).toThrow('given away');
    expect(source.destroyed).toBe(true);
    const later = new AbortController();
    const given = giveInPace(new PassThrough(), pace, later.signal).toArray();
    later.abort(place.signal.reason);
    await expect(given).rejects.toBe(place.signal.reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with its error when it comes too slowly or breaks off', async () => {
    const slow = takeInPace(new PassThrough(), pace, signal).next();
    vi.advanceTimersByTime(pace.windowMs);
    await expect(slow).rejects.toEqual(stalled);
    const body = new PassThrough();
    const broken = takeInPace(body, pace, signal).next();
    body.destroy();
    await expect(broken).rejects.toEqual(stalled);
    expect(vi.getTimerCount()).toBe(0);
  });
});
