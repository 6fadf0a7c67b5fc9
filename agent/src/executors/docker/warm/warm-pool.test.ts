import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ManualHostClock } from '../../../testing/manual-host-clock.ts';
import { WarmPool } from './warm-pool.ts';
import type { WarmShape } from './warm-shape.ts';

const gibibyte = 1024 ** 3;
let made: string[];
let removed: string[];
let dead: Set<string>;
let policy: { containersMax: number; version: unknown };
let freeMemoryBytes: number;
let pool: WarmPool;

beforeEach(() => {
  [made, removed, dead] = [[], [], new Set()];
  policy = { containersMax: 2, version: 1 };
  freeMemoryBytes = 8 * gibibyte;
  pool = new WarmPool({
    clock: new ManualHostClock(),
    log: silentLogger,
    policy: () => policy,
    freeMemoryBytes: () => freeMemoryBytes,
    async make({ key }, boxId) {
      if (key === 'unfit') throw new Error('no shell');
      made.push(key);
      return { boxId, isWaiting: async () => !dead.has(boxId), start: async () => {} };
    },
    async remove(boxId) {
      removed.push(boxId);
    },
  });
});
afterEach(() => pool.close());

const shape = (key: string): WarmShape => ({
  key,
  startLine: '',
  build: () => {
    throw new Error('not built here');
  },
});

async function waitFor(...keys: string[]) {
  await vi.waitFor(() => expect(made).toEqual(keys), 5_000);
}

it('gives each container to one job and makes the next', async () => {
  expect(await pool.take(shape('a'))).toBeNull();
  pool.want(shape('a'));
  await waitFor('a');
  const box = await pool.take(shape('a'));
  expect(box).not.toBeNull();
  expect(await pool.take(shape('a'))).toBeNull();
  pool.want(shape('a'));
  await waitFor('a', 'a');
  expect(removed).toEqual([]);
});

it('keeps as many as the provider allows, of what was asked for last', async () => {
  for (const key of ['a', 'b']) pool.want(shape(key));
  await waitFor('a', 'b');
  pool.want(shape('c'));
  await waitFor('a', 'b', 'c');
  expect(removed).toHaveLength(1);
  expect(await pool.take(shape('a'))).toBeNull();
  expect(await pool.take(shape('b'))).not.toBeNull();
});

it.each([
  ['the policy changes', () => (policy = { containersMax: 2, version: 2 })],
  ['the policy ends it', () => (policy = { containersMax: 0, version: 1 })],
])('gives none from before when %s', async (_what, change) => {
  pool.want(shape('a'));
  await waitFor('a');
  change();
  expect(await pool.take(shape('a'))).toBeNull();
  await vi.waitFor(() => expect(removed).toHaveLength(1));
});

it('lets go of all while the machine is short of memory', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  freeMemoryBytes = gibibyte;
  pool.want(shape('a'));
  await vi.waitFor(() => expect(removed).toHaveLength(1), 5_000);
  expect(await pool.take(shape('a'))).toBeNull();
});

it('gives no container that has ended meanwhile', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  dead = { has: () => true } as unknown as Set<string>;
  expect(await pool.take(shape('a'))).toBeNull();
  await vi.waitFor(() => expect(removed).toHaveLength(1));
});

it('tries once where no container can wait, and leaves nothing of it', async () => {
  pool.want(shape('unfit'));
  await vi.waitFor(() => expect(removed).toHaveLength(1));
  pool.want(shape('unfit'));
  pool.want(shape('a'));
  await waitFor('a');
  expect(removed).toHaveLength(1);
});

it('leaves nothing that waits when it is closed', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  await pool.close();
  expect(removed).toHaveLength(1);
});
