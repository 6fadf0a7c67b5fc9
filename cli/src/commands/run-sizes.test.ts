import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost } from '../testing/test-host.ts';
import { endedJob } from '../testing/test-job.ts';

let market: FakeMarketplace;

beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
});
afterEach(() => market.stop());

describe('node3 run with automatic sizes', () => {
  it('[4.21] takes them from earlier jobs, says which, and posts nothing without such', async () => {
    market.become(endedJob('succeeded', 0));
    const env = { NODE3_API_KEY: testKey, NODE3_URL: market.url };
    const run = async (...argv: string[]) => {
      const host = new TestHost({ argv: [...argv, '--', 'x'], env });
      return { code: await runCli(host), host };
    };
    const none = await run('run', '-d', '--memory', 'auto', '--timeout', 'auto');
    expect(none.code).toBe(2);
    expect(none.host.err).toContain("--memory auto can't be answered");
    expect((await run('quote')).host.out).toContain('no earlier job of this program tells');
    const basis = {
      jobs: 3,
      peakMemoryBytesMax: 600e6,
      runMsMax: null,
      oomJobs: 1,
      oomMemoryBytesMax: 5e8,
    };
    const sizing = { memoryBytes: 768e6, runSec: null, basis };
    market.explanation = { ...market.explanation, sizing };
    const untimed = await run('run', '-d', '--timeout', 'auto');
    expect(untimed.code).toBe(2);
    expect(untimed.host.err).toContain('no job of this program has measured it yet');
    expect(market.requests('POST', '/jobs')).toEqual([]);
    const taken = await run('run', '-d', '--memory', 'auto', '--timeout', '5m');
    expect(taken.code).toBe(0);
    expect(taken.host.err).toContain(
      'sizes     memory 768.0 MB; from 3 that succeeded, peak 600.0 MB; 1 ran out of memory',
    );
    expect(market.requests('POST', '/jobs')[0]?.body).toMatchObject({
      resources: { memoryBytes: 768e6 },
      limits: { runSec: 300 },
    });
    expect((await run('quote')).host.out).toContain('memory 768.0 MB, timeout unknown; from 3');
  });
});
