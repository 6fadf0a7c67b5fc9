import { silentLogger } from '@node3/shared/logger';
import { describe, expect, it, vi } from 'vitest';
import { backoffMs, startPacedLoop } from './pace.ts';

describe('backoffMs', () => {
  it('[5.10] [5.19] doubles from one second to one minute, with a quarter of jitter either way', () => {
    const middle = (failures: number) => backoffMs(failures, () => 0.5);
    expect([1, 2, 3, 6, 7, 50].map(middle)).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
    expect(backoffMs(1, () => 0)).toBe(750);
    expect(backoffMs(1, () => 1)).toBe(1_250);
  });
});

describe('startPacedLoop', () => {
  it('does not let news end a back-off, but a retry does', async () => {
    let turns = 0;
    const loop = startPacedLoop({
      name: 'test',
      log: silentLogger,
      random: () => 0.5,
      async run() {
        turns += 1;
        if (turns === 1) throw new Error('down');
        return 60_000;
      },
    });
    await vi.waitFor(() => expect(turns).toBe(1), 20_000);
    loop.wake();
    await new Promise((done) => setImmediate(done));
    expect(turns).toBe(1);
    loop.retry();
    await vi.waitFor(() => expect(turns).toBe(2), 20_000);
    loop.wake();
    await vi.waitFor(() => expect(turns).toBe(3), 20_000);
    await loop.stop();
  });
});
