import { Readable } from 'node:stream';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ManualHostClock } from '../../../testing/manual-host-clock.ts';
import { ExecutionError } from '../../execution-error.ts';
import { type WarmPolicy, WarmPool, WarmRefusedError } from './warm-pool.ts';
import type { WarmShape } from './warm-shape.ts';

const gibibyte = 1024 ** 3;
let made: string[];
let noted: string[];
let closed: string[];
let removed: string[];
let isWaiting: (key: string) => boolean;
let makeFails: string[];
let removeFails: number;
let policy: WarmPolicy;
let availableBytes: number | null;
let pool: WarmPool;

beforeEach(() => {
  [made, noted, closed, removed, makeFails, removeFails] = [[], [], [], [], [], 0];
  isWaiting = () => true;
  policy = { containersMax: 2, version: 1, memoryBytes: 8 * gibibyte };
  availableBytes = 8 * gibibyte;
  pool = new WarmPool({
    clock: new ManualHostClock(),
    log: silentLogger,
    policy: () => policy,
    availableMemory: async () => availableBytes,
    async make({ key }, boxId) {
      if (key === 'refused') throw new WarmRefusedError('update is not supported');
      if (key === 'unfit') throw new ExecutionError('command_not_found', 'no shell');
      made.push(key);
      if (makeFails.shift() === key) throw new Error('socket hang up');
      const waits = async () => isWaiting(key);
      return {
        boxId,
        output: Readable.from([]),
        isWaiting: waits,
        claim: waits,
        start: async () => {},
        close: () => void closed.push(boxId),
      };
    },
    async remove(boxId) {
      if (removeFails-- > 0) throw new Error('socket hang up');
      removed.push(boxId);
    },
  });
});
afterEach(() => pool.close());

const shape = (key: string): WarmShape => ({
  key,
  memoryBytes: gibibyte,
  build: () => {
    throw new Error('not built here');
  },
});

const take = (wanted: WarmShape) => pool.take(wanted, (boxId) => void noted.push(boxId));

async function waitFor(...keys: string[]) {
  await vi.waitFor(() => expect(made).toEqual(keys), 5_000);
}

it('gives each container to one job and makes the next', async () => {
  expect(await take(shape('a'))).toBeNull();
  pool.want(shape('a'));
  await waitFor('a');
  const box = await take(shape('a'));
  expect(noted).toEqual([box?.boxId]);
  expect(await take(shape('a'))).toBeNull();
  pool.want(shape('a'));
  await waitFor('a', 'a');
  expect(removed).toEqual([]);
  await pool.close();
  expect(closed).toEqual(removed);
  expect(closed).not.toContain(box?.boxId);
});

it('keeps as many as the provider allows, of what was asked for last', async () => {
  for (const key of ['a', 'b']) pool.want(shape(key));
  await waitFor('b', 'a');
  pool.want(shape('c'));
  await waitFor('b', 'a', 'c');
  expect(removed).toHaveLength(1);
  expect(await take(shape('a'))).toBeNull();
  expect(await take(shape('b'))).not.toBeNull();
});

it.each([
  ['the policy changes', () => (policy = { ...policy, version: 2 })],
  ['the policy ends it', () => (policy = { ...policy, containersMax: 0 })],
])('gives none from before when %s', async (_what, change) => {
  pool.want(shape('a'));
  await waitFor('a');
  change();
  expect(await take(shape('a'))).toBeNull();
  await vi.waitFor(() => expect(removed).toHaveLength(1), 20_000);
});

it.each([
  ['is short of memory', gibibyte],
  ['does not tell how much memory is left', null],
])('lets go of all while the machine %s', async (_case, bytes) => {
  pool.want(shape('a'));
  await waitFor('a');
  availableBytes = bytes;
  pool.want(shape('a'));
  await vi.waitFor(() => expect(removed).toHaveLength(1), 5_000);
  expect(await take(shape('a'))).toBeNull();
});

it('gives no container that has ended meanwhile', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  isWaiting = () => false;
  expect(await take(shape('a'))).toBeNull();
  await vi.waitFor(() => expect(removed).toHaveLength(1), 20_000);
});

it('gives none where it can not be noted whose it is', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  const fail = () => {
    throw new Error('ENOSPC');
  };
  expect(await pool.take(shape('a'), fail)).toBeNull();
  await vi.waitFor(() => expect(removed).toHaveLength(1), 20_000);
});

it('tries once where no container can wait, and leaves nothing of it', async () => {
  pool.want(shape('unfit'));
  await vi.waitFor(() => expect(removed).toHaveLength(1), 20_000);
  pool.want(shape('unfit'));
  pool.want(shape('a'));
  await waitFor('a');
  expect(removed).toHaveLength(1);
});

it('ends all that waits within a turn when no job is taken any more', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  policy.memoryBytes = 0;
  await vi.waitFor(() => expect(removed).toHaveLength(1), 5_000);
  expect(made).toEqual(['a']);
});

it('keeps no more than fits into memory that no job has', async () => {
  for (const key of ['a', 'b']) pool.want(shape(key));
  await waitFor('b', 'a');
  policy.memoryBytes = 1.5 * gibibyte;
  await pool.makeRoom();
  expect(removed).toHaveLength(1);
  expect(await take(shape('a'))).toBeNull();
  policy.memoryBytes = 0.5 * gibibyte;
  await pool.makeRoom();
  expect(removed).toHaveLength(2);
});

it('goes on with the others when one can not be looked at, and makes it again when asked', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  isWaiting = (key) => {
    if (key === 'a') throw new Error('socket hang up');
    return true;
  };
  pool.want(shape('b'));
  await waitFor('a', 'b');
  expect(removed).toHaveLength(1);
  isWaiting = () => true;
  pool.want(shape('a'));
  await waitFor('a', 'b', 'a');
});

it('tries again with the next job where the engine failed', async () => {
  makeFails = ['a'];
  pool.want(shape('a'));
  await waitFor('a');
  await vi.waitFor(() => expect(removed).toHaveLength(1), 20_000);
  pool.want(shape('a'));
  await waitFor('a', 'a');
});

it('removes later what an engine that was away left', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  removeFails = 1;
  policy.memoryBytes = 0;
  await pool.makeRoom();
  expect(removed).toEqual([]);
  await vi.waitFor(() => expect(removed).toHaveLength(1), 5_000);
});

it('leaves nothing that waits when it is closed', async () => {
  pool.want(shape('a'));
  await waitFor('a');
  await pool.close();
  expect(removed).toHaveLength(1);
});

it('makes none after the runtime has refused one, and says why', async () => {
  expect(pool.refusal).toBeNull();
  pool.want(shape('refused'));
  await vi.waitFor(() => expect(pool.refusal).toBe('update is not supported'), 5_000);
  expect(pool.isOn).toBe(false);
  await vi.waitFor(() => expect(removed).toHaveLength(1), 5_000);
  pool.want(shape('a'));
  expect(made).toEqual([]);
});
