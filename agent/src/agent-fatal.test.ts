import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { explainFolder } from './explain-folder.ts';
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

  it('ends while it has only begun, with a marketplace that is away, and begins nothing more', async () => {
    const { marketplace } = machine;
    marketplace.setDown('down');
    const disk = Promise.withResolvers<null>();
    const readDiskFreeBytes = vi.fn(() => disk.promise);
    const agent = await machine.boot({}, { readDiskFreeBytes });
    await vi.waitFor(() => expect(readDiskFreeBytes).toHaveBeenCalled(), 20_000);
    const stopped = agent.stop();
    disk.resolve(null);
    await expect(agent.ready()).rejects.toThrow();
    await stopped;
    await agent.ended;
    expect(marketplace.requests).toEqual([]);
  });

  it('ends while it tries to sign in at a marketplace that is away', async () => {
    machine.marketplace.setDown('down');
    const agent = await machine.boot();
    await vi.waitFor(() => expect(agent.problem).not.toBeNull(), { timeout: 10_000 });
    await agent.drain();
    await expect(agent.ready()).rejects.toThrow();
  });

  it('does not share its data directory', async () => {
    await machine.boot();
    await expect(machine.boot()).rejects.toThrow(JournalLockedError);
  });

  it('names its data folder when that can not be used, and nothing else', async () => {
    const file = join(machine.dataDir, 'file');
    await writeFile(file, '');
    const dataDir = join(file, 'agent');
    const walletPath = join(dataDir, 'wallet.json');
    await expect(machine.boot({ dataDir, walletPath })).rejects.toThrow(
      /^AGENT_DATA_DIR is .*\/file\/agent, which can not be used: it is within a file: ENOTDIR/,
    );
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' });
    expect(explainFolder(full, '/data')).toMatchObject({
      message: expect.stringMatching(
        /^AGENT_DATA_DIR is \/data, which can not be used: the disk is full/,
      ),
    });
    const port = Object.assign(new Error('not allowed'), { code: 'EACCES', syscall: 'listen' });
    expect(explainFolder(port, '/data')).toBe(port);
  });

  it('refuses to send its key over a network in the clear', async () => {
    const marketplaceUrl = 'http://market.example';
    await expect(machine.boot({ marketplaceUrl })).rejects.toThrow(/MARKETPLACE_URL/);
  });
});
