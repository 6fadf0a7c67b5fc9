import { join } from 'node:path';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import { createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { getAccount } from '@node3/shared/routes/accounts';
import { getAdminStats } from '@node3/shared/routes/admin';
import { createUpload } from '@node3/shared/routes/artifacts';
import { createChallenge } from '@node3/shared/routes/auth';
import { createJob, getJob, getJobLogs, listJobs } from '@node3/shared/routes/jobs';
import { mustSkip } from '@node3/shared/testing/resources';
import { mountProbe, mountSmallDisk, type SmallDisk } from '@node3/shared/testing/small-disk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevNetwork, openRequester, type Requester, startDevNetwork } from './dev-network.ts';
import { expectPaidExactly } from './paid-exactly.ts';

const skip = mustSkip(mountProbe);
const within = { timeout: 60_000, interval: 100 };
const rewardLamports = 1_000_000n;
const mebibyte = 1024 * 1024;
const reserveBytes = 6 * mebibyte;

let disk: SmallDisk;
let network: DevNetwork;
let requester: Requester;
const executor = new FakeExecutor();
const jobIds: string[] = [];

beforeAll(async () => {
  if (skip) return;
  disk = await mountSmallDisk(32);
  network = await startDevNetwork({
    marketplaceIn: 'child',
    childEnv: {
      MARKETPLACE_DATA_DIR: join(disk.path, 'marketplace'),
      DISK_RESERVE_BYTES: String(reserveBytes),
    },
  });
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  executor.program('*', {
    prepare: { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false },
    start: { startedAtMs: Date.now() },
    lines: [{ stream: 'stdout', atMs: Date.now(), text: 'it runs', continued: false }],
    outcomeOfCancel: outcome(),
  });
  const agent = await network.startAgent('worker', {
    config: { slots: 2, cpus: 8, memoryBytes: 1024 ** 3 },
    parts: { createExecutors: () => [executor] },
  });
  await agent.ready();
  requester = await network.openRequester();
});
afterAll(async () => {
  if (skip) return;
  await network.stop();
  await disk.remove();
});

async function post(): Promise<string> {
  const { jobId } = await requester.client.call(createJob, {
    body: {
      workload: { kind: 'container', command: ['true'] },
      resources: { cpus: 1, memoryBytes: 64 * mebibyte },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    },
  });
  jobIds.push(jobId);
  return jobId;
}

const read = (jobId: string) => requester.client.call(getJob, { params: { jobId } });
const expectState = (jobId: string, state: string) =>
  vi.waitFor(async () => expect((await read(jobId)).state).toBe(state), within);

async function finish(jobId: string): Promise<void> {
  const executionId = (await read(jobId)).executions[0]?.executionId ?? '';
  executor.finish(executionId, outcome());
}

async function expectPaid(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const { overview, ledger } = await network.operator.call(getAdminStats, {});
    expect(overview.payouts['finalized']).toBe(count);
    expect(ledger.balanced).toBe(true);
  }, within);
}

async function readiness() {
  const answer = await fetch(`${network.marketplaceUrl}/readyz`);
  const { checks } = (await answer.json()) as { checks: { store: { detail: string } } };
  return { status: answer.status, detail: checks.store.detail };
}

/** A small write that is no new work. */
async function writeOnce(): Promise<'written' | 'full'> {
  const anonymous = createClient({ baseUrl: network.marketplaceUrl });
  const body = { wallet: requester.wallet.address, purpose: 'account.create' as const };
  try {
    await anonymous.call(createChallenge, { body });
    return 'written';
  } catch (error) {
    if (isMarketError(error, 'STORAGE_FULL')) return 'full';
    throw error;
  }
}

async function expectRefusesNewWork(): Promise<void> {
  const full = { code: 'STORAGE_FULL', context: { retryAfterSec: 10 } };
  await expect(post()).rejects.toMatchObject(full);
  const file = { name: 'input.bin', bytes: 1 };
  await expect(requester.client.call(createUpload, { body: file })).rejects.toMatchObject(full);
  const funds = { lamports: 0n, usdcBaseUnits: 0n };
  const joining = openRequester(network.folder, network.localnet, network.marketplaceUrl, funds);
  await expect(joining).rejects.toMatchObject(full);
}

async function expectReads(jobId: string): Promise<void> {
  const logs = { params: { jobId }, query: { limit: 10 } };
  const texts = (await requester.client.call(getJobLogs, logs)).data.map(({ text }) => text);
  expect(texts).toContain('it runs');
  expect((await requester.client.call(listJobs, { query: {} })).data).toHaveLength(3);
  await requester.client.call(getAccount, {});
  const { ledger } = await network.operator.call(getAdminStats, {});
  expect(ledger.balanced).toBe(true);
}

describe.skipIf(skip)('a marketplace whose disk fills up', () => {
  it('refuses new work, finishes what runs, and goes on by itself with nothing lost', async () => {
    const pid = network.child?.pid();
    const [first, second] = [await post(), await post()];
    await Promise.all([expectState(first, 'running'), expectState(second, 'running')]);
    const queued = await post();

    // Nearly full: what runs is written and paid, and nothing begins.
    disk.fill(reserveBytes / 2);
    await vi.waitFor(async () => {
      expect(await readiness()).toMatchObject({
        status: 200,
        detail: expect.stringContaining('New work is refused') as unknown,
      });
    }, within);
    await expectRefusesNewWork();
    await finish(first);
    await expectState(first, 'succeeded');
    await expectPaid(1);
    expect((await read(queued)).state).toBe('queued');

    // Full to the last byte: nothing is written, everything is read.
    disk.fill();
    await vi.waitFor(async () => {
      const tries = [await writeOnce(), await writeOnce(), await writeOnce()];
      expect(tries).toEqual(['full', 'full', 'full']);
    }, within);
    await finish(second);
    expect(await readiness()).toMatchObject({
      status: 503,
      detail: expect.stringContaining('disk is full') as unknown,
    });
    await expectRefusesNewWork();
    await expectReads(second);
    expect((await read(second)).state).toBe('running');

    await disk.empty();
    await expectState(second, 'succeeded');
    await expectState(queued, 'running');
    await finish(queued);
    await expectState(queued, 'succeeded');
    await expectPaid(3);
    await expectPaidExactly(network, rewardLamports);
    expect(await readiness()).toMatchObject({ status: 200, detail: 'Writes reach the disk.' });
    expect(network.child?.pid()).toBe(pid);
  });
});
