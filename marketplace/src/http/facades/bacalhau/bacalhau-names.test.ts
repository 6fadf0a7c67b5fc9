import { createClient } from '@node3/shared/client';
import type {
  BacalhauExecution,
  BacalhauHistoryItem,
  BacalhauJob,
  BacalhauNode,
} from '@node3/shared/routes/bacalhau-models';
import { rerunJob } from '@node3/shared/routes/job-bulk';
import { createJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BacalhauTestbed, goJob } from '../../../testing/bacalhau-testbed.ts';
import { testJob } from '../../../testing/test-marketplace.ts';

let bed: BacalhauTestbed;

beforeAll(async () => {
  bed = await BacalhauTestbed.start();
});
afterAll(() => bed.stop());

const jobs = 'orchestrator/jobs';
interface Page<Item> {
  Items: Item[];
  NextToken: string;
}

async function read<Body>(path: string): Promise<Body> {
  return (await bed.ask<Body>('GET', path)).body;
}

async function describeJob(name: string): Promise<BacalhauJob> {
  return (await read<{ Job: BacalhauJob }>(`${jobs}/${name}`)).Job;
}

const stop = (name: string) => bed.ask('DELETE', `${jobs}/${name}`);
const inImage = (Image: string) => ({ Engine: { Type: 'docker', Params: { Image } } });

describe('a name', () => {
  it('is one job: the same again is no other, and something else its next version', async () => {
    const first = await bed.submit(goJob({ Name: 'nightly' }));
    const jobId = first.body.JobID;
    const same = await bed.submit({ ...goJob({ Name: 'nightly' }), ID: 'j-1', Constraints: [] });
    expect(same.body).toMatchObject({
      JobID: jobId,
      Warnings: expect.arrayContaining([
        `no changes detected for new job spec. Job Name: 'nightly', Job Id: '${jobId}'`,
      ]),
    });
    const changed = goJob({ Name: 'nightly', Priority: 60 }, inImage('node'));
    const diff = await bed.ask<{ Diff: string }>('PUT', `${jobs}/diff`, { Job: changed });
    expect(diff.body.Diff.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^-.*"Image": "python:3.11-slim"/),
        expect.stringMatching(/^\+.*"Image": "node"/),
        expect.stringMatching(/^\+.*"Priority": 50/),
      ]),
    );
    const second = await bed.submit(changed);
    expect(second.body.JobID).toBe(jobId);
    // The version before had not begun, and never will.
    expect((await bed.market.store.job(jobId))?.state).toBe('cancelled');
    expect(await describeJob('nightly')).toMatchObject({
      ID: jobId,
      Name: 'nightly',
      Version: 2,
      State: { StateType: 'Pending' },
    });
    const offer = await bed.begin();
    const refused = await bed.submit(goJob({ Name: 'nightly', Priority: 90 }));
    expect(refused.body).toMatchObject({
      Status: 409,
      Code: 'ResourceInUse',
      Hint: expect.stringContaining('--force'),
    });
    await bed.calls.report(offer);
    const ended = await bed.submit(changed);
    expect(ended.body).toMatchObject({
      Status: 409,
      Message: expect.stringContaining(`Job Id: '${jobId}'`),
    });
    const { Items } = await read<Page<BacalhauJob>>(`${jobs}/nightly/versions`);
    expect(Items.map(({ ID, Version, State }) => [ID, Version, State.StateType])).toEqual([
      [jobId, 1, 'Stopped'],
      [jobId, 2, 'Completed'],
    ]);
    const old = `${jobs}/${jobId}?job_version=1`;
    expect((await read<{ Job: BacalhauJob }>(old)).Job.Version).toBe(1);
    expect((await bed.ask('GET', `${jobs}/${jobId}?job_version=9`)).status).toBe(404);
  });

  it('is run again: as it was, or forced while it runs', async () => {
    const { body } = await bed.submit(goJob({ Name: 'again', Count: 2 }));
    const early = await bed.ask('PUT', `${jobs}/again/rerun`, {});
    expect(early.body).toMatchObject({ Message: 'cannot rerun job in state Pending' });
    await bed.runNext();
    await bed.runNext();
    const rerun = await bed.ask('PUT', `${jobs}/again/rerun`, { JobVersion: null, Reason: '' });
    expect(rerun.body).toMatchObject({ JobID: body.JobID, JobVersion: 2 });
    expect(await describeJob(body.JobID)).toMatchObject({
      Version: 2,
      Count: 2,
      State: { StateType: 'Pending' },
    });
    const offers = [await bed.begin(), await bed.begin()];
    const forced = await bed.submit(goJob({ Name: 'again', Count: 2 }), true);
    expect(forced.body.JobID).toBe(body.JobID);
    const cancelled = { outcome: 'cancelled', reason: 'cancelled_by_requester' } as const;
    for (const offer of offers) await bed.calls.report(offer, { ...cancelled, exitCode: null });
    expect(await describeJob('again')).toMatchObject({ Version: 3 });
    await stop('again');
    const all = 'all_job_versions=true';
    const executions = await read<Page<BacalhauExecution>>(`${jobs}/again/executions?${all}`);
    expect(executions.Items.map(({ JobVersion }) => JobVersion)).toEqual([1, 1, 2, 2]);
    const history = await read<Page<BacalhauHistoryItem>>(`${jobs}/again/history?${all}&limit=5`);
    const rest = `${jobs}/again/history?${all}&next_token=${history.NextToken}`;
    const next = await read<Page<BacalhauHistoryItem>>(rest);
    expect(history.Items).toHaveLength(5);
    expect(next.Items[0]?.SeqNum).toBeGreaterThan(history.Items.at(-1)?.SeqNum ?? Infinity);
    const levels = await read<Page<BacalhauHistoryItem>>(
      `${jobs}/again/history?${all}&event_type=execution&execution_id=${offers[0]?.executionId}`,
    );
    expect(levels.Items.length).toBeGreaterThan(0);
    expect(new Set(levels.Items.map(({ ExecutionID }) => ExecutionID)).size).toBe(1);
  });

  it('that two submit at once is one job', async () => {
    const twice = await Promise.all([1, 2].map(() => bed.submit(goJob({ Name: 'race' }))));
    expect(new Set(twice.map(({ body }) => body.JobID)).size).toBe(1);
    const [a, b] = await Promise.all([
      bed.submit(goJob({ Name: 'duel' }, inImage('a'))),
      bed.submit(goJob({ Name: 'duel' }, inImage('b'))),
    ]);
    const open = await bed.market.store.listJobs({
      accountId: bed.accountId,
      states: ['queued'],
      beforeJobId: null,
      limit: 10,
    });
    // Whoever comes second hears so, or has updated the first one's.
    expect([a.status, b.status]).toContain(200);
    expect(open.filter(({ spec }) => spec.name === 'duel')).toHaveLength(1);
    await stop('race');
    await stop('duel');
  });

  it('is not taken by what is run again elsewhere', async () => {
    const { body } = await bed.submit(goJob({ Name: 'copied', Count: 2 }));
    await bed.runNext();
    const { jobId } = await bed.runNext();
    const client = createClient({ baseUrl: bed.market.url, apiKey: bed.apiKey });
    const copy = await client.call(rerunJob, { params: { jobId }, body: {} });
    expect(await describeJob(copy.jobId)).toMatchObject({ ID: copy.jobId, Count: 1, Version: 1 });
    expect(await describeJob(jobId)).toMatchObject({ ID: body.JobID, Count: 2, Version: 1 });
    const newest = await read<Page<BacalhauJob>>(`${jobs}?reverse=true&limit=2`);
    expect(newest.Items.map(({ ID }) => ID)).toEqual([copy.jobId, body.JobID]);
    const labels = { 'bacalhau/group': 'default/copied', 'bacalhau/partition': '7/999' };
    const price = { kind: 'fixed', reward: { amount: '1', asset: 'USDC' } } as const;
    const fake = await client.call(createJob, { body: testJob({ labels, price }) });
    expect(await describeJob(fake.jobId)).toMatchObject({ ID: fake.jobId, Count: 1, Labels: {} });
    for (const id of [copy.jobId, fake.jobId]) await stop(id);
  });

  it('that is missing is none, and a token says that a job is the same', async () => {
    const twice = () =>
      bed.ask<{ JobID: string }>('POST', `${jobs}?idempotency_token=t-1`, { Job: goJob() });
    const [first, second] = [await twice(), await twice()];
    expect(first.body.JobID).toBe(second.body.JobID);
    expect((await describeJob(first.body.JobID)).Name).toBe(first.body.JobID);
    const other = { Job: goJob({}, inImage('other')) };
    const refused = await bed.ask('POST', `${jobs}?idempotency_token=t-1`, other);
    expect(refused.status).toBe(409);
    await stop(first.body.JobID);
  });

  it('that is forced with a token is one version, however often it is sent', async () => {
    const { body } = await bed.submit(goJob({ Name: 'sent-twice' }));
    const force = async () => {
      const job = goJob({ Name: 'sent-twice' });
      const path = `${jobs}?idempotency_token=t-2`;
      return (await bed.ask<{ JobID: string }>('PUT', path, { Job: job, Force: true })).body;
    };
    expect(await force()).toMatchObject({ JobID: body.JobID });
    expect(await force()).toMatchObject({ JobID: body.JobID });
    expect((await describeJob('sent-twice')).Version).toBe(2);
    await bed.runNext();
    expect(await force()).toMatchObject({ JobID: body.JobID });
    expect((await describeJob('sent-twice')).Version).toBe(2);
  });

  it('may have as many labels as there are, and is run again with them', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `l${index}`);
    const Labels = Object.fromEntries(names.map((name) => [name, 'x']));
    const job = goJob({ Name: 'labelled', Namespace: 'lab', Labels });
    const put = await bed.ask<{ JobID: string }>('PUT', `${jobs}?idempotency_token=t`, {
      Job: job,
    });
    await bed.runNext();
    const again = await bed.ask('PUT', `${jobs}/${put.body.JobID}/rerun`, {});
    expect(again).toMatchObject({ status: 200, body: { JobVersion: 2 } });
    await stop(put.body.JobID);
  });

  it('of which a partition is refused leaves none', async () => {
    const Meta = { 'node3/reward': '600000 USDC' };
    const refused = await bed.submit(goJob({ Name: 'dear', Count: 2, Meta }));
    expect(refused.body).toMatchObject({ Status: 402, Details: { code: 'FUNDS_INSUFFICIENT' } });
    const balances = await bed.market.store.accountBalances(bed.accountId);
    expect(balances.USDC.held).toBe(0n);
    const listed = { accountId: bed.accountId, states: null, beforeJobId: null, limit: 200 };
    const posted = await bed.market.store.listJobs(listed);
    // Nothing was there that an agent could have begun, and be paid for.
    expect(posted.filter(({ spec }) => spec.name === 'dear')).toEqual([]);
    const again = await bed.submit(goJob({ Name: 'dear', Count: 2 }));
    expect(again.status).toBe(200);
    await stop('dear');
  });

  it('may be long, in a namespace of anything', async () => {
    const name = 'n'.repeat(120);
    const Namespace = 'ä b'.repeat(40);
    const { body } = await bed.submit(goJob({ Name: name, Namespace }));
    const path = `${jobs}/${name}?namespace=${encodeURIComponent(Namespace)}`;
    const { Job } = await read<{ Job: BacalhauJob }>(path);
    expect(Job).toMatchObject({ ID: body.JobID, Name: name, Namespace });
    await stop(body.JobID);
  });

  it('is per namespace, and every account has its own', async () => {
    const one = await bed.submit(goJob({ Name: 'n', Namespace: 'a' }));
    const other = await bed.submit(goJob({ Name: 'n', Namespace: 'b' }));
    expect(one.body.JobID).not.toBe(other.body.JobID);
    const found = await read<{ Job: BacalhauJob }>(`${jobs}/n?namespace=b`);
    expect(found.Job.ID).toBe(other.body.JobID);
    expect((await bed.ask('GET', `${jobs}/n`)).status).toBe(404);
    await stop(one.body.JobID);
    await stop(other.body.JobID);
  });
});

describe('a list of jobs', () => {
  it('has jobs that were posted here in any way, each once, in pages and by labels', async () => {
    const ids: string[] = [];
    for (const team of ['x', 'y', 'z']) {
      const { body } = await bed.submit(goJob({ Labels: { team }, Namespace: 'list', Count: 2 }));
      ids.push(body.JobID);
    }
    const path = `${jobs}?namespace=list`;
    const page = await read<Page<BacalhauJob>>(`${path}&limit=2`);
    expect(page.Items.map(({ ID }) => ID)).toEqual(ids.slice(0, 2));
    const rest = await read<Page<BacalhauJob>>(`${path}&limit=2&next_token=${page.NextToken}`);
    expect([rest.Items.map(({ ID }) => ID), rest.NextToken]).toEqual([ids.slice(2), '']);
    const newest = await read<Page<BacalhauJob>>(`${path}&reverse=true&labels=team`);
    expect(newest.Items.map(({ ID }) => ID)).toEqual(ids.toReversed());
    const some = `${path}&labels=${encodeURIComponent('team in (x,y)')}&labels=team!=x`;
    expect((await read<Page<BacalhauJob>>(some)).Items.map(({ ID }) => ID)).toEqual([ids[1]]);
    await stop(ids[0] ?? '');
    const changed = `${path}&order_by=modified_at&reverse=true&limit=1`;
    const last = await read<Page<BacalhauJob>>(changed);
    expect([last.Items.map(({ ID }) => ID), last.NextToken]).toEqual([[ids[0]], '1']);
    const client = createClient({ baseUrl: bed.market.url, apiKey: bed.apiKey });
    const price = { kind: 'fixed', reward: { amount: '1', asset: 'USDC' } } as const;
    const { jobId } = await client.call(createJob, { body: testJob({ name: 'ours', price }) });
    const every = await read<Page<BacalhauJob>>(`${jobs}?namespace=*&reverse=true&limit=1`);
    expect(every.Items).toMatchObject([{ ID: jobId, Name: 'ours', Namespace: 'default' }]);
    for (const id of [...ids, jobId]) await stop(id);
  });

  it('refuses what is nested too deep, also where a price would be', async () => {
    const text = `{"Job":{"Meta":{"node3/bid":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}`;
    const response = await fetch(`${bed.market.url}/api/v1/${jobs}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${bed.apiKey}`, 'content-type': 'application/json' },
      body: text,
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ Message: expect.stringContaining('nested deeper') }),
    ]);
  });

  it('refuses what it can not do', async () => {
    for (const query of ['order_by=size', 'labels=%3D', 'next_token=x', 'limit=1e9']) {
      const { status, body } = await bed.ask('GET', `${jobs}?${query}`);
      expect([query, status, body]).toEqual([
        query,
        400,
        expect.objectContaining({ Code: 'ValidationError' }),
      ]);
    }
    const { body } = await bed.submit(goJob());
    const other = (await bed.submit(goJob())).body.JobID;
    const differs = body.JobID.split('').findIndex((one, index) => one !== other[index]);
    const shared = body.JobID.slice(0, differs);
    // Eight characters of the time at least, so that it can be the beginning of an id.
    const isStart = shared.length >= 'job_'.length + 8;
    const found = await bed.ask('GET', `${jobs}/${shared}`);
    expect(found.status).toBe(isStart ? 400 : 404);
    for (const id of [body.JobID, other]) await stop(id);
  });
});

describe('the nodes', () => {
  it('are our agents with what they have, and what is not known of them left out', async () => {
    const { Nodes } = await read<{ Nodes: BacalhauNode[] }>('orchestrator/nodes?labels=site=lab');
    expect(Nodes).toEqual([
      {
        Info: {
          NodeID: bed.agentId,
          NodeType: 'Compute',
          Labels: expect.objectContaining({ site: 'lab', Architecture: 'amd64' }),
          ComputeNodeInfo: expect.objectContaining({
            ExecutionEngines: ['docker'],
            MaxCapacity: {
              CPU: 8,
              Memory: 16 * 1024 ** 3,
              Disk: 100 * 1024 ** 3,
              GPU: 1,
              GPUs: [{ Index: 0, Name: 'AMD Instinct MI300X', Vendor: 'AMD/ATI', Memory: 196_608 }],
            },
          }),
        },
        Membership: 'APPROVED',
        ConnectionState: { Status: 'CONNECTED', LastHeartbeat: expect.any(String) },
      },
    ]);
    const { Node } = await read<{ Node: BacalhauNode }>(`orchestrator/nodes/${bed.agentId}`);
    expect(Node).toEqual(Nodes[0]);
    const away = await read<{ Nodes: BacalhauNode[] }>(
      'orchestrator/nodes?filter-status=disconnected',
    );
    expect(away.Nodes).toEqual([]);
    expect((await bed.ask('GET', 'orchestrator/nodes/agt_none')).status).toBe(404);
  });

  it('are let in and shut out by the operator alone', async () => {
    const path = `orchestrator/nodes/${bed.agentId}`;
    const act = (Action: string, key: string) =>
      bed.ask('PUT', path, { Action, Message: 'a test' }, `Bearer ${key}`);
    expect((await act('reject', bed.apiKey)).body).toMatchObject({ Code: 'Forbidden' });
    const { adminApiKey } = bed.market;
    expect((await act('reject', adminApiKey)).body).toEqual({ Success: true, Error: '' });
    expect((await bed.market.store.agent(bed.agentId))?.state).toBe('disabled');
    const rejected = await read<{ Node: BacalhauNode }>(path);
    expect(rejected.Node.Membership).toBe('REJECTED');
    await act('approve', adminApiKey);
    expect((await bed.market.store.agent(bed.agentId))?.state).toBe('active');
    expect((await act('resize', adminApiKey)).status).toBe(400);
  });

  it('talk to a marketplace that says who it is', async () => {
    const open = (path: string) => bed.ask('GET', `agent/${path}`, undefined, null);
    expect((await open('alive')).body).toEqual({ Status: 'OK' });
    expect((await open('version')).body).toEqual({
      Major: '1',
      Minor: '8',
      GitVersion: 'v1.8.0+node3.0.0.0-test',
    });
    expect((await open('authconfig')).body).toMatchObject({ Version: '1' });
    expect((await open('config')).body).toMatchObject({ Code: 'Unauthorized' });
    expect(await read('agent/config')).toMatchObject({ config: { JobDefaults: {} } });
    expect(await read('agent/node')).toMatchObject({ Info: { NodeType: 'Requester' } });
    const debug = await bed.ask(
      'GET',
      'agent/debug',
      undefined,
      `Bearer ${bed.market.adminApiKey}`,
    );
    expect(debug.body).toEqual([{ component: 'jobs', info: expect.any(Object) }]);
  });
});
