import type { QueryOf } from '@node3/shared/contract';
import { rerunJob } from '@node3/shared/routes/job-bulk';
import { cancelJob, createJob, getJob, listJobs } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

describe('lists', () => {
  it('page through jobs without losing or repeating one', async () => {
    const { client } = await openFundedAccount(market);
    const posted: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      posted.push((await client.call(createJob, { body: testJob() })).jobId);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = { limit: 3 };
      if (cursor !== null) query.cursor = cursor;
      const page = await client.call(listJobs, { query });
      seen.push(...page.data.map((job) => job.jobId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(posted.toReversed());
  });

  it('are filtered, counted, ordered and cut to the fields that were asked for', async () => {
    const { client } = await openFundedAccount(market);
    const specs = [
      testJob({ name: 'Train one', labels: { team: 'vision', env: 'test' } }),
      testJob({ name: 'train two', labels: { team: 'vision' } }),
      testJob({ workload: { kind: 'script', language: 'bash', code: 'true' } }),
    ];
    const posted: string[] = [];
    for (const body of specs) {
      posted.push((await client.call(createJob, { body })).jobId);
    }
    const [first = '', second = '', third = ''] = posted;
    await client.call(cancelJob, { params: { jobId: second } });
    const { createdAt } = await client.call(getJob, { params: { jobId: second } });
    const list = (query: QueryOf<typeof listJobs>) => client.call(listJobs, { query });
    const idsOf = async (query: QueryOf<typeof listJobs>) =>
      (await list(query)).data.map(({ jobId }) => jobId);
    expect(await idsOf({ label: 'team=vision' })).toEqual([second, first]);
    expect(await idsOf({ label: 'team=vision,env=test' })).toEqual([first]);
    expect(await idsOf({ type: 'bash,python' })).toEqual([third]);
    expect(await idsOf({ q: 'TRAIN', state: 'queued' })).toEqual([first]);
    expect(await idsOf({ sort: 'createdAt', limit: 2 })).toEqual([first, second]);
    expect(await idsOf({ sort: 'createdAt', cursor: second })).toEqual([third]);
    expect(await idsOf({ createdAfter: createdAt, sort: 'createdAt' })).toContain(second);
    expect(await idsOf({ createdBefore: createdAt })).not.toContain(second);
    expect(await idsOf({ createdAfter: '2999-01-01' })).toEqual([]);
    expect(await list({ fields: 'jobId,state', q: 'two', count: true })).toEqual({
      data: [{ jobId: second, state: 'cancelled' }],
      nextCursor: null,
      total: 3,
    });
    for (const wrong of [{ type: 'cobol' }, { label: 'team' }, { fields: 'spec' }]) {
      const [field = ''] = Object.keys(wrong);
      await expect(list(wrong)).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        context: { errors: [{ pointer: `/${field}` }] },
      });
    }
  });

  it('are of the jobs that ended in a time, in the order of their ends', async () => {
    const { client } = await openFundedAccount(market);
    const posted: string[] = [];
    for (const name of ['one', 'two', 'three', 'four']) {
      posted.push((await client.call(createJob, { body: testJob({ name }) })).jobId);
    }
    const [first = '', second = '', third = ''] = posted;
    for (const jobId of [second, first, third]) {
      await client.call(cancelJob, { params: { jobId } });
    }
    const list = (query: QueryOf<typeof listJobs>) => client.call(listJobs, { query });
    const idsOf = async (query: QueryOf<typeof listJobs>) =>
      (await list(query)).data.map(({ jobId }) => jobId);
    const ends = new Map<string, string>();
    for (const { jobId, finishedAt } of (await list({ sort: 'finishedAt' })).data) {
      ends.set(jobId, finishedAt ?? '');
    }
    expect([...ends.keys()].toSorted()).toEqual([first, second, third].toSorted());
    const day = { finishedAfter: '2000-01-01', finishedBefore: '2999-01-01' };
    const newest = await idsOf(day);
    expect(newest).toEqual((await idsOf({ ...day, sort: 'finishedAt' })).toReversed());
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await list({ ...day, limit: 1, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.data.map(({ jobId }) => jobId));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(newest);
    expect(await idsOf({ ...day, sort: 'createdAt' })).toEqual([first, second, third]);
    expect(await idsOf({ ...day, q: 'two' })).toEqual([second]);
    expect(await idsOf({ finishedAfter: '2999-01-01' })).toEqual([]);
    expect(await list({ ...day, count: true })).toMatchObject({ total: 3 });
    expect(await list({ finishedBefore: '2000-01-01', count: true })).toMatchObject({ total: 0 });
    expect(await list({ sort: '-finishedAt', state: 'queued' })).toMatchObject({ data: [] });
    await expect(list({ ...day, cursor: first })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/cursor' }] },
    });
  });

  it('find jobs by their GPU, by the beginning of their id, and those that belong to one', async () => {
    const { client } = await openFundedAccount(market);
    const post = async (spec: Parameters<typeof testJob>[0] = {}) =>
      (await client.call(createJob, { body: testJob(spec) })).jobId;
    const plain = await post({ labels: { team: 'vision' } });
    const other = await post();
    const after = [{ jobId: plain, condition: 'ended' as const }];
    const later = await post({ after });
    const gpu = await post({ resources: { gpus: { count: 1, models: ['rtx-4090'] } } });
    await client.call(cancelJob, { params: { jobId: plain } });
    const params = { jobId: plain };
    const { jobId: again } = await client.call(rerunJob, { params, body: {} });
    const idsOf = async (query: QueryOf<typeof listJobs>) =>
      (await client.call(listJobs, { query })).data.map(({ jobId }) => jobId);
    expect(await idsOf({ gpu: 'RTX-4' })).toEqual([gpu]);
    expect(await idsOf({ gpu: 'none' })).toEqual([again, later, other, plain]);
    expect(await idsOf({ gpu: 'h100' })).toEqual([]);
    expect(await idsOf({ q: other.slice(0, -1) })).toContain(other);
    expect(await idsOf({ q: other })).toEqual([other]);
    expect(await idsOf({ dependsOn: plain })).toEqual([later]);
    expect(await idsOf({ rerunOf: plain })).toEqual([again]);
    expect(await idsOf({ rerunOf: later })).toEqual([]);
    expect((await client.call(listJobs, { query: { q: again } })).data).toMatchObject([
      { labels: { team: 'vision' }, gpuModels: [], charged: null },
    ]);
  });

  it('lead to the next page by a link', async () => {
    const { client, apiKey } = await openFundedAccount(market);
    for (let i = 0; i < 3; i += 1) await client.call(createJob, { body: testJob() });
    const headers = { authorization: `Bearer ${apiKey}` };
    const { baseUrl } = client;
    const seen: string[] = [];
    let path: string | undefined = '/api/v1/jobs?limit=2&state=queued';
    while (path !== undefined) {
      const response: Response = await fetch(`${baseUrl}${path}`, { headers });
      const { data } = (await response.json()) as { data: { jobId: string }[] };
      seen.push(...data.map(({ jobId }) => jobId));
      path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(new Set(seen).size).toBe(3);
    expect(seen).toEqual(seen.toSorted().toReversed());
  });
});
