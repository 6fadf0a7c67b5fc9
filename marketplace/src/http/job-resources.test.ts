import { heartbeatAgent } from '@node3/shared/routes/agents';
import { getJobResources } from '@node3/shared/routes/job-resources';
import { createJob } from '@node3/shared/routes/jobs';
import { type StreamMessage, streamUrl } from '@node3/shared/routes/stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fenceOf, testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

const patient = { timeout: 5_000 };

type Frame = Extract<StreamMessage, { type: 'resources' }>;

/** A socket of an account that listens to one channel. */
async function follow(apiKey: string, channel: string, since?: number) {
  const socket = new WebSocket(`${market.url.replace('http', 'ws')}${streamUrl}`);
  const frames: Frame[] = [];
  const errors: string[] = [];
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as StreamMessage;
    if (message.type === 'resources') frames.push(message);
    if (message.type === 'error') errors.push(message.code);
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.send(JSON.stringify({ op: 'auth', apiKey }));
  socket.send(JSON.stringify({ op: 'subscribe', channel, since }));
  return { frames, errors, close: () => socket.close() };
}

const reading = {
  ageMs: 100,
  cpuCores: 1.5,
  memoryBytes: 4_096,
  gpuUtilizationRatio: 0.5,
  gpuMemoryBytes: null,
};

describe('[9.09] what a job uses', () => {
  it('comes with heartbeats, and stays when the job is over', async () => {
    const requester = await openFundedAccount(market);
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const read = (attempt?: number) =>
      requester.client.call(getJobResources, {
        params: { jobId },
        query: attempt === undefined ? {} : { attempt },
      });
    const nothing = { points: [], intervalMs: null, summary: null };
    expect(await read()).toMatchObject({ attempt: null, live: false, ...nothing });
    const offer = await calls.offer();
    await calls.run(offer);
    expect(await read()).toMatchObject({ attempt: 1, live: true, ...nothing });
    const { executionId } = offer;
    const beat = (leaseToken: string) =>
      agent.client.call(heartbeatAgent, {
        body: {
          instanceId: 'instance-0000000001',
          executions: [{ executionId, ...fenceOf(offer), leaseToken }],
          samples: [],
          usage: [{ executionId, readings: [reading] }],
        },
      });
    await beat('not-the-token-of-the-lease');
    expect((await read()).summary).toBeNull();
    await beat(fenceOf(offer).leaseToken);
    const live = await read();
    const point = { cpuCores: 1.5, memoryBytes: 4_096, gpuUtilizationRatio: 0.5 };
    expect(live).toMatchObject({ live: true, intervalMs: 2_000, executionId });
    expect(live.points).toMatchObject([{ ...point, gpuMemoryBytes: null }]);
    expect(live.summary).toMatchObject({ readings: 1, memoryBytesPeak: 4_096 });
    await calls.report(offer);
    await expect.poll(() => read(), { timeout: 30_000 }).toMatchObject({ live: false });
    await expect.poll(() => market.store.executionUsage(executionId)).not.toBeNull();
    expect(await read()).toMatchObject({ points: live.points, summary: live.summary });
    expect(await read(2)).toMatchObject({ attempt: null, ...nothing });
  });

  it('comes over the socket as it is read, and goes on where a socket before left off', async () => {
    const requester = await openFundedAccount(market);
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    const { executionId } = offer;
    let ageMs = 60_000;
    const beat = async () => {
      ageMs -= 10_000;
      const usage = [{ executionId, readings: [{ ...reading, ageMs }] }];
      const executions = [{ executionId, ...fenceOf(offer) }];
      const instanceId = 'instance-0000000001';
      await agent.client.call(heartbeatAgent, {
        body: { instanceId, executions, samples: [], usage },
      });
    };
    const channel = `resources:${jobId}`;
    const first = await follow(requester.apiKey, channel);
    const seen = (frames: Frame[]) =>
      frames.map(({ whole, resources: { points, live, summary } }) => ({
        whole,
        points: points.length,
        live,
        readings: summary?.readings ?? null,
      }));
    await expect
      .poll(() => seen(first.frames), patient)
      .toEqual([{ whole: true, points: 0, live: true, readings: null }]);
    await beat();
    await expect.poll(() => first.frames.length, patient).toBe(2);
    await beat();
    await expect
      .poll(() => seen(first.frames).slice(1), patient)
      .toEqual([
        { whole: true, points: 1, live: true, readings: 1 },
        { whole: false, points: 1, live: true, readings: 2 },
      ]);
    const since = first.frames[1]?.seq ?? 0;
    first.close();
    await beat();
    const second = await follow(requester.apiKey, channel, since);
    await expect
      .poll(() => seen(second.frames), patient)
      .toEqual([{ whole: false, points: 2, live: true, readings: 3 }]);
    await calls.report(offer);
    const end = { live: false, summary: { readings: 3 } };
    await expect.poll(() => second.frames.at(-1)?.resources, patient).toMatchObject(end);
    expect(second.frames.map(({ seq }) => seq)).toEqual(
      second.frames.map(({ seq }) => seq).toSorted((a, b) => a - b),
    );
    second.close();
    const stranger = await openFundedAccount(market);
    const refused = await follow(stranger.apiKey, channel);
    await expect.poll(() => refused.errors, patient).toEqual(['JOB_NOT_FOUND']);
    refused.close();
  });

  it('is for whose job it is', async () => {
    const requester = await openFundedAccount(market);
    const stranger = await openFundedAccount(market);
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const call = stranger.client.call(getJobResources, { params: { jobId }, query: {} });
    await expect(call).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
