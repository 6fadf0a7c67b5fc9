import { createClient } from '@node3/shared/client';
import { issueRegistrationToken } from '@node3/shared/routes/admin-agents';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type GrpcWorker, startGrpcWorker, workerInfo } from '../testing/grpc-worker.ts';
import { type Message, type TestGrpc, testGrpc } from '../testing/test-grpc.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testWallet,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let address: string;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
let grpc: TestGrpc;
const workers: GrpcWorker[] = [];
const within = { timeout: 20_000, interval: 10 };

beforeAll(async () => {
  market = await startTestMarketplace({ grpc: { host: '127.0.0.1', port: 0, tls: null } });
  address = market.grpcAddress ?? '';
  requester = await openFundedAccount(market);
  grpc = testGrpc(address, requester.apiKey);
});
afterAll(async () => {
  grpc.close();
  expect(await market.store.verifyLedger()).toMatchObject({ balanced: true, problems: [] });
  await market.stop();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    // It is out of the market: the jobs of the next test are not for it.
    await worker.grpc.call('WorkerAgent/UnregisterWorker').catch(() => undefined);
    worker.cancel();
  }
});

const operator = () => createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
const tokenFor = async (wallet: string) =>
  (await operator().call(issueRegistrationToken, { body: { wallet } })).token;

async function start(run: Parameters<typeof startGrpcWorker>[2] = null, info: Message = {}) {
  const { address: wallet } = testWallet();
  const token = await tokenFor(wallet);
  const registration = { token, info: workerInfo(wallet, info) };
  const worker = await startGrpcWorker(address, registration, run);
  workers.push(worker);
  return { worker, wallet, token };
}

const post = async (changes: Parameters<typeof testJob>[0] = {}) =>
  (await requester.client.call(createJob, { body: testJob(changes) })).jobId;
const read = (jobId: string) => requester.client.call(getJob, { params: { jobId } });
const untilState = (jobId: string, state: string) =>
  vi.waitFor(async () => expect(await read(jobId)).toMatchObject({ state }), within);

describe('a worker that is written against the proto files', () => {
  it('[1.05] runs jobs of both transports and is paid to the wallet that its token names', async () => {
    const seenJobs: Message[] = [];
    const { worker, wallet } = await start(async (job) => {
      seenJobs.push(job);
      return { lines: ['hello', 'world'], exitCode: 0 };
    });
    const workload = { kind: 'container' as const, image: 'alpine', command: ['echo', 'a b'] };
    const byRest = await post({ workload });
    const queued = await grpc.call('JobExecution/QueueJob', {
      job_definition: {
        name: 'by grpc',
        command: { shell: { cmd: 'date' } },
        image: 'alpine',
        requirements: { architecture: 'x86_64' },
      },
    });
    for (const jobId of [byRest, queued['job_id'] as string]) {
      await untilState(jobId, 'succeeded');
      const { settlement, executions } = await read(jobId);
      expect(executions).toMatchObject([{ agentId: worker.workerId, exitCode: 0 }]);
      expect(settlement).toMatchObject({
        providerShare: { amount: '0.001', asset: 'SOL' },
        payout: { wallet, money: { amount: '0.001', asset: 'SOL' } },
      });
    }
    expect(seenJobs).toMatchObject([
      { command: { shell: { cmd: 'echo', args: ['a b'] } } },
      { command: { shell: { cmd: '/bin/sh', args: ['-c', 'date'] } } },
    ]);
    expect(await grpc.call('LogStream/GetLogs', { job_id: byRest })).toMatchObject({
      entries: [{ line: 'hello' }, { line: 'world' }],
      has_more: false,
    });
  });
});
