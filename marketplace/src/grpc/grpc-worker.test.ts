import { createClient } from '@node3/shared/client';
import { issueRegistrationToken } from '@node3/shared/routes/admin-agents';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type GrpcWorker, startGrpcWorker, workerInfo } from '../testing/grpc-worker.ts';
import { type Message, refusalOf, type TestGrpc, testGrpc } from '../testing/test-grpc.ts';
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

  it('[1.05] [1.06] registers once with its token, for the wallet of it, and comes back as who it is', async () => {
    const { worker, wallet, token } = await start();
    const anonymous = testGrpc(address, null);
    const register = (message: Message) => anonymous.call('WorkerAgent/Register', message);
    const again = { auth_token: token, worker_info: workerInfo(wallet) };
    const used = { status: 'UNAUTHENTICATED', code: 'REGISTRATION_TOKEN_INVALID' };
    expect(await refusalOf(register(again))).toMatchObject(used);
    const other = workerInfo(testWallet().address);
    const foreign = { auth_token: await tokenFor(wallet), worker_info: other };
    expect(await refusalOf(register(foreign))).toMatchObject(used);
    const { workerId, sessionId } = worker;
    expect(await register({ session_id: sessionId })).toMatchObject({
      worker_id: workerId,
      session_id: sessionId,
    });
    const wrongSession = { session_id: `${sessionId.slice(0, -4)}aaaa` };
    expect(await refusalOf(register(wrongSession))).toMatchObject({ code: 'AUTH_INVALID' });
    const moved = { session_id: sessionId, worker_info: other };
    expect(await refusalOf(register(moved))).toMatchObject({ code: 'AUTH_FORBIDDEN' });
    for (const [field, info] of [
      ['worker_info.wallet_address', workerInfo('')],
      ['worker_info.name', workerInfo(wallet, { name: '' })],
      ['worker_info.capacity.cpu_cores', workerInfo(wallet, { capacity: { memory_bytes: 1 } })],
      ['worker_info.architecture', workerInfo(wallet, { architecture: 'mips' })],
    ] as const) {
      const refusal = await refusalOf(register({ worker_info: info }));
      expect(refusal.fields).toMatchObject([{ field }]);
    }
    anonymous.close();
  });

  it('[6.21] hears of a cancellation at once, and ends the job', async () => {
    const { worker } = await start(async (_, cancelled) => {
      await cancelled;
      return { lines: ['stopping'], exitCode: 143 };
    });
    const jobId = await post();
    await untilState(jobId, 'running');
    const cancelling = await grpc.call('JobExecution/CancelJob', { job_id: jobId });
    expect(cancelling).toMatchObject({ success: true, status: 'JOB_STATUS_RUNNING' });
    expect(await worker.next('cancel')).toMatchObject({ cancel: { job_id: jobId } });
    await untilState(jobId, 'cancelled');
    expect(await grpc.call('JobExecution/GetJob', { job_id: jobId })).toMatchObject({
      result: { success: false, reason: 'cancelled_by_requester' },
    });
  });

  it('keeps its job over a stream that breaks, where it names it', async () => {
    const { worker } = await start();
    const jobId = await post();
    const { message_id: messageId } = await worker.next('run_job');
    worker.send({ ack: { message_id: messageId, success: true } });
    await untilState(jobId, 'assigned');
    worker.cancel();
    const { sessionId } = worker;
    const second = await startGrpcWorker(address, { sessionId }, null);
    workers.push(second);
    expect(second.workerId).toBe(worker.workerId);
    second.send({ message_id: 'beat', heartbeat: { running_job_ids: [jobId] } });
    await vi.waitFor(
      () => expect(acksOf(second, 'beat')).toMatchObject([{ success: true }]),
      within,
    );
    second.send({ message_id: 'end', result: { job_id: jobId, success: true } });
    await untilState(jobId, 'succeeded');
  });

  it('is told about a job again that it has not acknowledged', async () => {
    const { worker } = await start();
    const jobId = await post();
    await worker.next('run_job');
    const { sessionId } = worker;
    const second = await startGrpcWorker(address, { sessionId }, null);
    workers.push(second);
    expect(await second.next('run_job')).toMatchObject({ run_job: { job_id: jobId } });
    second.send({ message_id: 'log', log: { job_id: jobId, line: 'taken', sequence: 1 } });
    second.send({ message_id: 'end', result: { job_id: jobId, success: false, exit_code: 3 } });
    await untilState(jobId, 'failed');
    expect(await read(jobId)).toMatchObject({ reason: 'nonzero_exit', exitCode: 3 });
  });
});

function acksOf({ seen }: GrpcWorker, messageId: string): unknown[] {
  return seen.flatMap(({ ack }) => (ack?.message_id === messageId ? [ack] : []));
}

describe('what a worker says too late, twice or wrongly', () => {
  it('changes nothing', async () => {
    const { worker: slow } = await start();
    const jobId = await post();
    const { message_id: messageId } = await slow.next('run_job');
    const { worker: quick } = await start(async () => ({ lines: [], exitCode: 0 }));
    // It gives the job back: another gets it, and it is paid to that one alone.
    slow.send({ ack: { message_id: messageId, success: false } });
    await untilState(jobId, 'succeeded');
    const { settlement, executions } = await read(jobId);
    expect(executions.at(-1)?.agentId).toBe(quick.workerId);
    slow.send({ message_id: 'late', result: { job_id: jobId, success: false, exit_code: 1 } });
    slow.send({ message_id: 'late log', log: { job_id: jobId, line: 'late', sequence: 1 } });
    for (const late of ['late', 'late log']) {
      await vi.waitFor(() => {
        expect(acksOf(slow, late)).toMatchObject([{ success: false, error_code: 'LEASE_STALE' }]);
      }, within);
    }
    quick.send({ message_id: 'twice', result: { job_id: jobId, success: true } });
    quick.send({ message_id: 'otherwise', result: { job_id: jobId, success: false } });
    await vi.waitFor(() => {
      expect(acksOf(quick, 'twice')).toMatchObject([{ success: true }]);
      expect(acksOf(quick, 'otherwise')).toMatchObject([{ error_code: 'LEASE_STALE' }]);
    }, within);
    expect(await read(jobId)).toMatchObject({ state: 'succeeded', settlement });
  });

  it('is answered with what was wrong, and the stream goes on', async () => {
    const { worker } = await start();
    const jobId = await post();
    await worker.next('run_job');
    const entry = (sequence: number) => ({ job_id: jobId, line: 'x', sequence });
    const wrong = {
      nothing: {},
      gap: { log_batch: { job_id: jobId, entries: [entry(1), entry(3)] } },
      percent: { progress: { job_id: jobId, progress_percent: 101 } },
      offer: { heartbeat: { worker_info: workerInfo('x', { region: 'NO Region' }) } },
    };
    for (const [id, message] of Object.entries(wrong)) worker.send({ message_id: id, ...message });
    for (const id of Object.keys(wrong)) {
      await vi.waitFor(() => {
        expect(acksOf(worker, id)).toMatchObject([
          { success: false, error_code: 'REQUEST_INVALID' },
        ]);
      }, within);
    }
    worker.send({ message_id: 'end', result: { job_id: jobId, success: true } });
    await untilState(jobId, 'succeeded');
  });
});

describe('a worker that leaves', () => {
  it('[1.12] is drained by the operator, and its jobs go to others when it is taken out', async () => {
    const { worker } = await start();
    const jobId = await post();
    const { message_id: messageId } = await worker.next('run_job');
    worker.send({ ack: { message_id: messageId, success: true } });
    await untilState(jobId, 'assigned');
    const admin = testGrpc(address, market.adminApiKey);
    const { workerId } = worker;
    const drained = await admin.call('WorkerAgent/DrainWorker', {
      worker_id: workerId,
      grace_period_ms: 60_000,
    });
    expect(drained).toMatchObject({ job_ids_affected: [jobId] });
    expect(drained['drain_deadline']).not.toBeNull();
    expect(await worker.next('drain')).toMatchObject({ drain: { draining: true } });
    const status = { worker_id: workerId, status: 'WORKER_STATUS_READY' };
    // Whoever was drained by the operator does not end it.
    expect(await worker.grpc.call('WorkerAgent/UpdateWorkerStatus', status)).toMatchObject({
      status: 'WORKER_STATUS_DRAINING',
    });
    const foreign = { worker_id: 'agt_00000000000000000000000000' };
    expect(await refusalOf(worker.grpc.call('WorkerAgent/DrainWorker', foreign))).toMatchObject({
      code: 'AUTH_FORBIDDEN',
    });
    expect(await worker.grpc.call('WorkerAgent/UnregisterWorker')).toMatchObject({
      jobs_migrated: 1,
    });
    await untilState(jobId, 'queued');
    expect(await refusalOf(worker.grpc.call('WorkerAgent/UnregisterWorker'))).toMatchObject({
      status: 'UNAUTHENTICATED',
    });
    await grpc.call('JobExecution/CancelJob', { job_id: jobId });
    admin.close();
  });

  it('[5.27] by itself hands back what it has not begun', async () => {
    const { worker } = await start();
    const jobId = await post();
    await worker.next('run_job');
    worker.send({ self_terminate: { reason: 'idle' } });
    await untilState(jobId, 'queued');
    await grpc.call('JobExecution/CancelJob', { job_id: jobId });
  });

  it('gets nothing while it says that it drains, and is seen to', async () => {
    const { worker } = await start();
    const stream = grpc.stream('WorkerAgent/WorkerStatusStream', { worker_id: worker.workerId });
    const seen: unknown[] = [];
    stream.on('data', ({ status }: Message) => seen.push(status));
    stream.on('error', () => undefined);
    await vi.waitFor(() => expect(seen).toEqual(['WORKER_STATUS_READY']), within);
    worker.send({ message_id: 'leaving', status: { status: 'WORKER_STATUS_DRAINING' } });
    await vi.waitFor(() => expect(acksOf(worker, 'leaving')).toHaveLength(1), within);
    const jobId = await post();
    await vi.waitFor(() => expect(seen).toHaveLength(2), within);
    expect(seen.at(-1)).toBe('WORKER_STATUS_DRAINING');
    expect((await read(jobId)).state).toBe('queued');
    worker.send({ status: { status: 'WORKER_STATUS_READY' } });
    expect(await worker.next('run_job')).toMatchObject({ run_job: { job_id: jobId } });
    stream.cancel();
    worker.send({ result: { job_id: jobId, success: true } });
    await untilState(jobId, 'succeeded');
  });
});

describe('a worker without a stream', () => {
  async function registered() {
    const { address: wallet } = testWallet();
    const info = workerInfo(wallet);
    const anonymous = testGrpc(address, null);
    const token = await tokenFor(wallet);
    const reply = await anonymous.call('WorkerAgent/Register', {
      auth_token: token,
      worker_info: info,
    });
    anonymous.close();
    return testGrpc(address, String(reply['session_id']));
  }

  it('[1.17] takes a job by its id, says how far it is, and completes it', async () => {
    const own = await registered();
    const call = (name: string, message: Message) => own.call(`JobExecution/${name}`, message);
    const jobId = await post({
      workload: { kind: 'script', language: 'python', code: 'print(1)' },
    });
    const job = { job_id: jobId };
    expect(await call('AssignJob', job)).toMatchObject({
      run_job: { command: { script: { interpreter: 'python', content: 'print(1)' } } },
    });
    await call('StartJob', job);
    const said = { ...job, progress_percent: 40, stage: 'training', message: 'epoch 2' };
    expect(await call('UpdateProgress', said)).toMatchObject({ cancel_requested: false });
    expect((await read(jobId)).executions.at(-1)).toMatchObject({
      progress: { percent: 40, stage: 'training', message: 'epoch 2' },
    });
    const other = await registered();
    const stolen = other.call('JobExecution/CompleteJob', { ...job, exit_code: 0 });
    expect(await refusalOf(stolen)).toMatchObject({ status: 'ABORTED', code: 'LEASE_STALE' });
    const done = { ...job, exit_code: 0, output: 'one\ntwo\n', error_output: 'a warning' };
    // Its output is stored, and its end is not: it says the same again, and no line is there twice.
    vi.spyOn(market.store, 'changeExecution').mockRejectedValueOnce(new Error('the store is away'));
    expect(await refusalOf(call('CompleteJob', done))).toMatchObject({ status: 'INTERNAL' });
    for (let i = 0; i < 2; i += 1) {
      expect(await call('CompleteJob', done)).toMatchObject({ status: 'JOB_STATUS_SUCCEEDED' });
    }
    expect(await refusalOf(call('FailJob', { ...job, error_type: 'IO_ERROR' }))).toMatchObject({
      code: 'LEASE_STALE',
    });
    expect(await grpc.call('JobExecution/GetJob', job)).toMatchObject({
      output: 'one\ntwo\n',
      error_output: 'a warning\n',
      result: { success: true, exit_code: 0 },
    });
    own.close();
    other.close();
  });

  it('[1.19] says whose failure it was, and the job goes on or ends', async () => {
    const own = await registered();
    const fail = async (message: Message) => {
      const jobId = await post();
      await own.call('JobExecution/AssignJob', { job_id: jobId });
      await own.call('JobExecution/FailJob', {
        job_id: jobId,
        error_message: 'broken',
        ...message,
      });
      const job = await read(jobId);
      if (job.state === 'queued') await grpc.call('JobExecution/CancelJob', { job_id: jobId });
      return [job.state, job.executions.at(-1)?.reason];
    };
    expect(await fail({ error_type: 'INFRASTRUCTURE_ERROR', retryable: true })).toEqual([
      'queued',
      'engine_error',
    ]);
    expect(await fail({ error_type: 'EXECUTION_TIMEOUT' })).toEqual(['timed_out', 'run_timeout']);
    expect(await fail({})).toEqual(['failed', 'request_invalid']);
    own.close();
  });
});
