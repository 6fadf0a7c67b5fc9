import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost, type TestHostOptions } from '../testing/test-host.ts';
import { endedJob, testJob, testJobId, testLine } from '../testing/test-job.ts';

/** A loaded machine takes its time for the first of these commands. */
const within = { timeout: 15_000 };

let market: FakeMarketplace;
beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
});
afterEach(() => market.stop());

function hostFor(argv: string[], options: Partial<TestHostOptions> = {}): TestHost {
  const env = { NODE3_URL: market.url, NODE3_API_KEY: testKey };
  return new TestHost({ argv, env, ...options });
}

describe('node3 job wait', () => {
  it('returns once the job has succeeded, and tells how it is', async () => {
    const host = hostFor(['job', 'wait', testJobId]);
    const ended = runCli(host);
    await vi.waitFor(() => expect(market.requests('GET', testJobId)).not.toHaveLength(0), within);
    market.become(endedJob('succeeded', 0));
    expect(await ended).toBe(0);
    expect(host.out).toContain(`${testJobId}\tsucceeded`);
  });

  it.each([
    ['succeeded', 5],
    ['ended', 0],
  ])('of a failed job for %s ends with %i', async (goal, code) => {
    market.job = endedJob('failed', 1);
    expect(await runCli(hostFor(['job', 'wait', testJobId, '--for', goal]))).toBe(code);
  });

  it('ends with 3 where it takes too long, and with 130 on Ctrl-C', async () => {
    const late = hostFor(['job', 'wait', testJobId, '--timeout', '1s']);
    expect(await runCli(late)).toBe(3);
    const patient = runCli(hostFor(['job', 'wait', testJobId, '--timeout', '30d']));
    const seen = market.requests('GET', testJobId).length;
    await vi.waitFor(
      () => expect(market.requests('GET', testJobId).length).toBeGreaterThan(seen),
      within,
    );
    market.become(endedJob('succeeded', 0));
    expect(await patient).toBe(0);
    market.become(testJob());
    const host = hostFor(['job', 'wait', testJobId]);
    const ended = runCli(host);
    const before = market.requests('GET', testJobId).length;
    await vi.waitFor(
      () => expect(market.requests('GET', testJobId).length).toBeGreaterThan(before),
      within,
    );
    host.interrupt();
    expect(await ended).toBe(130);
  });
});

describe('node3 ps and logs', () => {
  it('are short for job list and job logs', async () => {
    market.job = testJob({ state: 'running' });
    const ps = hostFor(['ps', '-o', 'id']);
    expect(await runCli(ps)).toBe(0);
    expect(ps.out).toBe(`${testJobId}\n`);
    expect(market.seen.at(-1)?.url).toContain('state=awaiting_funds%2Cqueued%2Cassigned%2Crunning');
    market.say(testLine(1, 'hello'));
    const logs = hostFor(['logs', testJobId]);
    expect(await runCli(logs)).toBe(0);
    expect(logs.out).toBe('hello\n');
  });
});

describe('node3 event list', () => {
  it('shows the last events, of a job alone where wanted', async () => {
    for (const type of ['job.created', 'job.started', 'job.ended']) market.happen(type);
    const host = hostFor(['event', 'list', '--limit', '2', '--within', `job:${testJobId}`]);
    expect(await runCli(host)).toBe(0);
    expect(host.out.split('\n')[0]).toBe(
      `2\t2026-11-21T12:00:00.000Z\tjob.started\t${testJobId}\t-\tattempt=1`,
    );
    expect(market.seen.at(-1)?.url).toContain(`jobId=${testJobId}`);
  });

  it('follows over streams that end, with every event once', async () => {
    market.happen('job.created');
    const host = hostFor(['job', 'events', testJobId, '--follow', '--format', 'jsonl']);
    const ended = runCli(host);
    const seen = () => host.out.trimEnd().split('\n');
    await vi.waitFor(() => expect(seen()).toHaveLength(1), within);
    market.happen('job.started');
    await vi.waitFor(() => expect(seen()).toHaveLength(2), within);
    market.happen('job.ended');
    await vi.waitFor(() => expect(seen()).toHaveLength(3), within);
    host.interrupt();
    expect(await ended).toBe(130);
    expect(seen().map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([1, 2, 3]);
  });
});

describe('global options', () => {
  it('stand before the command or after it; the later one wins', async () => {
    const before = hostFor(['--format', 'id', 'job', 'list']);
    expect(await runCli(before)).toBe(0);
    expect(before.out).toBe(`${testJobId}\n`);
    const after = hostFor([
      '--format',
      'id',
      'job',
      'list',
      '--format',
      'tsv',
      '--columns',
      'state',
    ]);
    expect(await runCli(after)).toBe(0);
    expect(after.out).toBe('queued\n');
    const filtered = hostFor(['job', 'ls', '--label', 'a=b', '--label', 'c=d', '--name', 'sweep']);
    expect(await runCli(filtered)).toBe(0);
    const asked = new URL(market.seen.at(-1)?.url ?? '', market.url).searchParams;
    expect([asked.get('label'), asked.get('q')]).toEqual(['a=b,c=d', 'sweep']);
    const short = hostFor(['-qo', 'id', 'job', 'list']);
    expect(await runCli(short)).toBe(0);
    expect(short.out).toBe(`${testJobId}\n`);
    const wrong = hostFor(['-qo', 'json', 'job', 'list', '--nothing']);
    expect(await runCli(wrong)).toBe(2);
    expect(JSON.parse(wrong.err)).toMatchObject({ code: 'CLI_USAGE' });
    const env = { NODE3_URL: market.url, NODE3_API_KEY: testKey, NODE3_OUTPUT: 'id' };
    const byVariable = hostFor(['job', 'list'], { env });
    expect(await runCli(byVariable)).toBe(0);
    expect(byVariable.out).toBe(`${testJobId}\n`);
  });

  it('leave a command its own option of the same name', async () => {
    market.job = endedJob('succeeded', 0);
    const host = hostFor(['--timeout', '9s', 'run', '--timeout', '5m', '-d', '--', 'true']);
    expect(await runCli(host)).toBe(0);
    const body = market.seen.find(({ url }) => url.endsWith('/jobs'))?.body;
    expect(JSON.stringify(body)).toContain('300');
  });

  it('refuse a format that there is not, in words', async () => {
    const host = hostFor(['job', 'list', '-o', 'xml']);
    expect(await runCli(host)).toBe(2);
    expect(host.err).toContain('--format is "xml"');
  });

  it('show a request as curl without its key, and send nothing', async () => {
    const host = hostFor(['job', 'list', '--curl']);
    expect(await runCli(host)).toBe(0);
    expect(host.out).toMatch(/^curl 'http:.*\/api\/v1\/jobs\?limit=20' .*\n$/);
    expect(host.out).toContain('-H "authorization: Bearer $NODE3_API_KEY"');
    expect(host.out).not.toContain(testKey);
    expect(market.seen).toHaveLength(0);
  });

  it.each([
    ['job', 'wait', testJobId],
    ['logs', '-f', testJobId],
    ['event', 'list', '--follow'],
  ])('show the first request of %s %s and end', async (...argv) => {
    const host = hostFor([...argv, '--curl']);
    expect(await runCli(host)).toBe(0);
    expect(host.out.match(/^curl /gm)).toHaveLength(1);
    expect(market.seen).toHaveLength(0);
  });

  it('refuse to show requests that nothing can show', async () => {
    const host = hostFor(['agent', 'status', '--curl']);
    expect(await runCli(host)).toBe(2);
    expect(host.err).toContain('node3 agent status can not show its requests.');
  });

  it('refuse a time limit that no timer keeps', async () => {
    for (const argv of [
      ['job', 'list'],
      ['api', 'GET', '/api/v1/jobs'],
    ]) {
      const host = hostFor(['--timeout', '30d', ...argv]);
      expect(await runCli(host)).toBe(2);
      expect(host.err).toContain('Write at most 24d.');
    }
  });

  it('post the job that curl would post, without asking for a quote first', async () => {
    const host = hostFor(['run', '--curl', '--', 'echo', "it's"]);
    expect(await runCli(host)).toBe(0);
    expect(host.out).toContain('curl -X POST');
    expect(host.out).toContain(String.raw`it'\''s`);
    expect(market.seen).toHaveLength(0);
  });

  it('tell what was sent, and give the first change its idempotency key', async () => {
    const host = hostFor(['job', 'rerun', testJobId, '--explain', '--idempotency-key', 'k1']);
    expect(await runCli(host)).toBe(0);
    expect(host.err).toMatch(/POST http:\S+\/rerun {2}201 {2}\d+ ms/);
    expect(market.requests('POST', '/rerun')[0]?.idempotencyKey).toBe('k1');
    const run = hostFor(['--idempotency-key', 'k2', 'run', '-d', '--', 'true']);
    expect(await runCli(run)).toBe(0);
    expect(market.requests('POST', '/quotes')[0]?.idempotencyKey).toBeNull();
    expect(market.requests('POST', '/jobs')[0]?.idempotencyKey).toBe('k2');
  });
});
