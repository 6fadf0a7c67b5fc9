import { appendLogs } from '@node3/shared/routes/agents';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  chain,
  type FlowWorld,
  inputNode,
  jobNode,
  redmindClient,
  startFlowWorld,
  statesOf,
  stepOf,
  waitNode,
} from '../../../testing/flow-testbed.ts';
import { fenceOf } from '../../../testing/test-agent.ts';

let world: FlowWorld;
let seed: FlowWorld['seed'];

beforeAll(async () => {
  world = await startFlowWorld();
  seed = world.seed;
});
afterAll(() => world.stop());

describe('POST /api/v1/runs', () => {
  it('[2.09] answers at once with the id in both spellings and the state, and nothing else', async () => {
    const flow = chain(inputNode, waitNode('wait', 600));
    const { status, body } = await seed.ask('POST', '/runs', { flow, input: { a: 1 } });
    const { runId } = body;
    expect([status, body]).toEqual([
      200,
      { runId: expect.stringMatching(/^run_/), run_id: runId, status: 'running' },
    ]);
    expect((await seed.get(runId)).status).toBe('running');
    await seed.ask('POST', `/runs/${runId}/cancel`);
  });

  it('[2.09] starts one run for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const body = { flow: chain(inputNode), input: 1 };
    const first = await seed.ask('POST', '/runs', body, headers);
    const again = await seed.ask('POST', '/runs', body, headers);
    expect(again.body.runId).toBe(first.body.runId);
    const other = await seed.ask('POST', '/runs', { ...body, input: 2 }, headers);
    expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  it('wants a key, exactly one graph and a good one, and says where one is wrong', async () => {
    const flow = chain(inputNode);
    const nobody = await redmindClient(world.market.url, null).ask('POST', '/runs/test', { flow });
    expect(nobody).toMatchObject({ status: 401, body: { code: 'AUTH_REQUIRED' } });
    const none = await seed.ask('POST', '/runs', {});
    expect(none).toMatchObject({ status: 422, body: { errors: [{ pointer: '/flow_id' }] } });
    const cyclic = { ...flow, edges: [{ id: 'e', source: 'in', target: 'in' }] };
    const bad = await seed.ask('POST', '/runs', { flow: cyclic });
    expect(bad).toMatchObject({
      status: 422,
      body: {
        code: 'REQUEST_INVALID',
        detail: '/flow/edges/0 leads from "in" to itself; a step runs once',
        fix: expect.any(String),
      },
    });
    const price = { kind: 'fixed', reward: { amount: 'much', asset: 'SOL' } } as never;
    const job = await seed.ask('POST', '/runs', { flow: chain(jobNode('job', { price })) });
    expect(job.body.errors[0]?.pointer).toBe('/flow/nodes/0/config/spec/price/reward/amount');
  });
});

describe('a run', () => {
  it('[2.10] [2.14] shows every step as it happens, and what came out of each', async () => {
    const flow = chain(
      { ...inputNode, label: 'Begin', ui: { x: 4 } },
      world.http('fetch', '/data?q={{input.q}}'),
      jobNode('job', {
        name: 'made for {{input.q}}',
        workload: {
          kind: 'script',
          language: 'python',
          code: 'print(1)',
          env: { PLAIN: 'x' },
          input: '{{steps.fetch.body.path}}',
        },
      }),
      { id: 'out', type: 'output', config: { value: { text: 'got {{steps.job.output.n}}' } } },
    );
    const runId = await seed.start(flow, { input: { q: 7 } });
    const offer = await world.nextOffer();
    expect(offer.spec).toMatchObject({
      name: 'made for 7',
      workload: { input: '/data?q=7' },
    });
    await world.agent.run(offer);
    const running = await seed.untilStep(runId, 'job', 'running');
    expect(statesOf(running)).toEqual([
      'in completed',
      'fetch completed',
      'job running',
      'out pending',
    ]);
    expect(running).toMatchObject({ status: 'running', ended_at: null, result: null });
    expect(stepOf(running, 'job')).toMatchObject({ jobId: offer.jobId, durationMs: null });
    await world.agentClient.call(appendLogs, {
      params: { executionId: offer.executionId },
      body: {
        ...fenceOf(offer),
        seqFirst: 1,
        lines: [{ stream: 'stdout', text: 'hello', atMs: Date.now(), partial: false }],
      },
    });
    await world.agent.report(offer, { output: { n: 5 }, logLines: 1 });
    const over = await seed.untilOver(runId);
    expect(over).toMatchObject({
      runId,
      run_id: runId,
      flow_id: null,
      status: 'completed',
      started_at: expect.any(String),
      ended_at: expect.any(String),
      timeout_seconds: 300,
      error: null,
      result: { text: 'got 5' },
    });
    expect(stepOf(over, 'job')).toMatchObject({
      runId,
      status: 'completed',
      startedAt: expect.any(String),
      durationMs: expect.any(Number),
      input: { spec: { name: 'made for 7', workload: { env: { PLAIN: '[hidden]' } } } },
      output: {
        jobId: offer.jobId,
        state: 'succeeded',
        exitCode: 0,
        output: { n: 5 },
        stdout: 'hello\n',
      },
      error: null,
    });
    expect(stepOf(over, 'fetch').output).toMatchObject({ status: 200, body: { method: 'GET' } });
  });

  it('[2.13] goes the way that a condition says, side by side, and joins', async () => {
    const flow = {
      start: 'ask',
      nodes: [
        {
          id: 'ask',
          type: 'condition' as const,
          config: { if: { left: '{{input.n}}', op: 'gt' as const, right: 3 } },
        },
        waitNode('left', 0),
        { id: 'right', type: 'transform' as const, config: { value: ['{{input.n}}'] } },
        { id: 'never', type: 'transform' as const, config: { value: 1 } },
        {
          id: 'join',
          type: 'transform' as const,
          config: { value: { right: '{{steps.right[0]}}', never: '{{steps.never}}' } },
        },
      ],
      edges: [
        { id: '1', source: 'ask', target: 'left', when: 'true' },
        { id: '2', source: 'ask', target: 'right', when: 'true' },
        { id: '3', source: 'ask', target: 'never', when: 'else' },
        { id: '4', source: 'left', target: 'join' },
        { id: '5', source: 'right', target: 'join' },
        { id: '6', source: 'never', target: 'join' },
      ],
    };
    const run = await seed.untilOver(await seed.start(flow, { input: { n: 4 } }));
    expect(statesOf(run)).toEqual([
      'ask completed',
      'left completed',
      'right completed',
      'never skipped',
      'join completed',
    ]);
    expect([run.status, run.result]).toEqual(['completed', { right: 4, never: null }]);
  });
});

describe('POST /api/v1/runs/{id}/cancel', () => {
  it('[2.11] stops the request, the job and the timer that are under way, at once', async () => {
    const flow = {
      start: 'in',
      nodes: [
        inputNode,
        world.slow('slow'),
        jobNode('job'),
        waitNode('wait', 600),
        waitNode('z', 1),
      ],
      edges: ['slow', 'job', 'wait']
        .map((target) => ({ id: target, source: 'in', target }))
        .concat({ id: 'z', source: 'wait', target: 'z' }),
    };
    const runId = await seed.start(flow);
    const offer = await world.nextOffer();
    await world.agent.run(offer);
    const slow = () => world.server.received.findLast(({ path }) => path === '/slow');
    await vi.waitFor(() => expect(slow()).toMatchObject({ closed: false }), 20_000);
    const { body } = await seed.ask('POST', `/runs/${runId}/cancel`);
    expect(body).toEqual({ runId, run_id: runId, status: 'cancelled' });
    const run = await seed.get(runId);
    expect(statesOf(run)).toEqual([
      'in completed',
      'slow error',
      'job error',
      'wait error',
      'z skipped',
    ]);
    expect(run).toMatchObject({ status: 'cancelled', error: { code: 'RUN_CANCELLED' } });
    await vi.waitFor(() => expect(slow()).toMatchObject({ closed: true }), 20_000);
    const cancelled = async () => (await world.market.store.job(offer.jobId))?.cancelRequestedAtMs;
    await vi.waitFor(async () => expect(await cancelled()).toBeTypeOf('number'), 20_000);
    await world.agent.report(offer, {
      outcome: 'cancelled',
      reason: 'cancelled_by_requester',
      exitCode: null,
    });
    await world.untilJob(offer.jobId, 'cancelled');
    expect(await seed.ask('POST', `/runs/${runId}/cancel`)).toMatchObject({ status: 200 });
  });

  it('is refused for a run that ended otherwise', async () => {
    const run = await seed.untilOver(await seed.start(chain(inputNode)));
    const { status, body } = await seed.ask('POST', `/runs/${run.runId}/cancel`);
    expect([status, body]).toMatchObject([409, { code: 'RUN_STATE_INVALID' }]);
  });
});

describe('limits of time', () => {
  it('[2.14] ends a step with what it was given and what it took', async () => {
    const flow = chain(world.http('slow', '/slow', { timeoutSeconds: 1 }), waitNode('after', 0));
    const run = await seed.untilOver(await seed.start(flow));
    expect(run).toMatchObject({
      status: 'error',
      error: { code: 'NODE_TIMEOUT', nodeId: 'slow', timeout_seconds: 1 },
    });
    expect(run.error?.elapsed_seconds).toBeGreaterThanOrEqual(0.9);
    expect(statesOf(run)).toEqual(['slow error', 'after skipped']);
  });

  it('[2.14] ends the whole run, with what is under way', async () => {
    const flow = chain(waitNode('wait', 600), waitNode('after', 0));
    const run = await seed.untilOver(await seed.start(flow, { timeout_seconds: 1 }));
    expect(run).toMatchObject({
      status: 'timeout',
      timeout_seconds: 1,
      error: { code: 'RUN_TIMEOUT', timeout_seconds: 1, elapsed_seconds: expect.any(Number) },
      result: null,
    });
    expect(statesOf(run)).toEqual(['wait error', 'after skipped']);
    expect(stepOf(run, 'wait').error).toMatchObject({ code: 'RUN_TIMEOUT' });
  });

  it('[2.14] are those of the seed where nothing is said', async () => {
    const long = world.http('a', '/', { timeoutSeconds: 11 });
    const { body } = await seed.ask('POST', '/runs', { flow: chain(long) });
    expect(body.errors[0]?.pointer).toBe('/flow/nodes/0/config/timeoutSeconds');
    const model = { ...world.http('a', '/', { timeoutSeconds: 30 }), type: 'llm' as const };
    expect((await seed.untilOver(await seed.start(chain(model)))).status).toBe('completed');
  });
});

describe('POST /api/v1/runs/{id}/rerun', () => {
  it('[2.12] runs all of it again, or takes over what was done before a step', async () => {
    const flow = chain(inputNode, world.http('fetch', '/once'), {
      id: 'out',
      type: 'output',
      config: { value: '{{steps.fetch.body.path}}' },
    });
    const count = () => world.server.received.filter(({ path }) => path === '/once').length;
    const first = await seed.untilOver(await seed.start(flow, { input: 'x' }));
    const whole = await seed.ask('POST', `/runs/${first.runId}/rerun`);
    const again = await seed.untilOver(whole.body.runId);
    expect([count(), again.rerun_of, again.result]).toEqual([2, first.runId, '/once']);
    const part = await seed.ask('POST', `/runs/${first.runId}/rerun`, { from_node: 'out' });
    const rest = await seed.untilOver(part.body.runId);
    expect(count()).toBe(2);
    expect(rest).toMatchObject({ status: 'completed', result: '/once' });
    expect(rest.trace.map(({ runId }) => runId)).toEqual([first.runId, first.runId, rest.runId]);
    const wrong = await seed.ask('POST', `/runs/${first.runId}/rerun`, { from_node: 'none' });
    expect(wrong.body).toMatchObject({ errors: [{ pointer: '/from_node' }] });
    const keys = world.server.to('/once').map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([`${first.runId}/fetch`, `${again.runId}/fetch`]);
  });

  it('is refused while the run is not over', async () => {
    const runId = await seed.start(chain(waitNode('wait', 600)));
    const { body } = await seed.ask('POST', `/runs/${runId}/rerun`);
    expect(body).toMatchObject({ code: 'RUN_STATE_INVALID' });
    await seed.ask('POST', `/runs/${runId}/cancel`);
  });
});

describe('saved flows', () => {
  it('[2.12] are run by their id in any version, and runs are listed by flow and project', async () => {
    const mine = redmindClient(world.market.url, world.requester.apiKey, 'project-1');
    const graph = (value: unknown) => chain({ id: 'a', type: 'transform', config: { value } });
    const saved = await mine.ask('POST', '/flows', { name: 'f', graph: graph(1) });
    expect(saved).toMatchObject({ status: 201, body: { version: 1, project: 'project-1' } });
    const { flowId } = saved.body;
    await mine.ask('PUT', `/flows/${flowId}`, { name: 'f', graph: graph(2) });
    const run = async (more: object) => {
      const { body } = await mine.ask('POST', '/runs', { flow_id: flowId, ...more });
      return mine.untilOver(body.runId);
    };
    const [newest, first] = [await run({}), await run({ version: 1 })];
    expect([newest.result, first.result]).toEqual([2, 1]);
    expect(first).toMatchObject({ flow_id: flowId, flow_version: 1, project_id: 'project-1' });
    const page = await seed.ask('GET', `/runs?flowId=${flowId}&limit=1`);
    expect(page.body.data).toMatchObject([{ runId: first.runId }]);
    expect(page.body.data[0]).not.toHaveProperty('trace');
    const next = await seed.ask('GET', `/runs?flowId=${flowId}&cursor=${page.body.nextCursor}`);
    expect(next.body).toMatchObject({ data: [{ runId: newest.runId }], nextCursor: null });
    const other = redmindClient(world.market.url, world.requester.apiKey, 'project-2');
    expect((await other.ask('GET', '/runs')).body.data).toEqual([]);
    expect((await other.ask('GET', `/runs/${first.runId}`)).status).toBe(200);
    await mine.ask('DELETE', `/flows/${flowId}`);
    expect((await mine.ask('POST', '/runs', { flow_id: flowId })).body.code).toBe('FLOW_NOT_FOUND');
    expect((await mine.get(first.runId)).result).toBe(1);
  });
});
