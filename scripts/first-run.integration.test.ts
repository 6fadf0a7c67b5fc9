import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { createClient } from '@node3/shared/client';
import type { Env } from '@node3/shared/env';
import { loadKeypairFile } from '@node3/shared/keypair-file';
import { openLocalSession } from '@node3/shared/routes/agent-local';
import { getJob, type JobDetail } from '@node3/shared/routes/jobs';
import { Connection, PublicKey } from '@solana/web3.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CliProcess, runCli, startCli } from './cli-process.ts';
import { listTraces } from './docker-traces.ts';

const { docker, skip } = await findTestEngine();
const within = { timeout: 90_000, interval: 50 };
/** The reward of the demonstration, 0.01 SOL. */
const rewardLamports = 10_000_000;

let folder: string;
let started: CliProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-first-run-'));
});

afterEach(async () => {
  for (const up of started) up.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended));
  started = [];
  await rm(folder, { recursive: true, force: true });
});

/** Starts everything on free ports and waits until it says what to do next. */
async function startUp(args: readonly string[], env: Env = {}): Promise<CliProcess> {
  const ports = ['--port', '0', '--agent-port', '0', '--rpc-port', '0', '--grpc-port', '0'];
  const up = startCli({ args: ['up', '--data-dir', 'data', ...ports, ...args], folder, env });
  started.push(up);
  const ready = vi.waitFor(() => expect(up.seen.err).toContain('Ctrl-C stops everything.'), within);
  const ended = up.ended.then((code) => {
    throw new Error(`node3 up ended with ${code}:\n${up.seen.out}${up.seen.err}`);
  });
  await Promise.race([ready, ended]);
  return up;
}

interface Addresses {
  marketplaceUrl: string;
  rpcUrl: string;
  apiKey: string;
}

/** What it printed, and the key where the printed web address takes it from. */
async function readAddresses({ seen }: CliProcess): Promise<Addresses> {
  const marketplaceUrl = /API docs +(http:\S+)\/docs/.exec(seen.out)?.[1] ?? '';
  const rpcUrl = /Solana RPC +(http:\S+)/.exec(seen.out)?.[1] ?? '';
  const apiKey = (await readFile(join(folder, 'data', 'requester.key'), 'utf8')).trim();
  return { marketplaceUrl, rpcUrl, apiKey };
}

function readJob({ apiKey, marketplaceUrl }: Addresses, jobId: string): Promise<JobDetail> {
  const client = createClient({ baseUrl: marketplaceUrl, apiKey });
  return client.call(getJob, { params: { jobId } });
}

/** The chain's own answer about the provider's wallet. */
async function readProviderLamports({ rpcUrl }: Addresses): Promise<number> {
  const { address } = await loadKeypairFile(join(folder, 'data', 'wallets', 'agent.json'));
  return new Connection(rpcUrl, 'finalized').getBalance(new PublicKey(address));
}

/** The job of the demonstration, which the program says is paid. */
async function expectDemoPaid(up: CliProcess): Promise<string> {
  expect(up.seen.err).toMatch(/from the command to paid: \d+(\.\d+)? ?m?s/);
  expect(up.seen.err).toContain('948197 iterations');
  const jobId = /first job +(job_\w+)/.exec(up.seen.err)?.[1] ?? '';
  const addresses = await readAddresses(up);
  const { output, settlement, state } = await readJob(addresses, jobId);
  expect({ output, state }).toEqual({
    output: { iterations: 948_197, width: 64, height: 15 },
    state: 'succeeded',
  });
  expect(settlement.payout).toMatchObject({
    state: 'finalized',
    money: { amount: '0.01', asset: 'SOL' },
  });
  expect(await readProviderLamports(addresses)).toBe(rewardLamports);
  return jobId;
}

/** The printed address of the agent's page lets in whoever has it. */
async function expectAgentLink({ seen }: CliProcess): Promise<void> {
  const [, agentUrl = '', token] = /agent +(http:\S+)\/#token=(\S+)/.exec(seen.out) ?? [];
  const client = createClient({ baseUrl: agentUrl });
  const { pageKey } = await client.call(openLocalSession, { body: { token: token ?? '' } });
  expect(pageKey).toMatch(/^[\w-]{43}$/);
  // Another terminal finds the token by itself.
  const shown = await runCli({
    args: ['agent', 'dashboard', '--agent-url', agentUrl],
    folder,
    env: { AGENT_DATA_DIR: join(folder, 'data', 'agent') },
  });
  expect(shown).toMatchObject({ code: 0, out: `${agentUrl}/#token=${token}\n` });
}

async function expectCleanEnd(up: CliProcess, jobId: string): Promise<void> {
  up.kill('SIGINT');
  expect(await up.ended).toBe(0);
  if (!skip) expect(await listTraces(docker, jobId)).toEqual([]);
}

describe('the first run', () => {
  it('[10.13] [10.14] pays a first job, serves a second terminal, ends on ctrl-c and goes on later', async () => {
    const first = await startUp(['--demo']);
    const jobId = await expectDemoPaid(first);
    await expectAgentLink(first);
    if (!skip) {
      // As the README says it, in another terminal: no key and no address to copy.
      const hello = await runCli({ args: ['run', '--', 'sh', '-c', 'echo hello'], folder });
      expect(hello).toMatchObject({ code: 0, out: 'hello\n' });
      const list = await runCli({ args: ['job', 'list'], folder });
      expect(list.code).toBe(0);
      expect(list.out).toContain(jobId);
    }
    await expectCleanEnd(first, jobId);

    const second = await startUp([]);
    const addresses = await readAddresses(second);
    expect(await readJob(addresses, jobId)).toMatchObject({
      state: 'succeeded',
      settlement: { payout: { state: 'finalized' } },
    });
    const shown = await runCli({ args: ['job', 'get', jobId, '--json'], folder });
    expect(JSON.parse(shown.out)).toMatchObject({ jobId, state: 'succeeded' });
    expect(await readProviderLamports(addresses)).toBeGreaterThanOrEqual(rewardLamports);
    await expectCleanEnd(second, jobId);
  });

  it('pays a first job without a container engine as well, and says so', async () => {
    const DOCKER_HOST = `unix://${join(folder, 'no-engine.sock')}`;
    const up = await startUp(['--demo'], { DOCKER_HOST });
    expect(up.seen.err).toContain('plain process');
    const jobId = await expectDemoPaid(up);
    const args = ['run', '--isolation', 'native', '--', 'echo', 'hello'];
    expect(await runCli({ args, folder })).toMatchObject({ code: 0, out: 'hello\n' });
    await expectCleanEnd(up, jobId);
  });
});
