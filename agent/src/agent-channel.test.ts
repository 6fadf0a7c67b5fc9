import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentLimits } from './agent-limits.ts';
import { outcome, readStatus, TestMachine } from './testing/test-agent.ts';

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  machine.transport = 'auto';
  await machine.setUp();
});
afterEach(async () => machine.tearDown());

const within = { timeout: 15_000, interval: 5 };
const market = () => machine.marketplace;

async function connected(opened = 1): Promise<void> {
  await vi.waitFor(() => {
    expect(market().sockets.opened).toBe(opened);
    expect(market().sockets.size).toBe(1);
  }, within);
}

/** Routes that were called over HTTP, without signing in and what only HTTP has. */
const overHttp = () => market().requests.filter((line) => /executions|heartbeat|poll/.test(line));

describe('an agent with a socket', () => {
  it('gets an offer, runs it and reports it without one HTTP call', async () => {
    const agent = await machine.boot();
    await connected();
    await vi.waitFor(() => expect(market().sockets.received).toContain('ready'), within);
    const before = overHttp().length;
    const executionId = market().post();
    machine.programEnd(executionId, outcome());
    await vi.waitFor(() => expect(market().execution(executionId).result).not.toBeNull(), within);
    expect(market().sockets.received).toEqual(
      expect.arrayContaining(['hello', 'ready', 'accept', 'progress', 'result']),
    );
    expect(overHttp().slice(before)).toEqual([]);
    expect(await readStatus(agent)).toMatchObject({ state: 'idle' });
  });

  it('takes as many jobs as it has slots, and another one when one has ended', async () => {
    await machine.boot({ slots: 2 });
    await connected();
    const ids = Array.from({ length: 3 }, () => market().post());
    const accepted = () =>
      ids.filter((id) => market().executions.get(id)?.accepted === true).length;
    await vi.waitFor(() => expect(accepted()).toBe(2), within);
    const [first = ''] = ids;
    await vi.waitFor(() => expect(machine.countCalls('start', first)).toBe(1), within);
    machine.executor.finish(first, outcome());
    await vi.waitFor(() => expect(accepted()).toBe(3), within);
  });

  it('says that it has seen an offer even if it hands it back', async () => {
    await machine.boot();
    await connected();
    const readies = () => market().sockets.received.filter((type) => type === 'ready').length;
    await vi.waitFor(() => expect(readies()).toBe(1), within);
    const refused = market().post({}, { deviceIds: ['nobody-has-this'] });
    await vi.waitFor(() => expect(market().execution(refused).released).toBe(true), within);
    await vi.waitFor(() => expect(readies()).toBe(2), within);
  });

  it('[6.21] stops a job at once when its cancellation is pushed', async () => {
    await machine.boot();
    await connected();
    const executionId = market().post();
    await vi.waitFor(() => expect(machine.countCalls('start', executionId)).toBe(1), within);
    market().say({ type: 'cancel', executionId, attempt: 1 });
    await vi.waitFor(
      () => expect(market().execution(executionId).result).toMatchObject({ outcome: 'cancelled' }),
      within,
    );
  });

  it('polls while sockets are held back, and takes one when they are let through', async () => {
    market().sockets.refused = true;
    await machine.boot();
    await vi.waitFor(() => expect(market().pollsWaiting()).toBe(1), within);
    const first = market().post();
    machine.programEnd(first, outcome());
    await vi.waitFor(() => expect(market().execution(first).result).not.toBeNull(), within);
    expect(market().sockets.opened).toBe(0);
    market().sockets.refused = false;
    await connected();
    const second = market().post();
    machine.programEnd(second, outcome());
    await vi.waitFor(() => expect(market().execution(second).result).not.toBeNull(), within);
    expect(market().sockets.received).toContain('accept');
  });

  it('never asks for a socket where HTTP alone is wanted', async () => {
    machine.transport = 'http';
    await machine.boot();
    await vi.waitFor(() => expect(market().pollsWaiting()).toBe(1), within);
    expect(market().sockets.opened).toBe(0);
  });

  it('says again what was not answered when its socket broke', async () => {
    await machine.boot();
    await connected();
    for (const part of ['/accept', '/progress', '/result']) {
      // A socket that lived for a while is opened again without a back-off.
      machine.clock.advance(agentLimits.channelStableMs);
      market().dropReplies(part);
      const executionId = market().post();
      machine.programEnd(executionId, outcome());
      await vi.waitFor(() => expect(market().execution(executionId).result).not.toBeNull(), within);
      expect(machine.countCalls('start', executionId)).toBe(1);
      await vi.waitFor(() => expect(market().sockets.size).toBe(1), within);
    }
    expect(market().sockets.opened).toBeGreaterThan(3);
  });

  it.each([
    ['together as bytes to a marketplace that takes them so', ['bytes', 'blocks']],
    ['together to an older one', ['blocks']],
    ['one by one to one that is older still', ['lines']],
    ['one by one where an older one has taken its place', ['blocks', 'lines']],
  ])('sends lines %s', async (_name, forms) => {
    const { sockets } = market();
    sockets.takesLogBlocks = forms.includes('blocks');
    sockets.takesLogBytes = forms.includes('bytes');
    await machine.boot();
    await connected();
    if (forms.includes('lines')) sockets.takesLogBlocks = false;
    const texts = ['one', '', 'thr', 'ee', 'vier', 'fünf €'];
    const executionId = market().post();
    machine.programEnd(executionId, outcome(), texts);
    await vi.waitFor(() => expect(market().execution(executionId).result).not.toBeNull(), within);
    const { lines, result } = market().execution(executionId);
    expect([...lines]).toEqual(texts.map((text, index) => [index + 1, text]));
    expect(result?.logLines).toBe(texts.length);
    expect([...sockets.logForms]).toEqual(forms);
  });

  it('[5.19] comes back after a restart of the marketplace and is offered again what it never saw', async () => {
    await machine.boot();
    await connected();
    machine.clock.advance(agentLimits.channelStableMs);
    market().dropReplies('/poll');
    const executionId = market().post();
    machine.programEnd(executionId, outcome());
    await connected(2);
    await vi.waitFor(() => expect(market().execution(executionId).result).not.toBeNull(), within);
    market().sockets.restart();
    await connected(3);
  });
});
