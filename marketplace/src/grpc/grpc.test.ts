import { createJob } from '@node3/shared/routes/jobs';
import { createKey } from '@node3/shared/routes/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import { allOf, type Message, refusalOf, type TestGrpc, testGrpc } from '../testing/test-grpc.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testOffer,
} from '../testing/test-marketplace.ts';

const onLoopback = { host: '127.0.0.1', port: 0, tls: null };

let market: TestMarketplace;
let address: string;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
let grpc: TestGrpc;
let operator: TestGrpc;
const opened: TestGrpc[] = [];

function client(key: string | null): TestGrpc {
  const made = testGrpc(address, key);
  opened.push(made);
  return made;
}

beforeAll(async () => {
  market = await startTestMarketplace({ grpc: onLoopback, unitsPerMinute: 5_000 });
  address = market.grpcAddress ?? '';
  requester = await openFundedAccount(market);
  grpc = client(requester.apiKey);
  operator = client(market.adminApiKey);
});
afterAll(async () => {
  for (const one of opened) one.close();
  await market.stop();
});

const definition = (more: Message = {}): Message => ({
  name: 'a job',
  command: { shell: { cmd: 'echo', args: ['hello'] } },
  ...more,
});
const queue = async (more: Message = {}) =>
  String((await grpc.call('JobExecution/QueueJob', { job_definition: definition(more) })).job_id);

describe('who may call', () => {
  it.each([
    ['no key', null, 'UNAUTHENTICATED', 'AUTH_REQUIRED'],
    ['a wrong key', 'n3_wrong', 'UNAUTHENTICATED', 'AUTH_INVALID'],
  ])('is refused with %s', async (_, key, status, code) => {
    const refusal = await refusalOf(client(key).call('JobExecution/ListJobs'));
    expect(refusal).toMatchObject({ status, code, info: { reason: code, domain: 'node3' } });
    expect(refusal.info?.['metadata']).toMatchObject({ fix: refusal.fix });
  });

  it('needs the scope that REST asks for', async () => {
    const body = { name: 'reader', scopes: ['read-only' as const] };
    const { apiKey } = await requester.client.call(createKey, { body });
    const reader = client(apiKey);
    expect(await reader.call('JobExecution/ListJobs')).toMatchObject({ jobs: [] });
    const forbidden = { status: 'PERMISSION_DENIED', code: 'AUTH_FORBIDDEN' };
    const post = reader.call('JobExecution/QueueJob', { job_definition: definition() });
    expect(await refusalOf(post)).toMatchObject(forbidden);
    expect(await refusalOf(grpc.call('Audit/GetAuditLogs'))).toMatchObject(forbidden);
    const agent = await registerTestAgent(market, 'not a requester');
    const asAgent = client(agent.apiKey);
    expect(await refusalOf(asAgent.call('JobExecution/ListJobs'))).toMatchObject(forbidden);
    expect(await refusalOf(grpc.call('JobExecution/StartJob'))).toMatchObject(forbidden);
  });

  it('sees no job of anybody else', async () => {
    const jobId = await queue();
    const other = client((await openFundedAccount(market)).apiKey);
    const calls = ['GetJob', 'CancelJob'].map((name) =>
      refusalOf(other.call(`JobExecution/${name}`, { job_id: jobId })),
    );
    const log = refusalOf(other.call('LogStream/GetLogs', { job_id: jobId }));
    const decision = other.call('Scheduler/GetSchedulingDecision', { job_id: jobId });
    for (const refusal of await Promise.all([...calls, log, refusalOf(decision)])) {
      expect(refusal).toMatchObject({ status: 'NOT_FOUND', code: 'JOB_NOT_FOUND' });
    }
    const streams = [
      other.stream('LogStream/SubscribeLogs', { job_id: jobId }),
      other.stream('JobExecution/ExecutionEventStream', { job_id: jobId }),
      other.stream('Scheduler/SchedulingDecisionStream', { job_id: jobId }),
    ];
    for (const stream of streams) {
      expect(await refusalOf(allOf(stream))).toMatchObject({ code: 'JOB_NOT_FOUND' });
    }
  });

  it('has one quota for both transports', async () => {
    const frugal = await startTestMarketplace({ grpc: onLoopback, unitsPerMinute: 100 });
    const account = await openFundedAccount(frugal);
    const own = testGrpc(frugal.grpcAddress ?? '', account.apiKey);
    const overHttp = async () =>
      (
        await fetch(`${frugal.url}/api/v1/jobs`, {
          headers: { authorization: `Bearer ${account.apiKey}` },
        })
      ).headers.get('ratelimit');
    const before = Number(/r=(\d+)/.exec((await overHttp()) ?? '')?.[1]);
    for (let i = 0; i < 4; i += 1) await own.call('JobExecution/ListJobs');
    const refusal = await refusalOf(own.call('JobExecution/ListJobs'));
    expect(before).toBeLessThan(100);
    expect(refusal).toMatchObject({ status: 'RESOURCE_EXHAUSTED', code: 'RATE_LIMITED' });
    expect(refusal.retry).not.toBeNull();
    own.close();
    await frugal.stop();
  });
});

describe('a job of a requester', () => {
  it('[2.17] is queued once under its own name, read, listed and cancelled', async () => {
    const named = { job_id: 'client-job-1', name: 'train a model', image: 'alpine:3' };
    const jobId = await queue(named);
    expect(await queue(named)).toBe(jobId);
    const job = await grpc.call('JobExecution/GetJob', { job_id: 'client-job-1' });
    expect(job).toMatchObject({
      job: { job_id: jobId, name: 'train a model', status: 'JOB_STATUS_PENDING' },
      definition: {
        image: 'alpine:3',
        command: { shell: { cmd: 'echo', args: ['hello'] } },
        timeout_ms: 300_000,
        max_attempts: 3,
        requirements: { cpu_cores: 1, memory_bytes: 512 * 1024 ** 2, architecture: 'x86_64' },
        price: { amount: '0.001', asset: 'SOL' },
      },
      result: null,
    });
    const found = await grpc.call('JobExecution/ListJobs', {
      limit: 10,
      status: 'JOB_STATUS_PENDING',
      search_term: 'a MODEL',
    });
    expect(found).toMatchObject({ jobs: [{ job_id: jobId }], total_count: 1 });
    const cancelled = await grpc.call('JobExecution/CancelJob', {
      job_id: jobId,
      reason: 'why not',
    });
    expect(cancelled).toMatchObject({ success: true, status: 'JOB_STATUS_CANCELLED' });
    const events = await allOf(grpc.stream('JobExecution/ExecutionEventStream', { job_id: jobId }));
    expect(events.map(({ event_type: type }) => type)).toEqual([
      'job.posted',
      'job.ended',
      'settlement.decided',
    ]);
  });

  it('is listed page by page, with how many there are', async () => {
    const account = await openFundedAccount(market);
    const own = client(account.apiKey);
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      ids.push((await account.client.call(createJob, { body: testJob() })).jobId);
    }
    const page = (offset: number) => own.call('JobExecution/ListJobs', { limit: 2, offset });
    const newest = ids.toReversed();
    for (const offset of [0, 2, 4]) {
      const jobs = newest.slice(offset, offset + 2).map((jobId) => ({ job_id: jobId }));
      expect(await page(offset)).toMatchObject({ jobs, total_count: 5 });
    }
  });

  it.each([
    ['command', { command: null }],
    ['command.script.interpreter', { command: { script: { interpreter: 'cobol', content: 'x' } } }],
    ['image', { image: 'NOT an image' }],
    ['requirements.memory_bytes', { requirements: { memory_bytes: 5 } }],
    ['requirements.custom', { requirements: { custom: { a: 'b' } } }],
    ['timeout_ms', { timeout_ms: 10 ** 12 }],
    ['price.asset', { price: { amount: '1', asset: 'EUR' } }],
    ['scheduling.deadline', { scheduling: { deadline: { seconds: 1, nanos: 0 } } }],
    ['job_id', { job_id: 'no spaces' }],
  ])('is refused for a wrong %s, by its name', async (field, more) => {
    const call = grpc.call('JobExecution/QueueJob', { job_definition: definition(more) });
    const refusal = await refusalOf(call);
    expect(refusal).toMatchObject({ status: 'INVALID_ARGUMENT', code: 'REQUEST_INVALID' });
    expect(refusal.fields).toContainEqual(
      expect.objectContaining({ field: `job_definition.${field}` }),
    );
  });
});

describe('the scheduler', () => {
  it('[4.14] explains a dry run, stores nothing, and says what would help', async () => {
    const account = await openFundedAccount(market);
    const own = client(account.apiKey);
    const agent = await registerTestAgent(market, 'candidate');
    await testAgentCalls(agent.client, testOffer({ cpus: 8 })).poll({ claimId: null });
    const ask = (requirements: Message) =>
      own.call('Scheduler/ScheduleJob', {
        job_definition: definition({ requirements }),
        dry_run: true,
        strategy: 'SCHEDULING_STRATEGY_LOWEST_COST',
      });
    const fits = (await ask({ cpu_cores: 2 }))['decision'] as Message;
    expect(fits).toMatchObject({
      possible: true,
      strategy: 'SCHEDULING_STRATEGY_LOWEST_COST',
      candidates: [expect.objectContaining({ worker_id: agent.agentId, available_now: true })],
    });
    const large = (await ask({ cpu_cores: 60 }))['decision'] as Message;
    expect(large).toMatchObject({
      possible: false,
      exclusions: [{ constraint: 'cpus', workers_excluded_only_by_this: 1 }],
      alternatives: [{ constraint: 'cpus', value_json: '8', workers_gained: 1 }],
    });
    expect(await own.call('JobExecution/ListJobs')).toMatchObject({ jobs: [], total_count: 0 });
    const posted = await own.call('Scheduler/ScheduleJob', { job_definition: definition() });
    const job = { job_id: String(posted.job_id) };
    const all = allOf(own.stream('Scheduler/SchedulingDecisionStream', job));
    await own.call('JobExecution/CancelJob', job);
    expect((await all).at(-1)).toMatchObject({ status: 'JOB_STATUS_CANCELLED' });
    const workers = await own.call('Scheduler/GetAvailableWorkers');
    expect(workers['workers']).toContainEqual(
      expect.objectContaining({ worker_id: agent.agentId, name: 'candidate' }),
    );
  });

  it('counts its queue, and says that it has no setting of its own', async () => {
    const { pending } = await grpc.call('Scheduler/GetQueueStatus');
    await queue();
    const after = await grpc.call('Scheduler/GetQueueStatus');
    expect(after['pending']).toBe(Number(pending) + 1);
    const refusal = await refusalOf(operator.call('Scheduler/ConfigureScheduler'));
    expect(refusal).toMatchObject({ status: 'UNIMPLEMENTED' });
    expect(refusal.details).toContain('ScheduleJob');
  });
});

describe('numbers, providers and the audit log', () => {
  it('streams counts, and sums up what an account has used', async () => {
    const stream = grpc.stream('Metrics/StreamMetrics', { interval_seconds: 3_600 });
    stream.on('error', () => undefined);
    const first = await new Promise<Message>((resolve) => stream.once('data', resolve));
    expect(first).toMatchObject({ workers_online: expect.any(Number), gpus_registered: 0 });
    stream.cancel();
    const own = client((await openFundedAccount(market)).apiKey);
    expect(await own.call('Metrics/GetAggregatedMetrics')).toEqual({ sums: [] });
    const job = await own.call('JobExecution/QueueJob', { job_definition: definition() });
    await own.call('JobExecution/CancelJob', job);
    const sum = { jobs: 1, charged: '0', asset: 'SOL' };
    expect(await own.call('Metrics/GetAggregatedMetrics')).toMatchObject({
      sums: [{ ...sum, day: '' }],
    });
    expect(await own.call('Metrics/GetTimeSeriesMetrics')).toMatchObject({ points: [sum] });
    const wrong = refusalOf(allOf(grpc.stream('Metrics/StreamMetrics', { interval_seconds: -1 })));
    expect(await wrong).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });

  it('[3.07] registers, changes, disables and deletes a provider', async () => {
    const call = (name: string, message: Message) =>
      operator.call(`ProviderManagement/${name}`, message);
    const registered = await call('RegisterProvider', {
      name: 'docker-eu',
      provider_type: 'docker',
      capabilities: { max_cpu_cores: 4, architectures: ['x86_64'], max_execution_time_ms: 60_000 },
    });
    expect(registered).toMatchObject({
      name: 'docker-eu',
      provider_type: 'docker',
      capabilities: { max_cpu_cores: 4, architectures: ['x86_64'], max_execution_time_ms: 60_000 },
    });
    const { provider_id: id } = registered;
    const changed = await call('UpdateProvider', { provider_id: id, description: 'in the cellar' });
    expect(changed).toMatchObject({
      description: 'in the cellar',
      capabilities: { max_cpu_cores: 4 },
    });
    await call('DisableProvider', { provider_id: id, reason: 'moving' });
    expect(await call('GetProviderByName', { name: 'docker-eu' })).toMatchObject({
      status: 'PROVIDER_STATUS_DISABLED',
    });
    const listed = await call('ListProviders', { status: 'PROVIDER_STATUS_DISABLED' });
    expect(listed['providers']).toMatchObject([{ provider_id: id }]);
    expect(await call('EnableProvider', { provider_id: id })).not.toMatchObject({
      status: 'PROVIDER_STATUS_DISABLED',
    });
    expect(await call('GetProviderStats', { provider_id: id })).toMatchObject({ workers: 0 });
    const unknown = await refusalOf(
      grpc.call('JobExecution/QueueJob', {
        job_definition: definition({ scheduling: { preferred_provider: 'nobody' } }),
      }),
    );
    expect(unknown).toMatchObject({ status: 'NOT_FOUND', code: 'PROVIDER_NOT_FOUND' });
    await call('DeleteProvider', { provider_id: id });
    expect(await refusalOf(call('GetProvider', { provider_id: id }))).toMatchObject({
      code: 'PROVIDER_NOT_FOUND',
    });
    const wrong = await refusalOf(call('RegisterProvider', { name: 'X', provider_type: 'docker' }));
    expect(wrong.fields).toMatchObject([{ field: 'name' }]);
  });

  it('[11.04] tells the operator what was done, by what and in which call', async () => {
    await operator.call('ProviderManagement/RegisterProvider', {
      name: 'audited',
      provider_type: 'custom',
    });
    const query = { event_type: 'provider.registered', actor: 'operator', limit: 1 };
    const { logs } = await operator.call('Audit/GetAuditLogs', query);
    const [entry] = logs as Message[];
    expect(entry).toMatchObject({ event_type: 'provider.registered', actor: 'operator' });
    const related = await operator.call('Audit/GetAuditLogsByCorrelation', {
      correlation_id: entry?.['correlation_id'],
    });
    expect(related['logs']).toContainEqual(entry);
    const { counts, truncated } = await operator.call('Audit/GetEventCounts');
    expect(counts).toMatchObject({ 'provider.registered': expect.any(Number) });
    expect(truncated).toBe(false);
    const wrong = await refusalOf(operator.call('Audit/GetAuditLogs', { limit: 1_001 }));
    expect(wrong).toMatchObject({ fields: [{ field: 'limit' }] });
  });
});
