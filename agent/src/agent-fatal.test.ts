import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Journal } from './journal/journal.ts';
import { JournalLockedError } from './journal/sqlite/open-database.ts';
import { outcome, TestMachine } from './testing/test-agent.ts';

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
});
afterEach(async () => machine.tearDown());

describe('an agent', () => {
  it('ends when its journal fails, since nothing it says would be true any more', async () => {
    const { executor, marketplace } = machine;
    const executionId = marketplace.post();
    let journal: Journal | null = null;
    const wrapJournal = (opened: Journal) => {
      journal = opened;
      return opened;
    };
    const agent = await machine.boot({}, { wrapJournal });
    const waiting = () => expect(machine.countCalls('wait', executionId)).toBe(1);
    await vi.waitFor(waiting, { timeout: 10_000 });
    vi.spyOn(journal as unknown as Journal, 'recordResult').mockImplementation(() => {
      throw new Error('disk I/O error');
    });
    executor.finish(executionId, outcome());
    await expect(agent.ended).rejects.toThrow('disk I/O error');
    await agent.stop();
    expect(marketplace.execution(executionId).result).toBeNull();
    expect(machine.countCalls('remove', executionId)).toBe(0);
    await machine.boot();
    const reported = () => expect(marketplace.execution(executionId).result).not.toBeNull();
    await vi.waitFor(reported, { timeout: 10_000 });
  });

  it('does not share its data directory', async () => {
    await machine.boot();
    await expect(machine.boot()).rejects.toThrow(JournalLockedError);
  });

  it('refuses to send its key over a network in the clear', async () => {
    const marketplaceUrl = 'http://market.example';
    await expect(machine.boot({ marketplaceUrl })).rejects.toThrow(/MARKETPLACE_URL/);
  });
});
