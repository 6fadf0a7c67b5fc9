import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent } from '@node3/agent/agent';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { ensureLocalImage } from '@node3/agent/executors/docker/local-image';
import { isTerminalJob } from '@node3/shared/job-state';
import { silentLogger } from '@node3/shared/logger';
import { fromMoney } from '@node3/shared/money';
import { getAccount } from '@node3/shared/routes/accounts';
import { getAdminStats } from '@node3/shared/routes/admin';
import { createJob, getJob, getJobLogs, type JobDetail } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliProcess, runCli, startCli } from './cli-process.ts';
import { type DevNetwork, type Requester, startDevNetwork } from './dev-network.ts';
import { listRunning, listTraces } from './docker-traces.ts';
import { startPrivateRegistry } from './private-registry.ts';

const { docker, skip } = await findTestEngine();
const local = skip ? null : await ensureLocalImage({ docker, log: silentLogger });
const within = { timeout: 60_000, interval: 50 };
/** Small enough for many jobs at once on a machine with two cores. */
const small = ['--cpus', '0.2', '--memory', '64MB', '--disk', '16MB'];
/** The reward of 0.001 SOL and the fee of 5 %. */
const heldLamports = 1_050_000n;

let network: DevNetwork;
let agent: Agent;
let requester: Requester;

beforeAll(async () => {
  if (local === null) return;
  const { image } = local;
  const images = { container: image, python: image, javascript: image, typescript: image };
  network = await startDevNetwork({ marketplace: { defaultImages: { ...images, bash: image } } });
  agent = await network.startAgent('docker-agent', { config: { slots: 8 } });
  [requester] = await Promise.all([network.openRequester(), agent.ready()]);
});

afterAll(async () => {
  if (local === null) return;
  // A drained agent takes the containers of a failed test with it.
  await agent.drain({ deadlineMs: 0 });
  await network.stop();
});

/** The command with the network's address and a requester's key in its environment. */
function cliOptions(args: readonly string[], who: Pick<Requester, 'apiKey'> = requester) {
  const env = { NODE3_URL: network.marketplaceUrl, NODE3_API_KEY: who.apiKey };
  return { args, folder: network.folder, env };
}

function start(args: readonly string[], who: Requester = requester): CliProcess {
  return startCli(cliOptions(args, who));
}

/** `node3 run` names its job on standard error. */
function jobIdIn({ err }: { err: string }): string {
  const jobId = /\bjob_[0-9A-Z]{26}\b/.exec(err)?.[0];
  if (jobId === undefined) throw new Error(`no job id in: ${err}`);
  return jobId;
}

function readJob(jobId: string, who: Requester = requester): Promise<JobDetail> {
  return who.client.call(getJob, { params: { jobId } });
}

async function expectNoTraces(jobId: string): Promise<void> {
  await vi.waitFor(async () => expect(await listTraces(docker, jobId)).toEqual([]), within);
}

async function balanceOf(who: Requester): Promise<{ available: bigint; held: bigint }> {
  const { SOL } = (await who.client.call(getAccount, {})).balances;
  return { available: fromMoney(SOL.available), held: fromMoney(SOL.held) };
}

describe.skipIf(skip)('ctrl-c', () => {
  it('[6.21] reaches a 60 s job within 2 s and ends it, with 130, the job cancelled and the rest of the money back', async () => {
    const spender = await network.openRequester({ lamports: 10_000_000n, usdcBaseUnits: 0n });
    const before = await balanceOf(spender);
    // The workload takes note of the polite signal and goes on, so this is the slowest way a cancel can go.
    const script = "trap 'echo asked' TERM; echo up; while :; do sleep 0.1; done";
    const cli = start(['run', '--timeout', '60s', ...small, '--', 'sh', '-c', script], spender);
    await vi.waitFor(() => expect(cli.seen.out).toBe('up\n'), within);
    const jobId = jobIdIn(cli.seen);
    expect(await listRunning(docker, jobId)).toHaveLength(1);
    expect((await balanceOf(spender)).held).toBe(heldLamports);

    const signalledAtMs = Date.now();
    cli.kill('SIGINT');
    await vi.waitFor(async () => expect(await listRunning(docker, jobId)).toEqual([]), {
      timeout: 10_000,
      interval: 10,
    });
    expect(await cli.ended).toBe(130);
    const { reason, settlement, state } = await readJob(jobId, spender);
    expect({ reason, state }).toEqual({ reason: 'cancelled_by_requester', state: 'cancelled' });
    const { data: lines } = await spender.client.call(getJobLogs, { params: { jobId }, query: {} });
    const asked = lines.find(({ text }) => text === 'asked');
    expect(Date.parse(asked?.at ?? '') - signalledAtMs).toBeLessThan(2_000);
    expect(settlement.state).toBe('split');
    const charged = settlement.charged === null ? null : fromMoney(settlement.charged);
    expect(charged).toBeGreaterThan(0n);
    // A job cancelled in its first seconds costs only those of its sixty.
    expect(charged).toBeLessThan(heldLamports / 4n);
    expect(await balanceOf(spender)).toEqual({
      available: before.available - (charged ?? 0n),
      held: 0n,
    });
    await expectNoTraces(jobId);
  });
});

describe.skipIf(skip).concurrent('node3 run in a container', () => {
  it('[10.06] [6.17] keeps the streams apart and ends with the exit code of the job', async () => {
    const script = 'echo hi; echo err >&2; exit 3';
    const { code, out, err } = await runCli(
      cliOptions(['run', ...small, '--', 'sh', '-c', script]),
    );
    expect({ code, out }).toEqual({ code: 3, out: 'hi\n' });
    expect(err.split('\n')).toContain('err');
    const jobId = jobIdIn({ err });
    expect(await readJob(jobId)).toMatchObject({
      state: 'failed',
      reason: 'nonzero_exit',
      exitCode: 3,
      executions: [{ isolation: expect.stringMatching(/^container: docker/) }],
    });
    await expectNoTraces(jobId);
  });

  it('[6.19] [10.06] shows the first line while the job still runs', async () => {
    const script =
      "trap 'echo last; exit 0' USR1; echo first; while :; do sleep 0.1; done; echo never";
    const cli = start(['run', ...small, '--', 'sh', '-c', script]);
    await vi.waitFor(() => expect(cli.seen.out).toBe('first\n'), within);
    const jobId = jobIdIn(cli.seen);
    const [container = ''] = await listRunning(docker, jobId);
    expect(isTerminalJob((await readJob(jobId)).state)).toBe(false);
    // Only now may the job end: the line did not wait for it.
    await docker.getContainer(container).kill({ signal: 'SIGUSR1' });
    expect(await cli.ended).toBe(0);
    expect(cli.seen.out).toBe('first\nlast\n');
  });

  it('[6.20] ends a job at its time limit with 124, and its container is gone', async () => {
    const script = 'echo up; sleep 60; echo never';
    const { code, out, err } = await runCli(
      cliOptions(['run', '--timeout', '2s', ...small, '--', 'sh', '-c', script]),
    );
    expect({ code, out }).toEqual({ code: 124, out: 'up\n' });
    const jobId = jobIdIn({ err });
    const job = await readJob(jobId);
    expect(job).toMatchObject({ state: 'timed_out', reason: 'run_timeout' });
    const runMs = job.executions[0]?.runMs;
    expect(runMs).toBeGreaterThanOrEqual(2_000);
    expect(runMs).toBeLessThan(10_000);
    await expectNoTraces(jobId);
  });

  it('[6.22] says out_of_memory of a job that takes more than it asked for', async () => {
    const { code, err } = await runCli(cliOptions(['run', ...small, '--', 'tail', '/dev/zero']));
    expect(code).toBe(137);
    expect(err).toContain('used more memory than the job allows');
    const jobId = jobIdIn({ err });
    expect(await readJob(jobId)).toMatchObject({ state: 'failed', reason: 'out_of_memory' });
    await expectNoTraces(jobId);
  });

  it('releases the money of a job whose image may not be pulled, and asks no private registry', async () => {
    const spender = await network.openRequester({ lamports: 10_000_000n, usdcBaseUnits: 0n });
    const registry = await startPrivateRegistry();
    try {
      const image = `${registry.host}/no/such:image`;
      const { code, err } = await runCli(
        cliOptions(['run', '--image', image, ...small, '--', 'true'], spender),
      );
      expect(code).toBe(125);
      const job = await readJob(jobIdIn({ err }), spender);
      expect(job).toMatchObject({
        state: 'failed',
        reason: 'image_not_found',
        settlement: { state: 'released' },
      });
      expect(registry.requests).toBe(0);
      await expectNoTraces(job.jobId);
    } finally {
      await registry.stop();
    }
    expect(await balanceOf(spender)).toEqual({ available: 10_000_000n, held: 0n });
  });

  it('releases the money of a job whose registry does not answer', async () => {
    const spender = await network.openRequester({ lamports: 10_000_000n, usdcBaseUnits: 0n });
    const { jobId } = await spender.client.call(createJob, {
      body: {
        // A name that no resolver ever knows.
        workload: { kind: 'container', image: 'registry.invalid/no/such:image' },
        resources: { cpus: 0.2, memoryBytes: 64 * 1024 ** 2 },
        // Nobody's fault, so it would be tried again; the last attempt is what ends it.
        retry: { attemptsMax: 1 },
        price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
      },
    });
    // Following the log lasts as long as the job.
    const log = await runCli(cliOptions(['job', 'logs', jobId, '-f'], spender));
    expect({ code: log.code, out: log.out }).toEqual({ code: 0, out: '' });
    expect(await readJob(jobId, spender)).toMatchObject({
      state: 'failed',
      reason: 'image_pull_failed',
      settlement: { state: 'released' },
    });
    expect(await balanceOf(spender)).toEqual({ available: 10_000_000n, held: 0n });
  });
});

const scripts = {
  python: {
    file: 'sum.py',
    code: `import json
data = json.load(open('/input/input.json'))
print('sum of', data)
json.dump({'language': 'python', 'sum': sum(data)}, open('/output/output.json', 'w'))
`,
  },
  javascript: {
    file: 'sum.js',
    code: `import { readFileSync, writeFileSync } from 'node:fs';
const data = JSON.parse(readFileSync('/input/input.json', 'utf8'));
console.log('sum of', data);
const sum = data.reduce((a, b) => a + b);
writeFileSync('/output/output.json', JSON.stringify({ language: 'javascript', sum }));
`,
  },
  typescript: {
    file: 'sum.ts',
    code: `import { readFileSync, writeFileSync } from 'node:fs';
enum Language { Typed = 'typescript' }
interface Result { language: Language; sum: number }
const data = JSON.parse(readFileSync('/input/input.json', 'utf8')) as number[];
console.log('sum of', data);
const result: Result = { language: Language.Typed, sum: data.reduce((a, b) => a + b) };
writeFileSync('/output/output.json', JSON.stringify(result));
`,
  },
  bash: {
    file: 'sum.sh',
    code: `data=$(cat /input/input.json)
echo "sum of $data"
numbers=(\${data//[^0-9]/ })
printf '{"language":"bash","sum":%d}' $((numbers[0] + numbers[1])) > /output/output.json
`,
  },
} as const;

describe.skipIf(skip).concurrent('scripts', () => {
  for (const language of ['python', 'javascript', 'typescript', 'bash'] as const) {
    const missing = local?.languages[language] !== true;
    if (missing && !skip) process.stderr.write(`SKIPPED, the local image has no ${language}\n`);
    it.skipIf(missing)(
      `[2.06] in ${language} run, and their output.json is in the job`,
      async () => {
        const { file, code } = scripts[language];
        const input = `${language}.json`;
        await writeFile(join(network.folder, file), code);
        await writeFile(join(network.folder, input), '[19,23]');
        const ran = await runCli(
          cliOptions(['run', file, '--input', input, '--cpus', '0.5', '--memory', '128MB']),
        );
        expect(ran.err).toContain('succeeded');
        expect(ran.code).toBe(0);
        expect(ran.out).toMatch(/^sum of/);
        const jobId = jobIdIn(ran);
        const shown = await runCli(cliOptions(['job', 'get', jobId, '--json']));
        expect(shown.code).toBe(0);
        expect(JSON.parse(shown.out)).toMatchObject({
          jobId,
          state: 'succeeded',
          workload: language,
          output: { language, sum: 42 },
        });
        await expectNoTraces(jobId);
      },
    );
  }
});

describe.skipIf(skip).concurrent('what cannot be done', () => {
  it('has exit code 4 for a wrong key', async () => {
    const wrong = { apiKey: 'n3_key_wrong' };
    const { code, out, err } = await runCli(cliOptions(['job', 'list'], wrong));
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('NODE3_API_KEY');
  });

  it('has exit code 10 for a marketplace that is down', async () => {
    const closed = await startPrivateRegistry();
    await closed.stop();
    const args = ['job', 'list', '--url', `http://${closed.host}`];
    const { code, out, err } = await runCli(cliOptions(args));
    expect({ code, out }).toEqual({ code: 10, out: '' });
    expect(err).toContain('node3 up');
  });

  it('has exit code 6 for a job that is not there', async () => {
    const { code, out, err } = await runCli(
      cliOptions(['job', 'get', 'job_00000000000000000000000000']),
    );
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(err).toContain('node3 job list');
  });

  it('has exit code 2 for a value that the marketplace would refuse', async () => {
    const { code, out, err } = await runCli(
      cliOptions(['run', '-d', '--reward', '0.0000000001', '--', 'true']),
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('--reward');
  });

  it('has exit code 7 for a job that the balance does not cover, and nothing is posted', async () => {
    const poor = await network.openRequester({ lamports: 0n, usdcBaseUnits: 0n });
    const { code, out, err } = await runCli(cliOptions(['run', '-d', '--', 'true'], poor));
    expect({ code, out }).toEqual({ code: 7, out: '' });
    expect(err).toContain('node3 account deposit 0.001');
    const listed = await runCli(cliOptions(['job', 'list', '--json'], poor));
    expect(JSON.parse(listed.out)).toMatchObject({ data: [] });
  });
});

describe.skipIf(skip)('after everything', () => {
  it('the ledger balances and every log is kept', async () => {
    const { ledger } = await network.operator.call(getAdminStats, {});
    expect(ledger.balanced).toBe(true);
    const listed = await runCli(cliOptions(['job', 'list', '--json']));
    const jobs = (JSON.parse(listed.out) as { data: { jobId: string }[] }).data;
    expect(jobs.length).toBeGreaterThan(0);
    for (const { jobId } of jobs) {
      const page = await requester.client.call(getJobLogs, { params: { jobId }, query: {} });
      expect(page.ended).toBe(true);
    }
  });
});
