import type { JobSpec } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { formatAmount } from '@node3/shared/money';
import type {
  BacalhauExecution,
  BacalhauHistoryItem,
  BacalhauJob,
  BacalhauSpecConfig,
} from '@node3/shared/routes/bacalhau-models';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BacalhauTestbed, goJob } from '../../../testing/bacalhau-testbed.ts';
import { openFundedAccount } from '../../../testing/test-marketplace.ts';

let bed: BacalhauTestbed;

beforeAll(async () => {
  bed = await BacalhauTestbed.start();
});
afterAll(() => bed.stop());

const jobs = 'orchestrator/jobs';
interface Described {
  Job: BacalhauJob;
  History?: Page<BacalhauHistoryItem>;
  Executions?: Page<BacalhauExecution>;
}
interface Page<Item> {
  Items: Item[];
  NextToken: string;
}
interface Refused {
  Status: number;
  Message: string;
  Code: string;
  Hint: string;
  Details: Record<string, string>;
}

async function submit(job: unknown, force?: boolean): Promise<string> {
  const { status, body } = await bed.submit(job, force);
  expect([status, body]).toEqual([200, expect.objectContaining({ JobID: expect.any(String) })]);
  return body.JobID;
}

async function describeJob(jobId: string, query = 'include=history,executions') {
  const { body } = await bed.ask<Described>('GET', `${jobs}/${jobId}?${query}`);
  return body;
}

async function list<Item>(path: string): Promise<Page<Item>> {
  const { status, body } = await bed.ask<Page<Item>>('GET', path);
  expect(status).toBe(200);
  return body;
}

const stop = (jobId: string, body: unknown = { reason: 'a test' }) =>
  bed.ask<Refused & { EvaluationID: string }>('DELETE', `${jobs}/${jobId}`, body);
const longText = 'x'.repeat(1_000);

describe('a submission', () => {
  it('as the CLI sends it, with nulls and fields of a server, is a job, and warns of what is unknown', async () => {
    const { status, body } = await bed.submit(goJob({ Planet: 'Mars' }, { Mood: 'good' }));
    expect(status).toBe(200);
    expect(body).toEqual({
      JobID: expect.stringMatching(/^job_/),
      EvaluationID: expect.any(String),
      Warnings: [
        expect.stringContaining('/Job/Planet is no field'),
        expect.stringContaining('/Job/Tasks/0/Mood is no field'),
        expect.stringMatching(/at most 0\.00105 USDC with the fee.*node3\/bid/),
      ],
    });
    expect((await describeJob(body.JobID)).Job).toEqual({
      ID: body.JobID,
      Name: body.JobID,
      Namespace: 'default',
      Type: 'batch',
      Priority: 0,
      Count: 1,
      Labels: {},
      Meta: {},
      Tasks: [
        {
          Name: 'main',
          Engine: {
            Type: 'docker',
            Params: {
              Image: 'python:3.11-slim',
              Entrypoint: ['/bin/bash', '-c'],
              Parameters: ['echo 1'],
            },
          },
          Publisher: { Type: 'local', Params: {} },
          InputSources: [],
          ResultPaths: [{ Name: 'output', Path: '/output' }],
          Resources: { CPU: '0.5', Memory: '512000000B', Disk: '1024MiB', GPU: '0' },
          Network: { Type: 'None' },
          Timeouts: { ExecutionTimeout: 60, QueueTimeout: 30, TotalTimeout: 90 },
        },
      ],
      State: { StateType: 'Pending', Message: '' },
      Version: 1,
      CreateTime: expect.any(Number),
      ModifyTime: expect.any(Number),
    });
    await stop(body.JobID);
  });

  it('without a price is in an asset that pays for all of its partitions', async () => {
    const one = 1_100n;
    const { apiKey, accountId } = await openFundedAccount(bed.market, {
      USDC: one,
      SOL: 10n ** 9n,
    });
    const put = (Count: number) =>
      bed.ask<{ JobID: string; Warnings: string[] }>(
        'PUT',
        jobs,
        { Job: goJob({ Count }) },
        `Bearer ${apiKey}`,
      );
    const { status, body } = await put(3);
    expect([status, body.Warnings.at(-1)]).toEqual([200, expect.stringMatching(/ SOL with/)]);
    const { SOL } = await bed.market.store.accountBalances(accountId);
    // What it says is what is held.
    const [, said] = /at most (\S+) SOL/.exec(body.Warnings.at(-1) ?? '') ?? [];
    expect(said).toBe(formatAmount(SOL.held, 'SOL'));
    const single = await put(1);
    expect(single.body.Warnings.at(-1)).toMatch(/ USDC with/);
    for (const { JobID } of [body, single.body]) {
      await bed.ask('DELETE', `${jobs}/${JobID}`, undefined, `Bearer ${apiKey}`);
    }
  });

  it('is what it says: its price, its labels and its namespace', async () => {
    const Meta = { 'node3/bid': '0.9 USDC', 'node3/cap': '0.5 USDC', 'bacalhau.org/x': '1' };
    const put = await bed.submit(goJob({ Meta, Labels: { team: 'a' }, Namespace: 'lab' }));
    const job = await bed.market.store.job(put.body.JobID);
    expect(job?.spec.price).toEqual({
      kind: 'metered',
      bidPerGpuHour: { amount: '0.9', asset: 'USDC' },
      cap: { amount: '0.5', asset: 'USDC' },
    });
    expect(put.body.Warnings.join()).not.toContain('Meta');
    const { Job } = await describeJob(put.body.JobID);
    expect(Job).toMatchObject({ Labels: { team: 'a' }, Namespace: 'lab' });
    const reward = { ...Meta, 'node3/reward': '0.01 SOL' };
    const both = await bed.submit(goJob({ Meta: reward }));
    expect(both.body).toMatchObject({ Status: 400, Code: 'ValidationError' });
    await stop(put.body.JobID);
  });

  it('is refused in Bacalhau’s form, with our code and advice in it', async () => {
    const host = await bed.submit(goJob({}, { Network: { Type: 'Host' } }));
    expect([host.status, host.body]).toEqual([
      400,
      {
        Status: 400,
        Message: expect.stringContaining('/Job/Tasks/0/Network/Type would'),
        RequestID: expect.any(String),
        Code: 'ValidationError',
        Component: 'node3',
        Hint: expect.stringContaining('with the Domains'),
        Details: expect.objectContaining({ code: 'IMPORT_REFUSED', fix: expect.any(String) }),
      },
    ]);
    const many = await bed.submit(goJob({ Count: 101 }));
    expect(many.body).toMatchObject({ Status: 400, Details: { code: 'IMPORT_REFUSED' } });
    const large = await bed.submit(goJob({ Labels: { a: 'x'.repeat(limits.jobBodyBytes) } }));
    expect(large.body).toMatchObject({
      Status: 413,
      Message: expect.stringContaining(String(limits.jobBodyBytes)),
      Hint: expect.stringContaining('10 MB'),
    });
    const poor = await bed.submit(goJob({ Meta: { 'node3/reward': '900000000 USDC' } }));
    expect(poor.body).toMatchObject({ Status: 402, Code: 'ResourceExhausted' });
    const none = await bed.ask<Refused>('GET', jobs, undefined, null);
    expect(none.body).toMatchObject({ Status: 401, Code: 'Unauthorized', Component: 'node3' });
    const wrong = await bed.ask<Refused>('GET', `${jobs}/job-of-nobody`);
    expect(wrong.body).toMatchObject({ Status: 404, Code: 'NotFound' });
  });

  it('comes with a key as a token or as a password', async () => {
    for (const user of ['', 'anybody']) {
      const basic = Buffer.from(`${user}:${bed.apiKey}`).toString('base64');
      expect((await bed.ask('GET', jobs, undefined, `Basic ${basic}`)).status).toBe(200);
    }
    const wrong = Buffer.from(`${bed.apiKey}:x`).toString('base64');
    expect((await bed.ask('GET', jobs, undefined, `Basic ${wrong}`)).status).toBe(401);
  });
});

describe('a job', () => {
  it('is described with what its execution wrote and left, and links to the files', async () => {
    const ResultPaths = [{ Name: 'output', Path: '/outputs' }];
    const jobId = await submit(goJob({ Count: 1 }, { ResultPaths, Resources: { GPU: '1' } }));
    const offer = await bed.begin();
    expect((await describeJob(jobId)).Job.State.StateType).toBe('Running');
    await bed.write(offer, 1, [
      ...[1, 2, 3].map(() => ({ stream: 'stdout' as const, text: longText })),
      { stream: 'stderr', text: 'careful' },
    ]);
    const running = (await list<BacalhauExecution>(`${jobs}/${jobId}/executions`)).Items[0];
    expect(running).toMatchObject({
      ComputeState: { StateType: 6 },
      DesiredState: { StateType: 1 },
    });
    expect(running).not.toHaveProperty('RunOutput');
    expect(await list(`${jobs}/${jobId}/results`)).toEqual({ Items: [], NextToken: '' });
    await bed.keep(offer, 'output.json', '{"a":1}');
    await bed.calls.report(offer, { logLines: 4 });
    const { Job, Executions, History } = await describeJob(jobId);
    expect(Job.State).toMatchObject({ StateType: 'Completed' });
    expect(Executions?.Items).toEqual([
      {
        ID: offer.executionId,
        Namespace: 'default',
        NodeID: bed.agentId,
        JobID: jobId,
        JobVersion: 1,
        AllocatedResources: {
          Tasks: {
            main: expect.objectContaining({
              GPU: 1,
              GPUs: [{ Index: 0, Name: 'AMD Instinct MI300X', Vendor: 'AMD/ATI', Memory: 196_608 }],
            }),
          },
        },
        DesiredState: { StateType: 2, Message: '' },
        ComputeState: expect.objectContaining({ StateType: 9 }),
        PublishedResult: { Type: 'urlDownload', Params: expect.any(Object) },
        RunOutput: {
          Stdout: `${longText}\n${longText}\n${longText.slice(0, 46)}`,
          StdoutTruncated: true,
          stderr: 'careful\n',
          StderrTruncated: false,
          ExitCode: 0,
          ErrorMsg: '',
        },
        PartitionIndex: 0,
        PreviousExecution: '',
        NextExecution: '',
        CreateTime: expect.any(Number),
        ModifyTime: expect.any(Number),
      },
    ]);
    expect(History?.Items.map(({ Type, Event }) => [Type, Event.Topic])).toEqual(
      expect.arrayContaining([
        ['JobLevel', 'Submission'],
        ['ExecutionLevel', 'Scheduling'],
        ['JobLevel', 'State Update'],
      ]),
    );
    const { Items } = await list<BacalhauSpecConfig>(`${jobs}/${jobId}/results`);
    expect(Items).toEqual([
      { Type: 'urlDownload', Params: expect.objectContaining({ Path: 'output.json', Size: 7 }) },
    ]);
    const file = await fetch(String(Items[0]?.Params['URL']));
    expect(await file.text()).toBe('{"a":1}');
    const { status, body } = await stop(jobId);
    expect([status, body.Message, body.Code]).toEqual([
      409,
      'cannot stop job in state Completed',
      'ResourceInUse',
    ]);
  });

  it('whose program fails has completed, and says with which exit code', async () => {
    const jobId = await submit(goJob());
    const failed = { outcome: 'failed', reason: 'nonzero_exit', exitCode: 3 } as const;
    await bed.runNext(failed, [{ stream: 'stderr', text: 'Traceback' }]);
    const { Job, Executions } = await describeJob(jobId);
    expect(Job.State.StateType).toBe('Completed');
    expect(Executions?.Items[0]).toMatchObject({
      ComputeState: { StateType: 9 },
      RunOutput: { ExitCode: 3, stderr: 'Traceback\n', ErrorMsg: '' },
    });
    // Of the job of ours it is as little a success as before.
    expect((await bed.market.store.job(jobId))?.state).toBe('failed');
  });

  it('that took too long or too much memory has failed, and its history says by what', async () => {
    const slow = await submit(goJob());
    await bed.runNext({ outcome: 'timed_out', reason: 'run_timeout', exitCode: null });
    const timedOut = await describeJob(slow);
    expect(timedOut.Job.State.StateType).toBe('Failed');
    expect(timedOut.Executions?.Items[0]?.ComputeState.StateType).toBe(10);
    const errors = timedOut.History?.Items.filter(({ Event }) => Event.Details['IsError']);
    expect(errors?.at(-1)?.Event).toMatchObject({
      Topic: 'Exec Timeout',
      Message: expect.stringMatching(/^Execution timed out\./),
    });
    const fat = await submit(goJob());
    await bed.runNext({ outcome: 'failed', reason: 'out_of_memory', exitCode: 137 });
    const killed = await describeJob(fat);
    expect(killed.Job.State.StateType).toBe('Failed');
    expect(killed.Executions?.Items[0]?.RunOutput?.ErrorMsg).toBe('memory limit exceeded');
  });

  it('is stopped, really and as often as one likes', async () => {
    const waiting = await submit(goJob());
    expect((await stop(waiting)).body.EvaluationID).not.toBe('');
    expect((await describeJob(waiting)).Job.State.StateType).toBe('Stopped');
    expect((await stop(waiting)).body).toEqual({ EvaluationID: '' });
    const running = await submit(goJob());
    const offer = await bed.begin();
    expect((await stop(running, {})).status).toBe(200);
    const cancelled = { outcome: 'cancelled', reason: 'cancelled_by_requester' } as const;
    await bed.calls.report(offer, { ...cancelled, exitCode: null });
    const { Job, Executions } = await describeJob(running);
    expect(Job.State.StateType).toBe('Stopped');
    expect(Executions?.Items[0]?.ComputeState.StateType).toBe(11);
  });

  it('[4.20] of several partitions is one, whose executions learn which they are', async () => {
    const jobId = await submit(goJob({ Name: 'wide', Count: 3 }));
    const offers = [await bed.begin(), await bed.begin(), await bed.begin()];
    const places = offers.map(({ spec }) => (spec as JobSpec).workload.env);
    for (const index of ['0', '1', '2']) {
      const place = { BACALHAU_PARTITION_INDEX: index, BACALHAU_PARTITION_COUNT: '3' };
      expect(places).toContainEqual(expect.objectContaining(place));
    }
    for (const offer of offers.slice(1)) await bed.calls.report(offer);
    expect((await describeJob(jobId)).Job).toMatchObject({
      Count: 3,
      State: { StateType: 'Running' },
    });
    const failed = { outcome: 'failed', reason: 'disk_exceeded', exitCode: null } as const;
    if (offers[0] !== undefined) await bed.calls.report(offers[0], failed);
    const { Job, Executions } = await describeJob(jobId);
    expect(Job.State).toMatchObject({
      StateType: 'Failed',
      Details: { Reason: 'disk_exceeded' },
    });
    expect(Executions?.Items.map(({ PartitionIndex }) => PartitionIndex).toSorted()).toEqual([
      0, 1, 2,
    ]);
    const page = await list<BacalhauExecution>(
      `${jobs}/${jobId}/executions?order_by=state&reverse=true&limit=1`,
    );
    expect(page.Items.map(({ ComputeState }) => ComputeState.StateType)).toEqual([10]);
  });
});

describe('the logs of a job', () => {
  it('come as frames of a socket, are followed to their end, and end well', async () => {
    const jobId = await submit(goJob());
    const early = bed.logs(jobId, 'follow=true');
    expect(await early.ended).toBe(1000);
    expect(early.frames).toEqual([
      { error: expect.stringContaining(`no executions found for job ${jobId}`) },
    ]);
    const offer = await bed.begin();
    await bed.write(offer, 1, [{ stream: 'stdout', text: 'one' }]);
    const followed = bed.logs(jobId.slice(0, -2), 'follow=true');
    const one = { value: { Type: 1, Line: 'one\n' } };
    await vi.waitFor(() => expect(followed.frames).toEqual([one]), { timeout: 20_000 });
    const tailed = bed.logs(jobId, `follow=true&tail=true&execution_id=${offer.executionId}`);
    const none = bed.logs(jobId, 'execution_id=exe_none');
    expect(await none.ended).toBe(1000);
    expect(none.frames).toEqual([{ error: expect.stringContaining('unable to find execution') }]);
    const now = bed.logs(jobId);
    expect([await now.ended, now.frames]).toEqual([1000, [one]]);
    const two = { value: { Type: 2, Line: 'two\n' } };
    let lines = 1;
    // Nothing says when it has begun to listen, so it is written until it has.
    await vi.waitFor(
      async () => {
        lines += 1;
        await bed.write(offer, lines, [{ stream: 'stderr', text: 'two' }]);
        expect(tailed.frames).toContainEqual(two);
      },
      { timeout: 20_000 },
    );
    await bed.calls.report(offer, { logLines: lines });
    const rest = Array.from({ length: lines - 1 }, () => two);
    expect([await followed.ended, followed.frames]).toEqual([1000, [one, ...rest]]);
    expect(await tailed.ended).toBe(1000);
    expect(tailed.frames).not.toContainEqual(one);
  });

  it('are nobody else’s, and open as a socket only', async () => {
    const jobId = await submit(goJob());
    expect(await bed.logs(jobId, '', 'Bearer wrong').ended).toBe(401);
    const basic = Buffer.from(`any:${bed.apiKey}`).toString('base64');
    expect(await bed.logs(jobId, '', `Basic ${basic}`).ended).toBe(1000);
    const plain = await bed.ask<Refused>('GET', `${jobs}/${jobId}/logs`);
    expect(plain.body).toMatchObject({ Status: 400, Hint: expect.stringContaining('ws://') });
    await stop(jobId);
  });
});
