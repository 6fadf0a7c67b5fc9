import { SeedAgent } from '@node3/marketplace/testing/seed-agent';
import { Connection, Keypair } from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, startDevNetwork } from './dev-network.ts';

let network: DevNetwork;

beforeAll(async () => {
  network = await startDevNetwork();
});
afterAll(() => network.stop());

describe('a plain script in the words of the node3 seed', () => {
  it('[10.14] [7.01] registers, polls, accepts, completes, and is paid on chain', async () => {
    const url = network.marketplaceUrl;
    const wallet = Keypair.generate().publicKey;
    const connection = new Connection(network.localnet.rpcUrl, 'confirmed');
    const balance = () => connection.getBalance(wallet);
    expect(await balance()).toBe(0);
    const operator = new SeedAgent(url, wallet.toBase58());
    operator.apiKey = network.adminApiKey;
    expect(await operator.call('/api/marketplace/fund')).toMatchObject({ status: 200 });
    const created = await operator.call('/api/admin/jobs/create', {
      job_type: 'inference',
      docker_image: 'python:3.11-slim',
      command: ['python', '-c', 'print(42)'],
      gpu_memory_required: 8_589_934_592,
      requires_gpu: true,
      reward: 0.01,
    });
    expect(created).toMatchObject({ status: 200, body: { status: 'created' } });

    const agent = new SeedAgent(url, wallet.toBase58());
    expect(await agent.register()).toMatchObject({ status: 200 });
    const [job] = await agent.available();
    expect(job).toMatchObject({ job_id: created.body.job_id, reward: 0.01, timeout: 300 });
    const jobId = job?.job_id ?? '';
    expect(await agent.accept(jobId)).toMatchObject({ body: { status: 'accepted' } });
    const report = { output_data: '42', execution_time: 0.1 };
    expect(await agent.call(`/api/jobs/${jobId}/complete`, report)).toMatchObject({
      body: { status: 'completed', reward: 0.01 },
    });
    await expect.poll(balance, { timeout: 20_000 }).toBe(10_000_000);
  });
});
