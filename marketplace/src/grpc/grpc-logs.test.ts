import { createJob, getJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type GrpcWorker, startGrpcWorker, workerInfo } from '../testing/grpc-worker.ts';
import { allOf, type Message, type TestGrpc, testGrpc } from '../testing/test-grpc.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testWallet,
} from '../testing/test-marketplace.ts';

const within = { timeout: 20_000, interval: 10 };

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
let grpc: TestGrpc;
let worker: GrpcWorker;

beforeAll(async () => {
  market = await startTestMarketplace({ grpc: { host: '127.0.0.1', port: 0, tls: null } });
  const address = market.grpcAddress ?? '';
  requester = await openFundedAccount(market);
  grpc = testGrpc(address, requester.apiKey);
  // Anybody may register on a local chain.
  const info = workerInfo(testWallet().address);
  worker = await startGrpcWorker(address, { info }, null);
});
afterAll(async () => {
  worker.cancel();
  grpc.close();
  await market.stop();
});

const post = async (changes: Parameters<typeof testJob>[0] = {}) =>
  (await requester.client.call(createJob, { body: testJob(changes) })).jobId;
const untilState = (jobId: string, state: string) =>
  vi.waitFor(async () => {
    expect(await requester.client.call(getJob, { params: { jobId } })).toMatchObject({ state });
  }, within);
const lastAck = (messageId: string) =>
  worker.seen.map(({ ack }) => ack).findLast((ack) => ack?.message_id === messageId);

describe('the log of a job', () => {
  it('[6.19] comes while it runs, from where it is asked for', async () => {
    const jobId = await post();
    await worker.next('run_job');
    const line = (sequence: number) => ({ job_id: jobId, line: `line ${sequence}`, sequence });
    worker.send({ log_batch: { job_id: jobId, entries: [1, 2, 3].map(line) } });
    const all = grpc.stream('LogStream/SubscribeLogs', { job_id: jobId, include_history: true });
    const seen: unknown[] = [];
    all.on('data', ({ line: text }: Message) => seen.push(text));
    await vi.waitFor(() => expect(seen).toEqual(['line 1', 'line 2', 'line 3']), within);
    const ended = new Promise((resolve) => all.once('end', resolve));
    const tail = { job_id: jobId, include_history: true, tail_lines: 1 };
    const lastLine = allOf(grpc.stream('LogStream/SubscribeLogs', tail));
    const since = allOf(
      grpc.stream('LogStream/SubscribeLogs', { job_id: jobId, since_sequence: 2 }),
    );
    worker.send({ log: { ...line(4), is_stderr: true } });
    await vi.waitFor(() => expect(seen).toHaveLength(4), within);
    worker.send({ result: { job_id: jobId, success: true } });
    await ended;
    expect((await lastLine).at(-1)).toMatchObject({ line: 'line 4', is_stderr: true, sequence: 4 });
    expect(await since).toMatchObject([{ line: 'line 3' }, { line: 'line 4' }]);
    const page = await grpc.call('LogStream/GetLogs', { job_id: jobId, limit: 3 });
    expect(page).toMatchObject({ entries: [{}, {}, {}], has_more: true });
    const rest = { job_id: jobId, limit: 3, since_sequence: 3 };
    expect(await grpc.call('LogStream/GetLogs', rest)).toMatchObject({
      entries: [{ line: 'line 4' }],
      has_more: false,
    });
  });

  it('waits in the store for a reader that is slow, and not in memory', async () => {
    const jobId = await post({ limits: { logBytes: 64 * 1024 ** 2 } });
    await worker.next('run_job');
    const text = 'x'.repeat(15_000);
    const perBatch = 60;
    const batches = 16;
    for (let batch = 0; batch < batches; batch += 1) {
      const entries = Array.from({ length: perBatch }, (_, index) => ({
        job_id: jobId,
        line: text,
        sequence: batch * perBatch + index + 1,
      }));
      worker.send({ message_id: `batch ${batch}`, log_batch: { job_id: jobId, entries } });
    }
    await vi.waitFor(() => {
      const stored = { success: true, acked_sequence: batches * perBatch };
      expect(lastAck(`batch ${batches - 1}`)).toMatchObject(stored);
    }, within);
    worker.send({ result: { job_id: jobId, success: true } });
    await untilState(jobId, 'succeeded');
    const reads = vi.spyOn(market.store, 'readLogBlocks');
    const stream = grpc.stream('LogStream/SubscribeLogs', { job_id: jobId, include_history: true });
    await vi.waitFor(() => expect(reads).toHaveBeenCalled(), within);
    // Time to run ahead in, for a server that would.
    for (let i = 0; i < 50; i += 1)
      await grpc.call('LogStream/GetLogs', { job_id: 'none' }).catch(() => undefined);
    const ahead = reads.mock.calls.length;
    const lines = await allOf(stream);
    const total = reads.mock.calls.length;
    reads.mockRestore();
    expect(lines.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: batches * perBatch }, (_, index) => index + 1),
    );
    expect(total).toBeGreaterThan(10);
    expect(ahead).toBeLessThan(total / 2);
  });
});
