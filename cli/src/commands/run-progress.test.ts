import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost } from '../testing/test-host.ts';
import { endedJob, testExecution, testJob, testJobId } from '../testing/test-job.ts';

let market: FakeMarketplace;

beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
});
afterEach(() => market.stop());

const envOf = () => ({ NODE3_API_KEY: testKey, NODE3_URL: market.url });
const within = { timeout: 15_000 };

describe('node3 run, until the program runs', () => {
  it('at a terminal says what it waits for and how far the image is, and asks before it cancels', async () => {
    const argv = ['run', '--', 'sleep', '60'];
    const host = new TestHost({ argv, env: envOf(), isTty: true, answers: ['y'] });
    market.explanation = { ...market.explanation, state: 'queued' };
    const ended = runCli(host);
    await vi.waitFor(() => expect(host.err).toContain('waiting   Every agent'), within);
    expect(host.err).toContain('2 ahead');
    const imagePull = { bytesDone: 50, bytesTotal: null, layersDone: 1, layersTotal: 2 };
    const preparing = { ...testExecution, state: 'preparing' as const, imagePull };
    market.become(testJob({ state: 'assigned', executions: [preparing] }));
    await vi.waitFor(
      () => expect(host.err).toMatch(/pulling {3}\S+ {2}50 bytes {2}1 of 2/),
      within,
    );
    market.explanation = { ...market.explanation, sentence: 'It waits once more.' };
    market.become(testJob({ state: 'queued' }));
    await vi.waitFor(() => expect(host.err).toContain('It waits once more.'), within);
    const cancelled = testJob({ state: 'cancelled', reason: 'cancelled_by_requester' });
    const gone = { ...testExecution, state: 'cancelled' as const };
    market.onCancel = () => market.become({ ...cancelled, executions: [gone] });
    host.interrupt();
    expect(host.err).toContain(`node3 job logs ${testJobId} -f`);
    expect(market.requests('POST', '/cancel')).toHaveLength(0);
    host.interrupt();
    expect(await ended).toBe(130);
    expect(market.requests('POST', '/cancel')).toHaveLength(1);
    expect(host.out).toBe('');
  });

  it('tells a program the same as JSON Lines', async () => {
    const host = new TestHost({ argv: ['--json', 'run', '--', 'x'], env: envOf() });
    market.explanation = { ...market.explanation, state: 'queued' };
    const ended = runCli(host);
    await vi.waitFor(() => expect(host.out).toContain('"type":"waiting"'), within);
    const imagePull = { bytesDone: 50, bytesTotal: 100, layersDone: 0, layersTotal: 1 };
    const preparing = { ...testExecution, state: 'preparing' as const, imagePull };
    market.become(testJob({ state: 'assigned', executions: [preparing] }));
    await vi.waitFor(() => expect(host.out).toContain('"type":"progress"'), within);
    market.become(endedJob('succeeded', 0));
    expect(await ended).toBe(0);
    const events = host.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'waiting', waitsFor: 'all_busy', queueAhead: 2 }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'progress', kind: 'pull', jobId: testJobId, ...imagePull }),
    );
    expect(host.err).toBe('');
  });
});
