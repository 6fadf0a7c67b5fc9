import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createJob, getJobLogs } from '@node3/shared/routes/jobs';
import { describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

describe('stopping', () => {
  it('[12.10] answers a posting that is under way', async () => {
    const market = await startTestMarketplace();
    const { apiKey } = await openFundedAccount(market);
    const body = JSON.stringify(testJob());
    const posting = request(`${market.url}/api/v1/jobs`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    });
    posting.flushHeaders();
    await once(posting, 'continue');
    const stopping = market.stop();
    posting.end(body);
    const [answer] = (await once(posting, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(201);
    await stopping;
  });

  it('ends polls and streams at once', async () => {
    const market = await startTestMarketplace();
    const { client } = await openFundedAccount(market);
    const agent = await registerTestAgent(market);
    const { jobId } = await client.call(createJob, { body: testJob({ resources: { cpus: 256 } }) });
    const polling = testAgentCalls(agent.client).poll({ waitSec: 30 });
    const following = client.lines(getJobLogs, { params: { jobId }, query: { follow: true } });
    const followed = following.next();
    const socket = new WebSocket(`${market.url.replace('http', 'ws')}/api/v1/stream`);
    await new Promise((resolve) => {
      socket.addEventListener('open', resolve);
    });
    const closed = new Promise<number>((resolve) => {
      socket.addEventListener('close', ({ code }) => resolve(code));
    });
    const startedAtMs = performance.now();
    await market.stop();
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    expect(await polling).toEqual([]);
    expect(await followed).toMatchObject({ done: true });
    expect(await closed).toBe(1001);
  });
});
