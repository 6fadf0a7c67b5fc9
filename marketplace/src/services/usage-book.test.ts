import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { expect, it } from 'vitest';
import { UsageBook } from './usage-book.ts';

it('keeps what an execution used at hand until it is stored', async () => {
  const stored = Promise.withResolvers<void>();
  const book = new UsageBook({
    store: { saveExecutionUsage: () => stored.promise },
    clock: new ManualClock(),
    log: silentLogger,
  });
  const executionId = 'exe_x';
  const reading = { ageMs: 0, cpuCores: 1, memoryBytes: 2 };
  const gpu = { gpuUtilizationRatio: null, gpuMemoryBytes: null };
  book.note({ executionId, readings: [{ ...reading, ...gpu }] });
  book.hear({ name: 'execution.ended', executionId });
  expect(book.of(executionId)?.summary.readings).toBe(1);
  stored.resolve();
  await book.settled();
  expect(book.of(executionId)).toBeNull();
});
