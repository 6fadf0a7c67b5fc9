import { systemClock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { createKey, revokeKey } from '@node3/shared/routes/keys';
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
} from '../testing/flow-testbed.ts';
import { openFundedAccount } from '../testing/test-marketplace.ts';
import { startTestReplicas } from '../testing/test-replicas.ts';
import { FlowRunner, type FlowRunnerDeps } from './flow-runner.ts';

let world: FlowWorld;
let seed: FlowWorld['seed'];

beforeAll(async () => {
  world = await startFlowWorld();
  seed = world.seed;
});
afterAll(() => world.stop());

describe('a step that goes wrong', () => {
  it('ends with the error of the step that failed, and stops the others', async () => {
    const flow = {
      start: 'in',
      nodes: [inputNode, world.http('fail', '/fail'), jobNode('job'), waitNode('after', 0)],
      edges: [
        { id: '1', source: 'in', target: 'fail' },
        { id: '2', source: 'in', target: 'job' },
        { id: '3', source: 'fail', target: 'after' },
      ],
    };
    const run = await seed.untilOver(await seed.start(flow));
    expect(run).toMatchObject({
      status: 'error',
      error: { code: 'STEP_REQUEST_FAILED', nodeId: 'fail', context: { status: 503 } },
      result: null,
    });
    expect(statesOf(run)).toEqual(['in completed', 'fail error', 'job error', 'after skipped']);
    expect(stepOf(run, 'job').error).toMatchObject({ code: 'STEP_ABORTED' });
    await vi.waitFor(async () => {
      const { jobId } = stepOf(await seed.get(run.runId), 'job');
      if (jobId !== null) expect((await world.jobOf(jobId)).state).toBe('cancelled');
    }, 20_000);
  });

  it('never reaches what only the marketplace can reach, and takes no answer without end', async () => {
    const node = { id: 'a', type: 'http' as const, config: { url: 'http://10.0.0.1:9/' } };
    const run = await seed.untilOver(await seed.start(chain(node)));
    expect(run.error).toMatchObject({ code: 'URL_FORBIDDEN', fix: expect.any(String) });
    const headers = { 'x-input': '{{input}}' };
    const split = chain(world.http('a', '/', { headers }));
    const broken = await seed.untilOver(await seed.start(split, { input: 'a\r\nb: c' }));
    expect(broken.error).toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/config/headers/x-input' }] },
    });
    const large = {
      id: 'a',
      type: 'transform' as const,
      config: { value: ['{{input}}', '{{input}}'] },
    };
    const input = 'x'.repeat(40_000);
    const tooMuch = await seed.untilOver(await seed.start(chain(large), { input }));
    expect(tooMuch.error).toMatchObject({ code: 'STEP_OUTPUT_TOO_LARGE', nodeId: 'a' });
  });

  it('fails where its job fails, and where it can not be posted', async () => {
    const runId = await seed.start(chain(jobNode('job')));
    const offer = await world.nextOffer();
    await world.agent.run(offer);
    await world.agent.report(offer, { outcome: 'failed', reason: 'nonzero_exit', exitCode: 3 });
    const run = await seed.untilOver(runId);
    expect(run.error).toMatchObject({
      code: 'STEP_JOB_FAILED',
      nodeId: 'job',
      context: { jobId: offer.jobId, exitCode: 3, reason: 'nonzero_exit' },
    });
    const poor = await openFundedAccount(world.market, {});
    const theirs = redmindClient(world.market.url, poor.apiKey);
    const refused = await theirs.untilOver(await theirs.start(chain(jobNode('job'))));
    expect(refused.error).toMatchObject({ code: 'FUNDS_INSUFFICIENT', nodeId: 'job' });
  });
});

describe('private networks', () => {
  it('that webhooks may reach are not read by flows', async () => {
    await world.market.restart({ flowAllow: {} });
    const run = await seed.untilOver(await seed.start(chain(world.http('a', '/private'))));
    expect(run.error).toMatchObject({ code: 'URL_FORBIDDEN', nodeId: 'a' });
    expect(world.server.to('/private')).toEqual([]);
    await world.market.restart();
  });
});

describe('a value with odd fields', () => {
  it('is text like any other, where text is wanted', async () => {
    const decide = { id: 'if', type: 'condition' as const, config: { switch: '{{input}}' } };
    const run = await seed.untilOver(await seed.start(chain(decide), { input: { toString: 1 } }));
    expect(run).toMatchObject({ status: 'completed', result: { toString: 1 } });
    const request = { id: 'a', type: 'http' as const, config: { url: '{{input}}' } };
    const failed = await seed.untilOver(
      await seed.start(chain(request), { input: { toString: 1 } }),
    );
    expect(failed.error).toMatchObject({ code: 'URL_FORBIDDEN' });
  });
});

describe('secrets of a flow', () => {
  it('keep their secrets: a header has one, no answer, event or row shows it', async () => {
    const canary = 'canary-of-a-flow-3141';
    const headers = { authorization: 'Bearer {{secret.TOKEN}}', 'x-other': 'a {{secret.TOKEN}}' };
    const graph = chain(
      world.http('call', '/secret', { headers, method: 'POST', body: { a: '{{input}}' } }),
      jobNode('job', { secrets: { TOKEN: { value: '{{secret.TOKEN}}', as: 'env' } } }),
    );
    const secrets = { TOKEN: canary };
    const saved = await seed.ask('POST', '/flows', { name: 's', graph, secrets });
    const { body } = await seed.ask('POST', '/runs', { flow_id: saved.body.flowId, input: 1 });
    const offer = await world.nextOffer();
    await world.agent.run(offer);
    await world.agent.report(offer);
    const run = await seed.untilOver(body.runId);
    expect(world.server.to('/secret')).toMatchObject([
      { headers: { authorization: `Bearer ${canary}` }, body: '{"a":1}' },
    ]);
    expect(stepOf(run, 'call')).toMatchObject({
      input: { headers: { authorization: '[secret]', 'x-other': 'a [secret]' } },
      output: { body: { token: 'Bearer [secret]' } },
    });
    const rerun = await seed.ask('POST', `/runs/${run.runId}/rerun`, { from_node: 'call' });
    await seed.untilStep(rerun.body.runId, 'call', 'completed');
    expect(world.server.to('/secret')[1]?.headers.authorization).toBe(`Bearer ${canary}`);
    await seed.ask('POST', `/runs/${rerun.body.runId}/cancel`);
    const rows = [
      await world.market.store.flowRun(run.runId),
      await world.market.store.flow(saved.body.flowId, null),
      await world.market.store.eventsAfter(0, 10_000),
      await world.market.store.job(offer.jobId),
      saved.body,
      run,
    ];
    const text = JSON.stringify(rows, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(text).not.toContain(canary);
  });
});

describe('a marketplace that stops in the middle', () => {
  it('goes on: timers and jobs as they are, requests only where it does no harm', async () => {
    const branch = (target: string) => ({ id: target, source: 'in', target });
    const flow = {
      start: 'in',
      nodes: [inputNode, jobNode('job'), waitNode('wait', 1), world.http('get', '/again')],
      edges: [branch('job'), branch('wait'), { id: 'x', source: 'wait', target: 'get' }],
    };
    const runId = await seed.start(flow);
    const post = world.http('post', '/slow', { method: 'POST' });
    const unsafe = await seed.start(chain(post));
    const told = await seed.start(chain({ ...post, config: { ...post.config, idempotent: true } }));
    const offer = await world.nextOffer();
    await world.agent.run(offer);
    const under = () => world.server.to('/slow').filter(({ method }) => method === 'POST');
    await vi.waitFor(() => expect(under()).toHaveLength(2), 20_000);
    await world.market.restart();
    const stopped = await seed.untilOver(unsafe);
    expect(stopped.error).toMatchObject({ code: 'STEP_INTERRUPTED', fix: expect.any(String) });
    await vi.waitFor(() => expect(under()).toHaveLength(3), 20_000);
    const keys = new Set(under().map(({ headers }) => headers['idempotency-key']));
    expect(keys).toEqual(new Set([`${unsafe}/post`, `${told}/post`]));
    await seed.ask('POST', `/runs/${told}/cancel`);
    await world.agent.report(offer);
    const run = await seed.untilOver(runId);
    expect(run.status).toBe('completed');
    expect(stepOf(run, 'job').jobId).toBe(offer.jobId);
    const posted = await world.market.store.eventsOfJob(offer.jobId, 100);
    expect(posted.filter(({ name }) => name === 'job.posted')).toHaveLength(1);
  });
});

describe('the time of a run', () => {
  it('[2.14] goes on while the marketplace is down, and its end cancels the job', async () => {
    const runId = await seed.start(chain(jobNode('job')));
    await vi.waitFor(async () => {
      expect(stepOf(await seed.get(runId), 'job').jobId).not.toBeNull();
    }, 20_000);
    const aheadMs = 301_000;
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
    await world.market.restart({ clock });
    const run = await seed.untilOver(runId);
    expect(run).toMatchObject({ status: 'timeout', error: { code: 'RUN_TIMEOUT' } });
    expect(run.error?.elapsed_seconds).toBeGreaterThan(300);
    await world.untilJob(stepOf(run, 'job').jobId, 'cancelled');
    await world.market.restart({ clock: systemClock });
  });
});

describe('the key of a run', () => {
  it('posts nothing once it is revoked; what it has posted goes on', async () => {
    const made = await world.requester.client.call(createKey, { body: { name: 'flow' } });
    const theirs = redmindClient(world.market.url, made.apiKey);
    const runId = await theirs.start(chain(jobNode('one'), jobNode('two')));
    const offer = await world.nextOffer();
    await world.requester.client.call(revokeKey, { params: { keyId: made.keyId } });
    await world.agent.run(offer);
    await world.agent.report(offer);
    const run = await seed.untilOver(runId);
    expect(statesOf(run)).toEqual(['one completed', 'two error']);
    expect(run.error).toMatchObject({ code: 'AUTH_INVALID', nodeId: 'two' });
    expect((await world.market.store.job(offer.jobId))?.apiKeyId).toBe(made.keyId);
  });
});

describe('a store that can not be written for a moment', () => {
  it('ends no run: what was under way is begun anew', async () => {
    const { store } = world.market;
    const changes = vi.spyOn(store, 'changeFlowRun');
    changes.mockRejectedValueOnce(new MarketError('STORE_UNAVAILABLE'));
    const first = await seed.start(chain(inputNode, world.http('get', '/anew')));
    expect((await seed.untilOver(first)).status).toBe('completed');
    changes.mockRestore();
    const closes = vi.spyOn(store, 'closeFlowRun');
    closes.mockRejectedValueOnce(new MarketError('STORE_UNAVAILABLE'));
    const runId = await seed.start(chain(inputNode));
    await vi.waitFor(() => {
      expect(closes.mock.calls.filter(([id]) => id === runId)).toHaveLength(2);
    }, 20_000);
    closes.mockRestore();
  });
});

describe('a run that comes back to a process which still waits for a step of it', () => {
  it('goes on there', async () => {
    const { store } = world.market;
    const needed = { store, clock: systemClock, ids: systemIds, log: silentLogger };
    const runner = new FlowRunner({ ...needed, replicaId: 'here' } as FlowRunnerDeps);
    const runId = await seed.start(chain(waitNode('wait', 1)));
    const take = async (owner: string) => {
      const taken = await store.takeFlowRuns(owner, systemClock.nowMs(), 100);
      return taken.find((one) => one.runId === runId)?.token ?? 0;
    };
    runner.drive(runId, await take('here'));
    await take('elsewhere');
    runner.drive(runId, await take('here'));
    // Nobody else takes it over.
    const takes = vi.spyOn(store, 'takeFlowRuns').mockResolvedValue([]);
    expect((await seed.untilOver(runId)).status).toBe('completed');
    takes.mockRestore();
  });
});

describe('runs that nobody drives', () => {
  it('are taken over as far as there is room for them', async () => {
    const orphans = ['run_1', 'run_2', 'run_3'].map((runId) => ({ runId, token: 2 }));
    const reads = new Map<string, PromiseWithResolvers<null>>();
    const readOnce = (runId: string) => {
      const read = reads.get(runId) ?? Promise.withResolvers<null>();
      reads.set(runId, read);
      return read.promise;
    };
    const store = {
      takeFlowRuns: async (_owner: string, _nowMs: number, limit: number) =>
        orphans.splice(0, limit),
      // Read, it turns out to be gone.
      flowRun: readOnce,
      closeFlowRun: async () => true,
    };
    const feed = { subscribe: () => () => undefined };
    const needed = { store, feed, clock: systemClock, ids: systemIds, log: silentLogger };
    const runner = new FlowRunner({
      ...needed,
      replicaId: 'here',
      runsMax: 2,
    } as unknown as FlowRunnerDeps);
    const loop = runner.start();
    await vi.waitFor(() => expect([...reads.keys()]).toEqual(['run_1', 'run_2']), 20_000);
    expect(() => runner.assertRoom()).toThrow('as many runs as it can');
    expect(orphans).toHaveLength(1);
    reads.get('run_1')?.resolve(null);
    await vi.waitFor(() => expect(() => runner.assertRoom()).not.toThrow(), 20_000);
    loop.wake();
    await vi.waitFor(() => expect(reads.has('run_3')).toBe(true), 20_000);
    for (const read of reads.values()) read.resolve(null);
    await loop.stop();
  });
});

describe('a run that another replica drives', () => {
  it('is cancelled here, and stops there at once', async () => {
    const company = await startTestReplicas(2);
    try {
      const [here, there] = company.replicas;
      if (here === undefined || there === undefined) throw new Error('there are two');
      const { apiKey } = await openFundedAccount(here);
      const driving = redmindClient(there.url, apiKey);
      const runId = await driving.start(chain(world.slow('slow'), jobNode('never')));
      const sent = () =>
        world.server.received.find(({ headers }) => headers['idempotency-key'] === `${runId}/slow`);
      await vi.waitFor(() => expect(sent()).toMatchObject({ closed: false }), 20_000);
      const { body } = await redmindClient(here.url, apiKey).ask('POST', `/runs/${runId}/cancel`);
      expect(body).toMatchObject({ runId, status: 'cancelled' });
      await vi.waitFor(() => expect(sent()).toMatchObject({ closed: true }), 20_000);
      expect(statesOf(await driving.get(runId))).toEqual(['slow error', 'never skipped']);
    } finally {
      await company.stop();
    }
  });
});
