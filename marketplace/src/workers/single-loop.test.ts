import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { startSingleLoop } from './single-loop.ts';

let store: Store;
let loops: Loop[];
let ran: string[];

beforeEach(() => {
  store = openSqliteStore({
    path: ':memory:',
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
  });
  loops = [];
  ran = [];
});
afterEach(async () => {
  for (const loop of loops) await loop.stop();
  await store.close();
});

function start(replicaId: string | null, canRun: () => boolean): void {
  const options = {
    name: 'tested',
    intervalMs: 1,
    log: silentLogger,
    canRun,
    run: async () => void ran.push(replicaId ?? 'only'),
  };
  loops.push(startSingleLoop({ store, clock: systemClock, replicaId }, options));
}

describe('a loop of which one runs', () => {
  it('leaves the turn to another replica while it can not run, and takes none meanwhile', async () => {
    let isAble = true;
    start('a', () => isAble);
    await vi.waitFor(() => expect(ran).toContain('a'), 20_000);
    start('b', () => true);
    isAble = false;
    await vi.waitFor(() => expect(ran.at(-1)).toBe('b'), 20_000);
    isAble = true;
    await loops[1]?.stop();
    await vi.waitFor(() => expect(ran.at(-1)).toBe('a'), 20_000);
  });

  it('does not run alone either while it can not', async () => {
    let looks = 0;
    start(null, () => {
      looks += 1;
      return looks > 2;
    });
    await vi.waitFor(() => expect(ran).toContain('only'), 20_000);
    expect(looks - ran.length).toBe(2);
  });
});
