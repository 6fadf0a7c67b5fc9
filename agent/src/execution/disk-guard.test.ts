import { silentLogger } from '@node3/shared/logger';
import { describe, expect, it } from 'vitest';
import { agentLimits } from '../agent-limits.ts';
import { DiskGuard } from './disk-guard.ts';

const floor = 1_000;
const { diskRoomBytes } = agentLimits;

function guardOf(disk: { free: number | null; cached: number }) {
  const calls: string[] = [];
  const guard = new DiskGuard({
    read: async () => disk.free,
    floorBytes: () => floor,
    executors: () => [
      {
        name: 'broken',
        async freeDisk() {
          throw new Error('no engine');
        },
      },
      {
        name: 'caching',
        async freeDisk(bytes) {
          calls.push(`free ${bytes}`);
          const freed = Math.min(bytes, disk.cached);
          disk.cached -= freed;
          disk.free = (disk.free ?? 0) + freed;
        },
      },
    ],
    log: silentLogger,
    onChange: () => calls.push(guard.isLow ? 'low' : 'room'),
  });
  return { guard, calls };
}

describe('the disk guard', () => {
  it('[5.21] frees what was only cached before it takes no more work', async () => {
    const disk = { free: floor, cached: 10 * diskRoomBytes };
    const { guard, calls } = guardOf(disk);
    await guard.look();
    expect(guard.isLow).toBe(false);
    expect(guard.freeBytes).toBe(floor + diskRoomBytes);
    expect(calls).toEqual([`free ${diskRoomBytes}`]);
    await guard.look();
    expect(calls).toHaveLength(1);
  });

  it('takes nothing when nothing can be freed, and takes work again when there is room', async () => {
    const disk = { free: floor - 1, cached: 0 };
    const { guard, calls } = guardOf(disk);
    await guard.look();
    expect(guard.isLow).toBe(true);
    expect(calls.at(-1)).toBe('low');
    disk.free = floor + 1;
    await guard.look();
    expect(guard.isLow).toBe(false);
    expect(calls.at(-1)).toBe('room');
  });

  it('does not call a disk full that does not tell', async () => {
    const { guard, calls } = guardOf({ free: null, cached: 0 });
    await guard.look();
    expect(guard.isLow).toBe(false);
    expect(calls).toEqual([]);
  });
});
