import { createClient } from '@node3/shared/client';
import { MarketError } from '@node3/shared/error';
import { issueRegistrationToken } from '@node3/shared/routes/admin-agents';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type GrpcWorker, startGrpcWorker, workerInfo } from '../testing/grpc-worker.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testWallet,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
let worker: GrpcWorker;
const within = { timeout: 20_000, interval: 10 };

beforeAll(async () => {
  market = await startTestMarketplace({ grpc: { host: '127.0.0.1', port: 0, tls: null } });
  requester = await openFundedAccount(market);
  const { address: wallet } = testWallet();
  const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
  const { token } = await operator.call(issueRegistrationToken, { body: { wallet } });
  const registration = { token, info: workerInfo(wallet) };
  worker = await startGrpcWorker(market.grpcAddress ?? '', registration, null);
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  worker.cancel();
  await market.stop();
});

const post = async () => (await requester.client.call(createJob, { body: testJob() })).jobId;
const read = (jobId: string) => requester.client.call(getJob, { params: { jobId } });
const untilState = (jobId: string, state: string) =>
  vi.waitFor(async () => expect(await read(jobId)).toMatchObject({ state }), within);
const acksOf = (messageId: string) =>
  worker.seen.flatMap(({ ack }) => (ack?.message_id === messageId ? [ack] : []));

describe('the stream of a worker', () => {
  it('may correct a report that was refused', async () => {
    const jobId = await post();
    await worker.next('run_job');
    const wrong = {
      contradicts: { success: true, exit_code: 3 },
      time: { success: true, run_ms: -5 },
      memory: { success: true, peak_memory_bytes: -1 },
      code: { success: false, exit_code: 1_000 },
    };
    for (const [id, result] of Object.entries(wrong)) {
      worker.send({ message_id: id, result: { job_id: jobId, ...result } });
      await vi.waitFor(() => {
        expect(acksOf(id)).toMatchObject([{ error_code: 'REQUEST_INVALID' }]);
      }, within);
    }
    worker.send({ result: { job_id: jobId, success: true } });
    await untilState(jobId, 'succeeded');
  });

  it('keeps the lease of one when another one is not its own any more', async () => {
    const kept = await post();
    const { message_id: messageId } = await worker.next('run_job');
    worker.send({ message_id: 'ack', ack: { message_id: messageId, success: true } });
    await vi.waitFor(async () => {
      expect((await read(kept)).executions.at(-1)).toMatchObject({ state: 'preparing' });
    }, within);
    const lost = await post();
    await worker.next('run_job');
    const change = vi.spyOn(market.store, 'changeExecution');
    change.mockRejectedValueOnce(new MarketError('LEASE_STALE'));
    worker.send({ message_id: 'both', heartbeat: { running_job_ids: [lost, kept] } });
    await vi.waitFor(() => expect(acksOf('both')).toMatchObject([{ success: true }]), within);
    expect(await worker.next('cancel')).toMatchObject({ cancel: { job_id: lost } });
    worker.send({ result: { job_id: kept, success: true } });
    await untilState(kept, 'succeeded');
    await requester.client.call(cancelJob, { params: { jobId: lost } });
  });

  it('has its stream ended when it leaves, though it keeps its own side open', async () => {
    const stream = worker.grpc.duplex('WorkerAgent/WorkerStream');
    const ended = Promise.withResolvers<number>();
    stream.on('data', () => undefined);
    stream.on('error', () => undefined);
    stream.on('status', ({ code }: { code: number }) => ended.resolve(code));
    stream.write({ self_terminate: { reason: 'idle' } });
    expect(await ended.promise).toBe(0);
  });
});
