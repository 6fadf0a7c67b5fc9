import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from './logger.ts';
import { startLoop } from './loop.ts';

describe('loop', () => {
  it('runs at once, again when woken, and not after it was stopped', async () => {
    let turns = 0;
    const loop = startLoop({
      name: 'test',
      intervalMs: 60_000,
      log: silentLogger,
      run: async () => {
        turns += 1;
      },
    });
    await vi.waitFor(() => expect(turns).toBe(1), 20_000);
    loop.wake();
    await vi.waitFor(() => expect(turns).toBe(2), 20_000);
    await loop.stop();
    loop.wake();
    expect(turns).toBe(2);
  });

  it('can begin later, or as soon as it is woken', async () => {
    let turns = 0;
    const loop = startLoop({
      name: 'test',
      delayMs: 60_000,
      intervalMs: 60_000,
      log: silentLogger,
      run: async () => {
        turns += 1;
      },
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(turns).toBe(0);
    loop.wake();
    await vi.waitFor(() => expect(turns).toBe(1), 20_000);
    await loop.stop();
  });

  it('keeps a wake that came during a turn', async () => {
    let turns = 0;
    let finish = () => {};
    const loop = startLoop({
      name: 'test',
      intervalMs: 60_000,
      log: silentLogger,
      run: () => {
        turns += 1;
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
    });
    await vi.waitFor(() => expect(turns).toBe(1), 20_000);
    loop.wake();
    finish();
    await vi.waitFor(() => expect(turns).toBe(2), 20_000);
    finish();
    await loop.stop();
  });

  it('goes on after a turn that failed', async () => {
    let turns = 0;
    const loop = startLoop({
      name: 'test',
      intervalMs: 1,
      backoffMaxMs: 1,
      log: silentLogger,
      run: async () => {
        turns += 1;
        throw new Error('broken');
      },
    });
    await vi.waitFor(() => expect(turns).toBeGreaterThan(2), 20_000);
    await loop.stop();
  });

  it('waits for the turn in progress when it stops', async () => {
    let ended = false;
    let finish = () => {};
    const started = Promise.withResolvers<void>();
    const loop = startLoop({
      name: 'test',
      intervalMs: 1,
      log: silentLogger,
      run: async () => {
        started.resolve();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        ended = true;
      },
    });
    await started.promise;
    const stopped = loop.stop();
    finish();
    await stopped;
    expect(ended).toBe(true);
  });
});
