import type { Said } from '@node3/shared/agent-sentences';
import { setAgentMode } from '@node3/shared/routes/agent-local';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findIdleMemory } from './idle-memory.ts';
import { clientOf, outcome, TestMachine } from './testing/test-agent.ts';

const memoryBytes = 1024 ** 3;

it.each([
  ['the agent works', {}, memoryBytes],
  ['it is paused', { mode: 'pause' as const }, 0],
  ['it drains', { mode: 'drain' as const }, 0],
  ['the marketplace told it to drain', { orderedToDrain: true }, 0],
  ['its disk is low', { isLow: true }, 0],
  ['its hours are over', { closed: { text: 'It is day.' } }, 0],
])('leaves memory to what waits for jobs as long as one may come: %s', (_what, facts, bytes) => {
  const { closed, isLow, ...life } = {
    closed: null,
    isLow: false,
    mode: 'run' as const,
    orderedToDrain: false,
    ...facts,
  };
  const free = () => ({ deviceIds: [], cpus: 1, memoryBytes, diskBytes: 1, slots: 1 });
  const verdict = () => ({ closed, withheld: new Map<string, Said>() });
  expect(findIdleMemory({ disk: { isLow }, policy: { verdict } }, { ...life, free })).toBe(bytes);
});

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
});
afterEach(() => machine.tearDown());

it('is told to executors as it is: less for each job, none in a pause', async () => {
  let idle = () => -1;
  const agent = await machine.boot(
    { memoryBytes: memoryBytes },
    {
      createExecutors(context) {
        idle = context.idleMemoryBytes;
        return [machine.executor];
      },
    },
  );
  await agent.ready();
  expect(idle()).toBe(memoryBytes);
  for (const mode of ['pause', 'run'] as const) {
    await clientOf(agent).call(setAgentMode, { body: { mode } });
    expect(idle()).toBe(mode === 'run' ? memoryBytes : 0);
  }
  const running = machine.marketplace.post();
  await vi.waitFor(() => expect(machine.countCalls('wait', running)).toBe(1), 10_000);
  expect(idle()).toBeLessThan(memoryBytes);
  machine.executor.finish(running, outcome());
});
