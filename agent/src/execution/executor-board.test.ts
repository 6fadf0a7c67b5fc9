import { silentLogger } from '@node3/shared/logger';
import { expect, it } from 'vitest';
import { FakeExecutor } from '../executors/fake/fake-executor.ts';
import { executorWorks } from '../testing/test-agent.ts';
import { ExecutorBoard } from './executor-board.ts';

const gone = {
  available: false,
  problems: [{ code: 'engine_missing', sentence: 'No engine runs.', fix: 'Start it.' }],
  isolationEffective: null,
};

it('[engine_down] an idle engine that goes is away since then, and back when it is', async () => {
  const executor = new FakeExecutor();
  const changes: number[] = [];
  let nowMs = 1_000;
  const board = new ExecutorBoard({
    executors: [executor],
    clock: { nowMs: () => nowMs },
    log: silentLogger,
    onChange: () => changes.push(board.available().length),
  });
  executor.programProbe(gone);
  await board.probe();
  // It never was there: somebody has to install it, and nothing is down.
  expect(board.downSinceMs).toBeNull();
  executor.programProbe(executorWorks);
  await board.probe();
  executor.programProbe(gone);
  nowMs = 2_000;
  await board.probe();
  nowMs = 3_000;
  await board.probe();
  expect(board.downSinceMs).toBe(2_000);
  expect(board.available()).toEqual([]);
  executor.programProbe(executorWorks);
  await board.probe();
  expect(board.downSinceMs).toBeNull();
  expect(changes).toEqual([0, 1, 0, 1]);
});
