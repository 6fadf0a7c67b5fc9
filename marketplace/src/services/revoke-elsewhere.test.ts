import { createClient } from '@node3/shared/client';
import { getAccount } from '@node3/shared/routes/accounts';
import { createJob, getJobLogs } from '@node3/shared/routes/jobs';
import { createKey, revokeKey } from '@node3/shared/routes/keys';
import { type StreamMessage, type StreamRequest, streamUrl } from '@node3/shared/routes/stream';
import { afterEach, describe, expect, it } from 'vitest';
import { openFundedAccount, type TestMarketplace, testJob } from '../testing/test-marketplace.ts';
import { startTestReplicas, type TestReplicas } from '../testing/test-replicas.ts';

let all: TestReplicas;
afterEach(() => all.stop());

/** Signs in and stays; `closed` is the code that the socket is closed with. */
async function openStream(url: string, apiKey: string) {
  const socket = new WebSocket(url.replace('http', 'ws') + streamUrl);
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => resolve(code));
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const signedIn = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as StreamMessage;
      if (message.type === 'ready' && message.authenticated) resolve();
    });
  });
  socket.send(JSON.stringify({ op: 'auth', apiKey } satisfies StreamRequest));
  await signedIn;
  return { closed };
}

describe.each(['heard', 'lost'] as const)(
  'a key that is revoked on one replica, hints %s',
  (hints) => {
    it('opens nothing on another one, and what it holds open there ends', async () => {
      all = await startTestReplicas(2, { hints });
      const [here, there] = all.replicas as [TestMarketplace, TestMarketplace];
      const { client } = await openFundedAccount(here);
      const { keyId, apiKey } = await client.call(createKey, { body: { name: 'second' } });
      const second = createClient({ baseUrl: there.url, apiKey });
      const { closed } = await openStream(there.url, apiKey);
      const { jobId } = await second.call(createJob, { body: testJob() });
      const lines = second.lines(getJobLogs, { params: { jobId }, query: { follow: true } });
      const followed = (async () => {
        for await (const line of lines) expect(line).toMatchObject({ ended: false });
      })();
      // Known there as good, so that it isn't looked up for a while.
      await second.call(getAccount, {});
      await client.call(revokeKey, { params: { keyId } });
      expect(await closed).toBe(1008);
      await followed;
      await expect(second.call(getAccount, {})).rejects.toMatchObject({ code: 'AUTH_INVALID' });
    }, 60_000);
  },
);
