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
  book.note({ executionId, readings: [{ ...reading, ...gpu }] }, 'agent-1');
  book.hear({ name: 'execution.ended', executionId });
  expect(book.of(executionId)?.summary.readings).toBe(1);
  stored.resolve();
  await book.settled();
  expect(book.of(executionId)).toBeNull();
});

it('counts a reading once that comes again, and those of an agent that has started again', () => {
  const book = new UsageBook({
    store: { saveExecutionUsage: async () => undefined },
    clock: new ManualClock(),
    log: silentLogger,
  });
  const gpu = { gpuUtilizationRatio: null, gpuMemoryBytes: null };
  const note = (from: number, cores: number[], instanceId = 'agent-1') =>
    book.note(
      {
        executionId: 'exe_x',
        from,
        readings: cores.map((cpuCores) => ({ ageMs: 0, cpuCores, memoryBytes: 2, ...gpu })),
      },
      instanceId,
    );
  const summary = () => book.of('exe_x')?.summary;
  note(0, [1, 1]);
  note(0, [1, 1, 4]);
  expect(summary()).toMatchObject({ readings: 3, cpuCoresMean: 2 });
  note(1, [1, 4]);
  expect(summary()).toMatchObject({ readings: 3 });
  // Numbers 3 and 4 never came.
  note(5, [4]);
  note(0, [4], 'agent-2');
  expect(summary()).toMatchObject({ readings: 5 });
});

it('joins what it knows with what another replica has stored', async () => {
  let stored: string | null = null;
  const bookOf = () =>
    new UsageBook({
      store: {
        async saveExecutionUsage(_executionId, join) {
          stored = join(stored);
        },
      },
      clock: new ManualClock(),
      log: silentLogger,
    });
  const [before, after] = [bookOf(), bookOf()];
  const reading = { ageMs: 0, memoryBytes: 2, gpuUtilizationRatio: null, gpuMemoryBytes: null };
  const executionId = 'exe_x';
  before.note({ executionId, readings: [{ ...reading, cpuCores: 1 }] }, 'agent-1');
  after.note({ executionId, readings: [{ ...reading, cpuCores: 3 }] }, 'agent-1');
  for (const book of [before, after]) {
    book.hear({ name: 'execution.ended', executionId });
    await book.settled();
  }
  const summary = { readings: 2, cpuCoresMean: 2, cpuCoresPeak: 3 };
  expect(JSON.parse(stored ?? '{}')).toMatchObject({ summary });
});
