import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarketError } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost } from '../testing/test-host.ts';
import { endedJob, testExecution, testJob, testJobId, testLine } from '../testing/test-job.ts';

/** A loaded machine takes its time for the first of these commands. */
const within = { timeout: 15_000 };

let market: FakeMarketplace;
let folder: string;

beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
  folder = await mkdtemp(join(tmpdir(), 'node3-run-'));
});

afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

function hostFor(...argv: string[]): TestHost {
  const env = { NODE3_API_KEY: testKey, NODE3_URL: market.url };
  return new TestHost({
    argv: ['--config', join(folder, 'config.json'), ...argv],
    env,
    cwd: folder,
  });
}

function postedSpec(): JobSpecInput {
  return market.requests('POST', '/jobs')[0]?.body as JobSpecInput;
}

describe('node3 run', () => {
  it('[10.09] asks a person before it pays, and posts nothing after a no', async () => {
    market.become(endedJob('succeeded', 0));
    const env = { NODE3_API_KEY: testKey, NODE3_URL: market.url };
    const ask = async (answers: string[], ...argv: string[]) => {
      const host = new TestHost({ argv: ['run', ...argv, '--', 'true'], env, answers });
      return { code: await runCli(host), err: host.err };
    };
    const refused = await ask(['n']);
    expect(refused.code).toBe(125);
    expect(refused.err).toContain('Pay at most 0.00105 SOL? [Y/n]');
    expect(await ask([], '--no-input')).toMatchObject({ code: 125 });
    expect(await ask(['n'], '--json')).toMatchObject({ code: 125 });
    expect(market.requests('POST', '/jobs')).toHaveLength(0);
    expect((await ask([''])).code).toBe(0);
    expect((await ask([], '--no-input', '--yes')).code).toBe(0);
    expect(market.requests('POST', '/jobs')).toHaveLength(2);
  });

  it('names the key to repeat with where the answer is lost', async () => {
    market.cutPosts = true;
    const host = hostFor('run', '-d', '--', 'true');
    expect(await runCli(host)).toBe(10);
    const [posted] = market.requests('POST', '/jobs');
    expect(host.err).toContain(`repeat with --idempotency-key ${posted?.idempotencyKey}\n`);
  });

  it('[2.21] posts nothing that may cost more than --max-cost', async () => {
    market.become(endedJob('succeeded', 0));
    const dear = hostFor('run', '-d', '--max-cost', '0.001', '--', 'true');
    expect(await runCli(dear)).toBe(7);
    expect(dear.err).toContain('0.00105 SOL at most, which is more than 0.001 SOL');
    expect(market.requests('POST', '/jobs')).toHaveLength(0);
    expect(await runCli(hostFor('run', '-d', '--max-cost', '0.00105', '--', 'true'))).toBe(0);
  });

  it('[10.06] sends the streams apart and ends with the exit code of the job', async () => {
    const host = hostFor('run', '--gpu', 'any', '--', 'sh', '-c', 'exit 3');
    market.say(testLine(1, 'out'), testLine(2, 'bad', { stream: 'stderr' }));
    market.say(testLine(3, 'prompt> ', { partial: true }));
    market.become(endedJob('failed', 3));
    expect(await runCli(host)).toBe(3);
    expect(host.out).toBe('out\nprompt> ');
    expect(host.err).toContain('bad\n');
    expect(host.err).toContain(testJobId);
    expect(host.err).toContain('0.00105 SOL held');
    expect(host.err).toContain(
      '0.00105 SOL at most, fee 5 % included; 2 agents fit, 1 free; starts in about 2.5 s',
    );
    expect(market.requests('POST', '/jobs')[0]?.quoteId).toBe(market.quote.quoteId);
    expect(host.err).toContain('exit code other than 0');
    expect(postedSpec()).toMatchObject({
      workload: { kind: 'container', command: ['sh', '-c', 'exit 3'] },
      resources: { gpus: { count: 1 } },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    });
    expect(market.requests('POST', '/jobs')[0]?.idempotencyKey).not.toBeNull();
  });

  it('resumes after a cut connection without losing or repeating a line', async () => {
    const host = hostFor('run', '--', 'count');
    market.cutAfter = 2;
    market.say(...[1, 2, 3].map((seq) => testLine(seq, `line ${seq}`)));
    const ended = runCli(host);
    await vi.waitFor(() => expect(host.out).toBe('line 1\nline 2\nline 3\n'), within);
    market.say(testLine(4, 'line 4'));
    market.become(endedJob('succeeded', 0));
    expect(await ended).toBe(0);
    expect(host.out).toBe('line 1\nline 2\nline 3\nline 4\n');
    expect(host.err).toContain('connection lost');
    expect(host.err).toContain('connected again');
  });

  it('survives a stream that is closed politely before the job is over', async () => {
    const host = hostFor('run', '--', 'count');
    market.become(testJob({ state: 'running', executions: [testExecution] }));
    market.say(testLine(1, 'one'));
    const ended = runCli(host);
    await vi.waitFor(() => expect(host.out).toBe('one\n'), within);
    market.closeStreams();
    await vi.waitFor(() => expect(market.requests('GET', 'follow=true')).toHaveLength(2), within);
    market.say(testLine(2, 'two'));
    market.become(endedJob('succeeded', 0));
    expect(await ended).toBe(0);
    expect(host.out).toBe('one\ntwo\n');
  });

  it('cancels on Ctrl-C, waits until nothing runs, and ends with 130', async () => {
    const host = hostFor('run', '--', 'sleep', '60');
    market.become(testJob({ state: 'running', executions: [testExecution] }));
    const cancelled = testJob({ state: 'cancelled', reason: 'cancelled_by_requester' });
    market.onCancel = () => market.become({ ...cancelled, executions: [testExecution] });
    market.say(testLine(1, 'started'));
    const ended = runCli(host);
    await vi.waitFor(() => expect(host.out).toBe('started\n'), within);
    host.interrupt();
    await vi.waitFor(() => expect(market.requests('POST', '/cancel')).toHaveLength(1), within);
    const still = Symbol('still waiting for the execution');
    const readsBefore = market.requests('GET', testJobId).length;
    await vi.waitFor(
      () => expect(market.requests('GET', testJobId).length).toBeGreaterThan(readsBefore + 2),
      within,
    );
    expect(await Promise.race([ended, Promise.resolve(still)])).toBe(still);
    market.become({ ...cancelled, executions: [{ ...testExecution, state: 'cancelled' }] });
    expect(await ended).toBe(130);
    expect(host.err).toContain('cancelling');
  });

  it('leaves at once on the second Ctrl-C', async () => {
    const host = hostFor('run', '--', 'sleep', '60');
    market.say(testLine(1, 'started'));
    const ended = runCli(host);
    await vi.waitFor(() => expect(host.out).toBe('started\n'), within);
    host.interrupt();
    host.interrupt();
    expect(host.exited).toEqual([130]);
    market.become(endedJob('failed', 1));
    await ended;
  });

  it('leaves the job running on Ctrl-C with --detach-on-interrupt', async () => {
    const host = hostFor('run', '--detach-on-interrupt', '--', 'sleep', '60');
    market.say(testLine(1, 'started'));
    const ended = runCli(host);
    await vi.waitFor(() => expect(host.out).toBe('started\n'), within);
    host.interrupt();
    expect(await ended).toBe(130);
    expect(market.requests('POST', '/cancel')).toHaveLength(0);
    expect(host.err).toContain(`node3 job logs ${testJobId} -f`);
  });

  it.each([
    ['timed_out', 137, 124],
    ['expired', null, 125],
    ['cancelled', null, 125],
    ['failed', null, 125],
    ['failed', 0, 125],
    ['succeeded', 0, 0],
  ] as const)(
    'ends a job that is %s with exit code %s as %i',
    async (state, exitCode, expected) => {
      market.become(endedJob(state, exitCode));
      expect(await runCli(hostFor('run', '--', 'x'))).toBe(expected);
    },
  );

  it('[2.18] runs a script with its input, and prints only the id when detached', async () => {
    await writeFile(join(folder, 'train.py'), 'print("hi")\n');
    await writeFile(join(folder, 'input.json'), '{"epochs": 3}');
    const host = hostFor('run', 'train.py', '--input', 'input.json', '-e', 'A=b=c', '-d');
    expect(await runCli(host)).toBe(0);
    expect(host.out).toBe(`${testJobId}\n`);
    expect(host.err).toBe('');
    expect(postedSpec().workload).toEqual({
      kind: 'script',
      language: 'python',
      code: 'print("hi")\n',
      env: { A: 'b=c' },
      input: { epochs: 3 },
    });
  });

  it('[4.20] posts copies for one price, waits for all, and ends as they did', async () => {
    market.become(endedJob('failed', 3));
    const copies = ['run', '--copies', '3', '--max-cost', '0.004SOL'];
    const host = hostFor(...copies, '--name', 'sweep', '--', 'true');
    expect(await runCli(host)).toBe(5);
    const [posted] = market.requests('POST', '/jobs/batch');
    expect(posted?.body).toMatchObject({ jobs: [{ name: 'sweep' }], copies: 3 });
    expect(posted?.idempotencyKey).toBeTruthy();
    expect(host.err).toContain('3 of 3 copies posted');
    expect(host.err).toContain('job cancel --label fan-out=fan_1');
    const detached = hostFor('run', '--copies', '2', '-d', '--', 'true');
    expect(await runCli(detached)).toBe(0);
    expect(detached.out.match(/job_\w+/g)).toHaveLength(2);
    const dear = hostFor('run', '--copies', '4', '--max-cost', '0.004SOL', '--', 'true');
    expect(await runCli(dear)).not.toBe(0);
    expect(dear.err).toContain('0.0042 SOL');
    expect(market.requests('POST', '/jobs/batch')).toHaveLength(2);
  });

  it('says how much is missing, fee included, and which command deposits it', async () => {
    market.refusal = new MarketError('FUNDS_INSUFFICIENT');
    const attached = hostFor('run', '--', 'x');
    expect(await runCli(attached)).toBe(125);
    expect(attached.err).toContain('Missing 0.00065 SOL. Run: node3 account deposit 0.00065');
    expect(await runCli(hostFor('run', '-d', '--', 'x'))).toBe(7);
  });

  it('names the hosts that the job may reach', async () => {
    const host = hostFor(
      'run',
      '-d',
      '--allow-hosts',
      'PyPI.org, *.pythonhosted.org',
      '--',
      'true',
    );
    expect(await runCli(host)).toBe(0);
    expect(postedSpec()).toMatchObject({
      network: { kind: 'egress', hosts: ['pypi.org', '*.pythonhosted.org'] },
    });
    const wrong = hostFor('run', '--allow-hosts', 'https://pypi.org', '--', 'true');
    expect(await runCli(wrong)).toBe(125);
    expect(wrong.err).toContain('https://pypi.org');
  });

  it('asks for a native job by name, and never together with an image', async () => {
    const host = hostFor('run', '-d', '--isolation', 'native', '--', 'true');
    expect(await runCli(host)).toBe(0);
    expect(postedSpec()).toMatchObject({
      workload: { kind: 'container', image: 'native', command: ['true'] },
      placement: { isolationMin: 'native' },
    });
    const both = hostFor('run', '--isolation', 'native', '--image', 'busybox', '--', 'true');
    expect(await runCli(both)).toBe(125);
    expect(both.err).toContain('--isolation native takes no image');
    expect(market.requests('POST', '/jobs')).toHaveLength(1);
  });

  it('bids per hour up to a cap, both or neither, and never with a reward', async () => {
    const metered = hostFor(
      'run',
      '-d',
      '--gpu',
      'any',
      '--bid',
      '0.5USDC/h',
      '--cap',
      '2 USDC',
      'x',
    );
    expect(await runCli(metered)).toBe(0);
    expect(postedSpec().price).toEqual({
      kind: 'metered',
      bidPerGpuHour: { amount: '0.5', asset: 'USDC' },
      cap: { amount: '2', asset: 'USDC' },
    });
    for (const wrong of [
      ['--bid', '0.5'],
      ['--cap', '2'],
      ['--bid', '1', '--cap', '2', '--reward', '1'],
      ['--bid', '1/day', '--cap', '2'],
    ]) {
      expect(await runCli(hostFor('run', '-d', ...wrong, '--', 'x'))).toBe(2);
    }
    expect(market.requests('POST', '/jobs')).toHaveLength(1);
  });

  it('[7.14] says what a job would cost without posting it, and what would help when nobody fits', async () => {
    const host = hostFor('quote', '--gpu', 'h100', '--bid', '2USDC/h', '--cap', '5USDC', '--', 'x');
    market.quote = {
      ...market.quote,
      bidPerGpuHour: { amount: '2', asset: 'USDC' },
      eta: null,
      availability: { agentsMatching: 0, agentsFree: 0, devicesFree: 0, queueAhead: 0 },
      alternatives: [
        {
          constraint: 'gpu_model',
          pointer: '/resources/gpus/models',
          value: null,
          agents: 4,
          askMin: { amount: '1.5', asset: 'USDC' },
        },
      ],
    };
    expect(await runCli(host)).toBe(8);
    expect(await runCli(hostFor('--json', 'quote', '--gpu', 'h100', '--', 'x'))).toBe(8);
    expect(host.out).toContain('0.00105 SOL at most');
    expect(host.out).toContain('at 2 USDC per GPU hour');
    expect(host.out).toContain(
      '/resources/gpus/models left out: 4 more agents, from 1.5 USDC per GPU hour',
    );
    expect(market.requests('POST', '/jobs')).toEqual([]);
  });

  it('leaves the isolation to the marketplace unless it is asked for', async () => {
    await runCli(hostFor('run', '-d', '--', 'true'));
    expect(postedSpec()).not.toHaveProperty('placement');
    expect(postedSpec().workload).not.toHaveProperty('image');
  });

  it('shows the way out where no agent has a container engine, as this person can type it', async () => {
    market.refusal = new MarketError('JOB_UNSATISFIABLE', { constraint: 'isolation' });
    const host = hostFor('run', '--', 'x');
    expect(await runCli(host)).toBe(125);
    expect(host.err).toContain('have no container engine');
    expect(host.err).toContain('node3 run --isolation native');
    const clone = new TestHost({
      argv: host.argv,
      env: host.env,
      cwd: folder,
      command: 'npx node3',
    });
    await runCli(clone);
    expect(clone.err).toContain(': npx node3 run --isolation native');
    const native = hostFor('run', '--isolation', 'native', '--', 'x');
    await runCli(native);
    expect(native.err).toContain('No provider here allows jobs without a container.');
  });

  it('writes JSON lines on stdout and nothing else there', async () => {
    const host = hostFor('--json', 'run', '--', 'x');
    market.say(testLine(1, 'hello'));
    market.become(endedJob('succeeded', 0));
    expect(await runCli(host)).toBe(0);
    const types = host.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(['job', 'line', 'end']);
    expect(host.err).toBe('');
  });

  it('writes an error as a problem object on stderr with --json', async () => {
    market.refusal = new MarketError('JOB_UNSATISFIABLE', { detail: 'no such GPU' });
    expect(await runCli(hostFor('run', '-qdy', '--', 'x'))).toBe(8);
    const host = hostFor('run', '--json', '-d', '--', 'x');
    expect(await runCli(host)).toBe(8);
    expect(host.out).toBe('');
    expect(JSON.parse(host.err)).toMatchObject({
      code: 'JOB_UNSATISFIABLE',
      detail: 'no such GPU',
    });
  });

  it('lets no escape sequence of a job through, unless --raw', async () => {
    const hostile = '\u001b]0;owned\u0007\u001b[31mred\u001b[0m\u001b[2J';
    market.say(testLine(1, hostile));
    market.become(endedJob('succeeded', 0));
    const safe = hostFor('run', '--', 'x');
    await runCli(safe);
    expect(safe.out).toBe('\u001b[31mred\u001b[0m\n');
    const plain = hostFor('run', '--no-color', '--', 'x');
    await runCli(plain);
    expect(plain.out).toBe('red\n');
    const raw = hostFor('run', '--raw', '--', 'x');
    await runCli(raw);
    expect(raw.out).toBe(`${hostile}\n`);
  });
});
