import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ImageWatch } from './image-watch.ts';

let imageId: string;
let inspect: ReturnType<typeof vi.fn<() => Promise<{ Id: string }>>>;
let streams: PassThrough[];
let watch: ImageWatch;

beforeEach(async () => {
  imageId = 'sha256:1';
  inspect = vi.fn(() => Promise.resolve({ Id: imageId }));
  streams = [];
  const getEvents = () => {
    const stream = new PassThrough();
    streams.push(stream);
    return Promise.resolve(stream);
  };
  watch = new ImageWatch({ getImage: () => ({ inspect }), getEvents } as unknown as Docker);
  await watch.inspect('node3/base:local');
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

const idNow = async () => (await watch.inspect('node3/base:local')).Id;

it('is asked once while the engine tells of nothing', async () => {
  for (let i = 0; i < 5; i += 1) expect(await idNow()).toBe('sha256:1');
  // Before it listens it keeps nothing, so the very first answer is not among those.
  expect(inspect).toHaveBeenCalledTimes(2);
  expect(streams).toHaveLength(1);
});

it('is asked again after any change, and while nobody tells', async () => {
  await idNow();
  imageId = 'sha256:2';
  streams[0]?.write('{"Type":"image","Action":"tag"}\n');
  await vi.waitFor(async () => expect(await idNow()).toBe('sha256:2'), 20_000);
  imageId = 'sha256:3';
  streams[0]?.destroy();
  await vi.waitFor(async () => expect(await idNow()).toBe('sha256:3'), 20_000);
  expect(streams).toHaveLength(2);
});

it('does not keep what was asked before a change', async () => {
  const { promise, resolve } = Promise.withResolvers<{ Id: string }>();
  inspect.mockReturnValueOnce(promise);
  const asked = watch.inspect('node3/base:local');
  streams[0]?.write('{}\n');
  await vi.waitFor(() => expect(streams[0]?.readableLength).toBe(0), 20_000);
  resolve({ Id: 'sha256:0' });
  expect((await asked).Id).toBe('sha256:0');
  expect(await idNow()).toBe('sha256:1');
});

it('finds out by itself about an image that was built without a word', async () => {
  vi.useFakeTimers();
  await idNow();
  imageId = 'sha256:2';
  expect(await idNow()).toBe('sha256:1');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await idNow()).toBe('sha256:2');
});

it('keeps no failure', async () => {
  inspect.mockRejectedValueOnce(new Error('the engine is away'));
  await expect(watch.inspect('node3/other:local')).rejects.toThrow('away');
  expect(await idNow()).toBe('sha256:1');
});
