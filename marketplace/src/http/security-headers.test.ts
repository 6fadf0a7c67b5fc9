import { once } from 'node:events';
import { connect } from 'node:net';
import { agentChannelUrl } from '@node3/shared/routes/agent-channel';
import { createJob } from '@node3/shared/routes/jobs';
import { streamUrl } from '@node3/shared/routes/stream';
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

describe('the headers that protect browsers', () => {
  it('are on every kind of answer, once', async () => {
    const { apiKey, client } = await openFundedAccount(market);
    const { jobId } = await client.call(createJob, { body: testJob() });
    const authorization = `Bearer ${apiKey}`;
    const accept = 'application/x-ndjson';
    const answers = await Promise.all([
      fetch(`${market.url}/health`),
      fetch(`${market.url}/nowhere`),
      fetch(`${market.url}/api/v1/jobs/${jobId}`),
      fetch(`${market.url}/api/v1/jobs/${jobId}`, { headers: { authorization } }),
      fetch(`${market.url}/api/v1/jobs/${jobId}/logs`, { headers: { authorization, accept } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 200, 200]);
    for (const { headers } of answers) {
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

describe('a request for a socket', () => {
  async function upgrade(path: string): Promise<string> {
    const { hostname, port } = new URL(market.url);
    const socket = connect(Number(port), hostname);
    const lines = [
      `GET ${path} HTTP/1.1`,
      `host: ${hostname}`,
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return head.toString().split('\r\n')[0] ?? '';
  }

  it('is answered where there is one, and refused elsewhere', async () => {
    expect(await upgrade(streamUrl)).toContain('101');
    expect(await upgrade(agentChannelUrl)).toContain('401');
    expect(await upgrade('/health')).toContain('404');
    expect(await upgrade('/nowhere')).toContain('404');
  });
});
