import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { startGrpcWorker, workerInfo } from '@node3/marketplace/testing/grpc-worker';
import { SeedAgent } from '@node3/marketplace/testing/seed-agent';
import { testGrpc } from '@node3/marketplace/testing/test-grpc';
import { createJob } from '@node3/shared/routes/jobs';
import { Connection, Keypair, PublicKey } from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevNetwork, startDevNetwork } from './dev-network.ts';
import { removeTraces } from './docker-traces.ts';

const { docker, prepareImage, skip } = await findTestEngine();
const within = { timeout: 60_000, interval: 50 };

let network: DevNetwork;
let operator: SeedAgent;

beforeAll(async () => {
  const grpc = { host: '127.0.0.1', port: 0, tls: null };
  network = await startDevNetwork({ marketplace: { grpc } });
  operator = new SeedAgent(network.marketplaceUrl, Keypair.generate().publicKey.toBase58());
  operator.apiKey = network.adminApiKey;
  expect(await operator.call('/api/marketplace/fund')).toMatchObject({ status: 200 });
});
afterAll(() => network.stop());

function balanceOf(wallet: string): Promise<number> {
  return new Connection(network.localnet.rpcUrl, 'confirmed').getBalance(new PublicKey(wallet));
}

describe('a plain script in the words of the node3 seed', () => {
  it('[10.14] [7.01] registers, polls, accepts, completes, and is paid on chain', async () => {
    const url = network.marketplaceUrl;
    const wallet = Keypair.generate().publicKey.toBase58();
    expect(await balanceOf(wallet)).toBe(0);
    const created = await operator.call('/api/admin/jobs/create', {
      job_type: 'inference',
      docker_image: 'python:3.11-slim',
      command: ['python', '-c', 'print(42)'],
      gpu_memory_required: 8_589_934_592,
      requires_gpu: true,
      reward: 0.01,
    });
    expect(created).toMatchObject({ status: 200, body: { status: 'created' } });

    const agent = new SeedAgent(url, wallet);
    expect(await agent.register()).toMatchObject({ status: 200 });
    const [job] = await agent.available();
    expect(job).toMatchObject({ job_id: created.body.job_id, reward: 0.01, timeout: 300 });
    const jobId = job?.job_id ?? '';
    expect(await agent.accept(jobId)).toMatchObject({ body: { status: 'accepted' } });
    const report = { output_data: '42', execution_time: 0.1 };
    expect(await agent.call(`/api/jobs/${jobId}/complete`, report)).toMatchObject({
      body: { status: 'completed', reward: 0.01 },
    });
    await expect.poll(() => balanceOf(wallet), { timeout: 20_000 }).toBe(10_000_000);
  });
});

describe('a worker of Hodei, over gRPC', () => {
  it('runs a job of each transport, and is paid on chain', async () => {
    const address = network.grpcAddress ?? '';
    const wallet = Keypair.generate().publicKey.toBase58();
    const run = async () => ({ lines: ['done'], exitCode: 0 });
    const worker = await startGrpcWorker(address, { info: workerInfo(wallet) }, run);
    const poster = testGrpc(address, network.adminApiKey);
    const job_definition = { image: 'alpine', command: { shell: { cmd: 'true' } } };
    await poster.call('JobExecution/QueueJob', { job_definition });
    const body = {
      workload: { kind: 'container' as const, image: 'alpine', command: ['true'] },
      price: { kind: 'fixed' as const, reward: { amount: '0.002', asset: 'SOL' as const } },
    };
    await network.operator.call(createJob, { body });
    await expect.poll(() => balanceOf(wallet), { timeout: 20_000 }).toBe(3_000_000);
    await worker.grpc.call('WorkerAgent/UnregisterWorker');
    worker.cancel();
    poster.close();
  });
});

/** What the seed's test asks for: a page of JSON, with the operator's key where it has to be. */
async function read(address: string, path: string, key?: string): Promise<Answer> {
  const headers: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
  return (await (await fetch(address + path, { headers })).json()) as Answer;
}

interface Answer {
  wallet_address: string;
  agents: { gpu_model: string; status: string }[];
  jobs: { job_id: string; status: string; reward: number }[] & { by_status: { completed: number } };
  payments: { job_id: string; status: string; amount: number; signature: string }[] & {
    total_count: number;
    total_amount: number;
  };
}

describe.skipIf(skip)('the seven steps of the seed’s own test, with a real agent', () => {
  it('[10.14] from health to a larger balance, by its endpoints alone', async () => {
    const market = network.marketplaceUrl;
    const stats = () => read(market, '/api/admin/stats', network.adminApiKey);
    const image = await prepareImage();
    // What was paid before is final, and counted, somewhat later than it is in the wallet.
    const before = await vi.waitFor(async () => {
      const settled = await stats();
      expect(settled.payments.total_count).toBe(settled.jobs.by_status.completed ?? 0);
      return settled;
    }, within);

    // 1. The marketplace is healthy.
    expect(await read(market, '/health')).toMatchObject({
      status: 'healthy',
      database: 'connected',
      payment_system: 'ok',
    });

    // 2. The agent is there, and the marketplace knows it.
    const agent = await network.startAgent('seven-steps');
    await agent.ready();
    const status = await read(agent.url, '/api/status');
    expect(status).toMatchObject({ status: 'running', gpus: [{ index: 0 }], active_jobs: 0 });
    await vi.waitFor(async () => {
      const { agents } = await read(market, '/api/marketplace/agents');
      const free = agents.filter((one) => one.status === 'available' && one.gpu_model !== null);
      expect(free.length).toBeGreaterThan(0);
    }, within);
    const balanceBefore = await balanceOf(status.wallet_address);

    // 3. A job is created.
    const created = await operator.call('/api/admin/jobs/create', {
      job_type: 'test',
      docker_image: image,
      command: ['node', '-e', 'console.log(42)'],
      requires_gpu: true,
      reward: 0.02,
    });
    const jobId = created.body.job_id ?? '';
    try {
      expect(created).toMatchObject({ status: 200, body: { status: 'created' } });

      // 4. and 5. The agent accepts it by itself, and runs it.
      await vi.waitFor(async () => {
        const { jobs } = await read(agent.url, '/api/jobs');
        expect(jobs.find(({ job_id: id }) => id === jobId)).toMatchObject({
          job_type: 'test',
          status: 'completed',
          reward: 0.02,
        });
      }, within);

      // 6. It is paid: in the history, and on the chain.
      await vi.waitFor(async () => {
        const { payments } = await read(market, '/api/payments/history', network.adminApiKey);
        expect(payments.find(({ job_id: id }) => id === jobId)).toMatchObject({
          status: 'confirmed',
          amount: 0.02,
          signature: expect.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{64,88}$/),
        });
        expect(await balanceOf(status.wallet_address)).toBe(balanceBefore + 20_000_000);
      }, within);

      // 7. The numbers have moved by exactly that.
      await vi.waitFor(async () => {
        const { jobs, payments } = await stats();
        expect(jobs.by_status.completed).toBe((before.jobs.by_status.completed ?? 0) + 1);
        expect(payments.total_count).toBe(before.payments.total_count + 1);
        expect(payments.total_amount).toBeCloseTo(before.payments.total_amount + 0.02, 9);
      }, within);
    } finally {
      await removeTraces(docker, jobId);
    }
  });
});
