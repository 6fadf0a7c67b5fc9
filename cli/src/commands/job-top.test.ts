import type { JobResources } from '@node3/shared/routes/job-resources';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost, type TestHostOptions } from '../testing/test-host.ts';
import { endedJob, testExecution, testJob, testJobId } from '../testing/test-job.ts';

let market: FakeMarketplace;
beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
  market.job = testJob({ state: 'running' });
});
afterEach(() => market.stop());

function hostFor(argv: string[], options: Partial<TestHostOptions> = {}): TestHost {
  const env = { NODE3_URL: market.url, NODE3_API_KEY: testKey };
  return new TestHost({ argv, env, ...options });
}

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();
const pointAt = (second: number, cpuCores: number | null) => ({
  at: at(second),
  cpuCores,
  memoryBytes: 1_500_000_000,
  gpuUtilizationRatio: 0.5,
  gpuMemoryBytes: null,
});

function usage(points: JobResources['points'], live: boolean): JobResources {
  return {
    jobId: testJobId,
    attempt: 1,
    executionId: testExecution.executionId,
    live,
    cpus: 4,
    memoryBytes: 8_000_000_000,
    gpus: 1,
    startedAt: at(0),
    finishedAt: null,
    intervalMs: 2_000,
    points,
    summary: {
      readings: points.length,
      cpuCoresMean: 1.25,
      cpuCoresPeak: 2,
      memoryBytesPeak: 1_500_000_000,
      gpuUtilizationRatioMean: 0.5,
      gpuUtilizationRatioPeak: 0.5,
      gpuMemoryBytesPeak: null,
    },
  };
}

describe('node3 job top', () => {
  beforeEach(() => {
    const first = pointAt(0, 0.5);
    const half = pointAt(2, 1);
    const whole = pointAt(2, 2);
    market.usages = [usage([first, half], true), usage([first, whole], false)];
  });

  async function readToEnd(host: TestHost): Promise<void> {
    const ended = runCli(host);
    await vi.waitFor(() => expect(host.out).toContain(at(0)), { timeout: 15_000 });
    // An interval that still goes on is no line of its own.
    expect(host.out).not.toContain(at(2));
    market.become(endedJob('succeeded', 0));
    expect(await ended).toBe(0);
  }

  it('writes a line for each reading, once, until the job is over', async () => {
    const host = hostFor(['job', 'top', testJobId]);
    await readToEnd(host);
    expect(host.out).toBe(`${at(0)}\t0.50\t1.5 GB\t50%\t-\n${at(2)}\t2.00\t1.5 GB\t50%\t-\n`);
    expect(host.err).toContain('1.25 on average, 2.00 at most');
  });

  it('is a table on a terminal, with what it uses now below it', async () => {
    const host = hostFor(['job', 'top', testJobId], { isTty: true });
    await readToEnd(host);
    expect(host.out).toMatch(/AT +CORES +MEMORY +GPU +GPU MEMORY\n/);
    expect(host.out).toContain(`${at(2)}     2.00    1.5 GB   50%           -\n`);
    expect(host.err).toContain('1.00 of 4 cores, 1.5 GB of 8.0 GB, GPU 50%, GPU memory -');
  });

  it('is a JSON line for each reading, and the summary at last', async () => {
    const host = hostFor(['--json', 'job', 'top', testJobId]);
    await readToEnd(host);
    const lines = host.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { type: 'reading', attempt: 1, at: at(0), cpuCores: 0.5, gpuMemoryBytes: null },
      { type: 'reading', attempt: 1, at: at(2), cpuCores: 2 },
      { type: 'summary', summary: { readings: 2 } },
    ]);
  });

  it('says once what is known with --once, and stops looking on Ctrl-C', async () => {
    const once = hostFor(['job', 'top', testJobId, '--once']);
    expect(await runCli(once)).toBe(0);
    expect(once.out).toContain('memory      1.5 GB at most');
    market.usages = [{ ...usage([], true), summary: null, intervalMs: null }];
    const host = hostFor(['job', 'top', testJobId]);
    const ended = runCli(host);
    const asked = market.requests('GET', '/resources').length;
    await vi.waitFor(
      () => expect(market.requests('GET', '/resources').length).toBeGreaterThan(asked),
      {
        timeout: 15_000,
      },
    );
    host.interrupt();
    expect(await ended).toBe(130);
    expect(host.out).toBe('');
  });
});
