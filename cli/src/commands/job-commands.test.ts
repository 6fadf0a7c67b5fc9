import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost, type TestHostOptions } from '../testing/test-host.ts';
import { endedJob, testJobId, testLine } from '../testing/test-job.ts';

/** A loaded machine takes its time for the first of these commands. */
const within = { timeout: 15_000 };

let market: FakeMarketplace;
let folder: string;

beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
  folder = await mkdtemp(join(tmpdir(), 'node3-job-'));
});

afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

function hostFor(argv: string[], options: Partial<TestHostOptions> = {}): TestHost {
  return new TestHost({
    argv: ['--config', join(folder, 'config.json'), '--url', market.url, ...argv],
    env: { API_KEY: testKey },
    ...options,
  });
}

describe('node3 job', () => {
  it('shows one job as aligned facts', async () => {
    market.job = endedJob('succeeded', 0);
    const host = hostFor(['job', 'get', testJobId]);
    expect(await runCli(host)).toBe(0);
    expect(host.out).toBe(
      [
        `job        ${testJobId}`,
        'state      succeeded (exited)',
        'exit code  0',
        'attempt    1 of 3',
        'workload   container in debian',
        'gpus       0',
        'agent      garage (agt_06BR2J0S7XW8Z3Q1T5M4N6P9KD)',
        'created    2026-11-21T12:00:00.000Z',
        'ran        3.2 s',
        'isolation  container',
        'price      0.001 SOL',
        'escrow     held, 0.00105 SOL',
        'charged    0.00105 SOL',
        '',
      ].join('\n'),
    );
  });

  it('[10.05] lists for people on a terminal and for programs in a pipe', async () => {
    market.job = endedJob('failed', 3);
    const tty = hostFor(['job', 'list'], { isTty: true });
    expect(await runCli(tty)).toBe(0);
    expect(tty.out).toMatch(/^JOB +STATE +EXIT +PRICE +RAN +AGE +NAME\njob_\S+ +failed +3 /);
    const pipe = hostFor(['job', 'ls', '--state', 'active']);
    expect(await runCli(pipe)).toBe(0);
    expect(pipe.out.split('\t').slice(0, 4)).toEqual([testJobId, 'failed', '3', '0.001 SOL']);
    expect(market.seen.at(-1)?.url).toContain('awaiting_funds%2Cqueued%2Cassigned%2Crunning');
  });

  it('[10.05] shows the stored log, and follows one to its end', async () => {
    market.say(testLine(1, 'one'), testLine(2, 'pull 30%', { stream: 'system' }));
    const stored = hostFor(['job', 'logs', testJobId, '--timestamps']);
    expect(await runCli(stored)).toBe(0);
    expect(stored.out).toBe('2026-11-21T12:00:00.000Z one\n');
    expect(stored.err).toBe('2026-11-21T12:00:00.000Z pull 30%\n');
    const live = hostFor(['job', 'logs', testJobId, '-f', '--after', '1', '--json']);
    const ended = runCli(live);
    market.say(testLine(3, 'three'));
    await vi.waitFor(() => expect(live.out).toContain('three'), within);
    market.become(endedJob('succeeded', 0));
    expect(await ended).toBe(0);
    expect(live.out.trim().split('\n')).toHaveLength(2);
  });

  it('asks for a part of the log once, and writes it into a file that is not there yet', async () => {
    market.say(testLine(1, 'one'), testLine(2, 'pro', { partial: true }), testLine(3, 'mpt'));
    market.become(endedJob('succeeded', 0));
    const path = join(folder, 'job.log');
    const part = ['--last', '5', '--since', '2026-11-21T12:00:00Z', '--stream', 'stdout,stderr'];
    const env = { API_KEY: 'wrong' };
    const refused = hostFor(['job', 'logs', testJobId, '--output', path], { env });
    expect(await runCli(refused)).toBe(4);
    const host = hostFor(['job', 'logs', testJobId, '--output', path, ...part]);
    expect(await runCli(host)).toBe(0);
    expect(await readFile(path, 'utf8')).toBe('one\nprompt\n');
    const query = 'after=0&last=5&since=2026-11-21T12%3A00%3A00.000Z&stream=stdout%2Cstderr';
    expect(market.seen.at(-1)?.url).toContain(`/logs?${query}&`);
    const again = hostFor(['job', 'logs', testJobId, '--output', path]);
    expect(await runCli(again)).not.toBe(0);
    expect(again.err).toContain(`${path} exists already.`);
    const formatted = hostFor(['job', 'logs', testJobId, '-o', 'json']);
    expect(await runCli(formatted)).toBe(0);
    expect(formatted.out).toContain('{"seq":1,');
  });

  it.each([
    [['--since', 'yesterday'], '--since is "yesterday"'],
    [['--stream', 'stdout,both'], '--stream is "stdout,both"'],
    [['--last', '-1'], '--last'],
  ])('refuses to show the log with %j', async (options, complaint) => {
    const host = hostFor(['job', 'logs', testJobId, ...options]);
    expect(await runCli(host)).not.toBe(0);
    expect(host.err).toContain(complaint);
  });

  it('[10.05] cancels', async () => {
    market.onCancel = () => market.become(endedJob('cancelled', null));
    const host = hostFor(['job', 'cancel', testJobId]);
    expect(await runCli(host)).toBe(0);
    expect(host.out).toBe(`${testJobId}  cancelled\n`);
  });
});

describe('node3 job explain', () => {
  it('[10.08] explains a job by its id and a spec in a file, with the exit code of whether it can run', async () => {
    expect(await runCli(hostFor(['job', 'explain', testJobId, '--json']))).toBe(0);
    market.explanation = {
      ...market.explanation,
      possible: false,
      sentence: 'No registered agent could ever run this job.',
    };
    const path = join(folder, 'job.json');
    await writeFile(path, '{"workload":{}}');
    const host = hostFor(['job', 'explain', path]);
    expect(await runCli(host)).toBe(8);
    expect(host.out.split('\n')).toEqual([
      'now     No registered agent could ever run this job.',
      'agents  1 of 4 online fit; 5 registered',
      'queue   2 ahead',
      'start   1.0 s; nine of ten within 3.0 s (7 starts)',
      '',
      'what is asked for:',
      'REQUIREMENT  PASS  FAIL  ONLY THIS  FIELD',
      'gpu_memory      1     3          2  /resources/gpus/memoryBytesMin',
      '',
      'nearest changes:',
      'CHANGE',
      '/resources/gpus/memoryBytesMin = 8: 2 more agents, from 0.5 SOL per GPU hour',
      '',
      'candidates, by score:',
      'AGENT                           NAME    SCORE  SLOTS  ASK  NOW',
      'agt_06BR2J0S7XW8Z3Q1T5M4N6P9KD  garage   0.75    1/2    -  no gpu_count',
      '',
    ]);
    expect(market.requests('POST', '/jobs/explain').at(-1)?.body).toEqual({ workload: {} });
  });

  it('says what is wrong with a file that is none', async () => {
    const missing = hostFor(['job', 'explain', 'nothing.json']);
    expect(await runCli(missing)).toBe(2);
    expect(missing.err).toContain('"nothing.json" is no job id, and there is no such file');
  });
});

describe('many jobs', () => {
  const other = 'job_06BR2J0S7XW8Z3Q1T5M4N6P9KE';
  const post = async (text: string, ...more: string[]) => {
    await writeFile(join(folder, 'jobs.json'), text);
    const host = hostFor(['job', 'batch', join(folder, 'jobs.json'), ...more]);
    return { host, code: await runCli(host) };
  };

  it('are posted from a file, whichever way it is written', async () => {
    const jobs = [{ name: 'a' }, { name: 'b' }];
    const texts = [jobs, { jobs }].map((value) => JSON.stringify(value));
    for (const text of [...texts, jobs.map((job) => JSON.stringify(job)).join('\n\n')]) {
      const { host, code } = await post(text);
      expect(code).toBe(0);
      expect(host.out).toBe(`${testJobId}  queued\n`.repeat(2));
      expect(host.err).toBe('2 of 2 jobs posted\n');
      expect(market.seen.at(-1)?.body).toEqual({ jobs });
    }
  });

  it('are posted so many at a time, each request with a key of its own', async () => {
    const jobs = Array.from({ length: 1_100 }, () => ({ name: 'a' }));
    const { code } = await post(JSON.stringify(jobs), '--key', 'night');
    expect(code).toBe(0);
    const keys = market.seen.map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toEqual(['night.0', 'night.1', 'night.2']);
    market.seen.length = 0;
    await post(JSON.stringify(jobs), '--idempotency-key', 'day');
    const others = market.seen.map(({ idempotencyKey }) => idempotencyKey);
    expect(others).toEqual(['day.0', 'day.1', 'day.2']);
  });

  it('tell which of them were refused, and why', async () => {
    const { host, code } = await post('[{"name": "a"}, {"name": "bad"}]');
    expect(code).toBe(8);
    expect(host.err).toBe('job 2: Nobody can. (JOB_UNSATISFIABLE)\n1 of 2 jobs posted\n');
    expect((await post('{"name": "a"}\nno json')).host.err).toContain('Line 2 of');
    expect((await post('[]')).code).toBe(2);
  });

  it('are cancelled by id or by what they are like', async () => {
    const byId = hostFor(['job', 'cancel', testJobId, other]);
    expect(await runCli(byId)).toBe(0);
    expect(byId.out).toBe(`${testJobId}  cancelled\n${other}  cancelled\n`);
    const argv = ['job', 'cancel', '--state', 'queued', '--label', 'team=vision', '--json'];
    const alike = hostFor(argv);
    expect(await runCli(alike)).toBe(0);
    expect(JSON.parse(alike.out)).toHaveLength(2);
    expect(market.seen.at(-1)?.body).toEqual({
      filter: { states: ['queued'], labels: { team: 'vision' } },
      cursor: 'more',
    });
    expect(await runCli(hostFor(['job', 'cancel']))).toBe(2);
  });

  it('[10.05] are run again with changes', async () => {
    const changes = { limits: { runSec: 600 } };
    const host = hostFor(['job', 'rerun', testJobId, '--changes', JSON.stringify(changes)]);
    expect(await runCli(host)).toBe(0);
    expect(host.out).toBe(`${testJobId}  queued\n`);
    expect(market.seen.at(-1)).toMatchObject({ body: { changes } });
    expect(market.seen.at(-1)?.idempotencyKey).not.toBeNull();
    expect(await runCli(hostFor(['job', 'rerun', testJobId, '--changes', '{']))).toBe(2);
  });
});

describe('unhappy paths', () => {
  const unknown = 'job_06BR2J0S7XW8Z3Q1T5M4N6P9KE';

  it('tells an unknown job from an id that is none', async () => {
    const missing = hostFor(['job', 'get', unknown]);
    expect(await runCli(missing)).toBe(6);
    expect(missing.err).toContain('List your jobs: node3 job list');
    const wrong = hostFor(['job', 'get', 'job_1']);
    expect(await runCli(wrong)).toBe(2);
    expect(wrong.err).toContain('"job_1" is not a job id');
  });

  it('says what to do about a wrong key and a missing one', async () => {
    const wrong = hostFor(['job', 'list'], { env: { NODE3_API_KEY: 'nope' } });
    expect(await runCli(wrong)).toBe(4);
    expect(wrong.err).toContain('node3 account create');
    const none = hostFor(['job', 'list'], { env: {} });
    expect(await runCli(none)).toBe(4);
    expect(none.err).toContain(`There is no API key for ${market.url}`);
  });

  it('says what to do when nothing answers', async () => {
    const argv = ['job', 'list', '--url', 'http://127.0.0.1:1', '--config', join(folder, 'c.json')];
    const host = new TestHost({ argv, env: { API_KEY: testKey } });
    expect(await runCli(host)).toBe(10);
    expect(host.err).toContain('http://127.0.0.1:1 does not answer');
    expect(host.err).toContain('node3 up');
  });

  it('suggests the command that was meant', async () => {
    const host = hostFor(['jbo']);
    expect(await runCli(host)).toBe(2);
    expect(host.err).toContain('Did you mean job?');
    const option = hostFor(['job', 'list', '--limits', '3']);
    expect(await runCli(option)).toBe(2);
    expect(option.err).toContain('Did you mean --limit?');
    expect(option.err).toContain('See: node3 job list --help');
  });

  it('tells usage errors as problem objects with --json', async () => {
    const host = hostFor(['job', 'list', '--state', 'sleeping', '--json']);
    expect(await runCli(host)).toBe(2);
    expect(host.out).toBe('');
    expect(JSON.parse(host.err)).toMatchObject({ code: 'CLI_USAGE', retry: 'never' });
  });
});
