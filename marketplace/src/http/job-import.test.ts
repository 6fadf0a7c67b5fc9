import { getAccount } from '@node3/shared/routes/accounts';
import { type ImportQuery, importJobs } from '@node3/shared/routes/job-import';
import { listJobs } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeAll(async () => {
  market = await startTestMarketplace({ feeBasisPoints: 500 });
});
afterAll(async () => {
  expect(await market.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  await market.stop();
});

const operation = (id: string, execution?: object) => ({
  type: 'container/run',
  id,
  args: { image: 'alpine:3.22', cmd: `echo ${id}` },
  ...(execution === undefined ? {} : { execution }),
});

/** Two stages, the second of two operations side by side. */
const stages = {
  version: '0.1',
  type: 'container',
  color: 'red',
  ops: [operation('first'), operation('left', { group: 'g' }), operation('right', { group: 'g' })],
};

const bacalhau = {
  Name: 'sweep',
  Type: 'batch',
  Count: 2,
  Tasks: [
    {
      Name: 'main',
      Engine: { Type: 'docker', Params: { Image: 'alpine:3.22', Parameters: ['true'] } },
      Network: { Type: 'None' },
    },
  ],
};

async function setUp(funds = 10n ** 9n) {
  const { client } = await openFundedAccount(market, { SOL: funds });
  const send = (body: unknown, query: ImportQuery = {}, idempotencyKey?: string) =>
    client.call(
      importJobs,
      { body, query },
      idempotencyKey === undefined ? {} : { idempotencyKey },
    );
  const count = async () => (await client.call(listJobs, { query: {} })).data.length;
  return { client, send, count };
}

describe('POST /api/v1/jobs/import', () => {
  it('posts the jobs of a document, which wait for each other, and says what it left out', async () => {
    const { client, send } = await setUp();
    const answer = await send(stages, { reward: '0.01', allowHosts: '' });
    const [first, left, right] = answer.jobs;
    expect(answer).toMatchObject({
      format: 'nosana',
      dryRun: false,
      label: first?.jobId,
      total: { amount: '0.0315', asset: 'SOL' },
    });
    expect(answer.jobs.map(({ name, after, state }) => [name, after, state])).toEqual([
      ['first', [], 'queued'],
      ['left', ['first'], 'queued'],
      ['right', ['first'], 'queued'],
    ]);
    expect(answer.warnings).toContainEqual({
      pointer: '/color',
      message: expect.any(String) as string,
      fix: expect.any(String) as string,
    });
    const { balances } = await client.call(getAccount, {});
    expect(balances.SOL.held).toEqual({ amount: '0.0315', asset: 'SOL' });
    expect((await market.store.job(left?.jobId ?? ''))?.spec).toMatchObject({
      name: 'left',
      labels: { api: 'nosana', import: first?.jobId },
      after: [{ jobId: first?.jobId, condition: 'succeeded' }],
      limits: { runSec: 3_600 },
      workload: { env: { NOSANA_ID: left?.jobId } },
    });
    // Only the first can be taken.
    const agent = await registerTestAgent(market);
    const offers = await testAgentCalls(agent.client).poll();
    expect(offers).toMatchObject([{ jobId: first?.jobId }]);
    expect(right?.jobId).not.toBe(left?.jobId);
  });

  it('posts nothing in a dry run, and says what would be posted and held', async () => {
    const { send, count } = await setUp();
    const query = { dryRun: true, bid: '0.02', cap: '0.01', gpu: 'rtx-4090, a100', gpuCount: 2 };
    const gpuJob = { ...bacalhau, Tasks: [{ ...bacalhau.Tasks[0], Resources: { GPU: '1' } }] };
    const answer = await send(gpuJob, query);
    expect(answer).toMatchObject({
      format: 'bacalhau',
      dryRun: true,
      label: null,
      total: { amount: '0.021', asset: 'SOL' },
      jobs: [
        {
          name: 'sweep-0',
          jobId: null,
          spec: {
            resources: { gpus: { count: 2, models: ['rtx-4090', 'a100'] } },
            price: { kind: 'metered', cap: { amount: '0.01', asset: 'SOL' } },
          },
        },
        { name: 'sweep-1' },
      ],
    });
    const unpriced = await send(bacalhau, { dryRun: true });
    expect(unpriced.total).toBeNull();
    expect(unpriced.jobs[0]?.spec).not.toHaveProperty('price');
    expect(await count()).toBe(0);
  });

  it('says in a dry run which job no agent could run now', async () => {
    await registerTestAgent(market);
    const { send } = await setUp();
    const train = { ...operation('train'), args: { image: 'a', gpu: true } };
    const document = { ...stages, ops: [operation('load'), train] };
    const { jobs } = await send(document, { dryRun: true, reward: '0.01', gpu: 'a100' });
    expect(jobs[0]).not.toHaveProperty('problem');
    expect(jobs[1]?.problem).toMatchObject({ code: 'JOB_UNSATISFIABLE', status: 422 });
  });

  it('is done once for one key, and not for another document', async () => {
    const { send, count } = await setUp();
    const first = await send(bacalhau, { reward: '0.01' }, 'key');
    const again = await send(bacalhau, { reward: '0.01' }, 'key');
    expect(again).toEqual(first);
    expect(await count()).toBe(2);
    await expect(send(stages, { reward: '0.01' }, 'key')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    await expect(send(bacalhau, { reward: '0.02' }, 'key')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });

  it('posts all or none', async () => {
    const { send, count } = await setUp(25n * 10n ** 6n);
    await expect(send(stages, { reward: '0.01' })).rejects.toMatchObject({
      code: 'FUNDS_INSUFFICIENT',
    });
    expect(await count()).toBe(0);
    const models = {
      ...stages,
      ops: [operation('a'), { ...operation('b'), args: { image: 'a', gpu: true } }],
    };
    await expect(send(models, { reward: '0.001', gpu: 'no such' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { step: 'b' },
    });
    expect(await count()).toBe(0);
  });

  it('refuses what no job can have, what has no price, and what it does not know', async () => {
    const { send, count } = await setUp();
    const exposed = { ...stages, ops: [{ ...operation('a'), args: { image: 'a', expose: 80 } }] };
    await expect(send(exposed, { reward: '1' })).rejects.toMatchObject({
      code: 'IMPORT_REFUSED',
      status: 422,
      context: {
        errors: [
          {
            pointer: '/ops/0/args/expose',
            detail: expect.stringContaining('port') as string,
            fix: expect.any(String) as string,
          },
        ],
      },
    });
    const wrong: [unknown, ImportQuery, object][] = [
      [stages, {}, { code: 'REQUEST_INVALID', context: { errors: [{ pointer: '/reward' }] } }],
      [
        stages,
        { bid: '1' },
        { code: 'REQUEST_INVALID', context: { errors: [{ pointer: '/cap' }] } },
      ],
      [
        stages,
        { cap: '1' },
        { code: 'REQUEST_INVALID', context: { errors: [{ pointer: '/bid' }] } },
      ],
      [stages, { reward: '1', cap: '1' }, { context: { errors: [{ pointer: '/reward' }] } }],
      [stages, { reward: '0' }, { code: 'AMOUNT_INVALID', context: { step: 'first' } }],
      [{ hello: 1 }, { reward: '1' }, { code: 'IMPORT_REFUSED' }],
      [{ ops: [], Tasks: [] }, { reward: '1' }, { code: 'IMPORT_REFUSED' }],
      [stages, { reward: '1', format: 'bacalhau' }, { code: 'IMPORT_REFUSED' }],
      [[], { reward: '1' }, { code: 'IMPORT_REFUSED' }],
    ];
    for (const [document, query, expected] of wrong) {
      // oxlint-disable-next-line no-await-in-loop
      await expect(send(document, query)).rejects.toMatchObject(expected);
    }
    expect(await count()).toBe(0);
  });
});
