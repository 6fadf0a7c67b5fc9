import { createClient } from '@node3/shared/client';
import { type EventView, listEvents } from '@node3/shared/routes/events';
import { cancelJob, createJob } from '@node3/shared/routes/jobs';
import { createKey, revokeKey } from '@node3/shared/routes/keys';
import type { StreamMessage } from '@node3/shared/routes/stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeEach(async () => {
  market = await startTestMarketplace();
});
afterEach(() => market.stop());

type Account = Awaited<ReturnType<typeof openFundedAccount>>;

async function post(account: Account): Promise<string> {
  const { jobId } = await account.client.call(createJob, { body: testJob() });
  return jobId;
}

function namesOf(events: readonly EventView[]): string[] {
  return events.map(({ type }) => type);
}

/** Opens a stream and hands over its pieces; `take` waits until so many events are there. */
async function open(apiKey: string, query: string, headers: Record<string, string>) {
  const gone = new AbortController();
  const response = await fetch(`${market.url}/api/v1/events${query}`, {
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
    signal: gone.signal,
  });
  if (response.body === null) throw new Error('no body');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const events = () =>
    text
      .split('\n')
      .map((line) => /^(?:data: )?(\{.*"seq".*\})$/.exec(line)?.[1])
      .filter((json) => json !== undefined)
      .map((json) => JSON.parse(json) as EventView);
  return {
    response,
    async take(count: number): Promise<EventView[]> {
      while (events().length < count) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
      return events();
    },
    /** Reads to the end. */
    async rest(): Promise<string> {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return text;
        text += value;
      }
    },
    close: () => gone.abort(),
  };
}

const sse = { accept: 'text/event-stream' };
const lines = { accept: 'application/x-ndjson' };

describe('events of an account', () => {
  it('are read page by page, filtered, and never those of another one', async () => {
    const [own, other] = [await openFundedAccount(market), await openFundedAccount(market)];
    const jobId = await post(own);
    await post(other);
    const all = await own.client.call(listEvents, { query: {} });
    expect(namesOf(all.data)).toEqual([
      'account.created',
      'key.created',
      'deposit.credited',
      'job.posted',
    ]);
    expect(new Set(all.data.map(({ accountId }) => accountId))).toEqual(new Set([own.accountId]));
    expect(all.more).toBe(false);
    const first = await own.client.call(listEvents, { query: { limit: 2 } });
    expect(first.more).toBe(true);
    const rest = await own.client.call(listEvents, { query: { after: first.nextAfter } });
    expect([...first.data, ...rest.data]).toEqual(all.data);
    const some = await own.client.call(listEvents, { query: { types: 'key.*,deposit.credited' } });
    expect(namesOf(some.data)).toEqual(['key.created', 'deposit.credited']);
    const ofJob = await own.client.call(listEvents, { query: { jobId } });
    expect(namesOf(ofJob.data)).toEqual(['job.posted']);
    await expect(other.client.call(listEvents, { query: { jobId } })).rejects.toThrow(
      'no such job',
    );
    const foreign = { query: { accountId: own.accountId } };
    await expect(other.client.call(listEvents, foreign)).rejects.toThrow('another account');
  });

  it('are all there for the operator', async () => {
    const own = await openFundedAccount(market);
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const all = await operator.call(listEvents, { query: { types: 'account.created' } });
    expect(all.data).toHaveLength(2);
    const one = await operator.call(listEvents, { query: { accountId: own.accountId } });
    expect(namesOf(one.data)).toContain('deposit.credited');
  });

  it('come from the store where memory does not have them any more', async () => {
    const own = await openFundedAccount(market);
    await post(own);
    const before = await own.client.call(listEvents, { query: {} });
    await market.restart();
    await post(own);
    const after = await own.client.call(listEvents, { query: {} });
    expect(after.data.slice(0, -1)).toEqual(before.data);
    const last = await own.client.call(listEvents, { query: { after: after.nextAfter - 1 } });
    expect(namesOf(last.data)).toEqual(['job.posted']);
  });

  it('[11.05] are a stream that goes on, and resumes by Last-Event-ID', async () => {
    const own = await openFundedAccount(market);
    const stream = await open(own.apiKey, '?types=job.*', sse);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const jobId = await post(own);
    const [posted] = await stream.take(1);
    expect(posted).toMatchObject({ type: 'job.posted', jobId });
    stream.close();
    await own.client.call(cancelJob, { params: { jobId } });
    await market.restart();
    const again = await open(own.apiKey, '?types=job.*', {
      ...sse,
      'last-event-id': String(posted?.seq),
    });
    expect(namesOf(await again.take(1))).toEqual(['job.ended']);
    await post(own);
    expect(namesOf(await again.take(2))).toEqual(['job.ended', 'job.posted']);
    again.close();
    const wrong = await open(own.apiKey, '', { ...sse, 'last-event-id': 'x' });
    expect(wrong.response.status).toBe(422);
    wrong.close();
  });

  it('are JSON lines, to their end or for ever', async () => {
    const own = await openFundedAccount(market);
    const once = await open(own.apiKey, '?after=0', lines);
    const text = await once.rest();
    expect(text.trimEnd().split('\n').at(-1)).toBe('{"ended":true}');
    expect(await once.take(3)).toHaveLength(3);
    const live = await open(own.apiKey, '?after=0&follow=true', lines);
    await live.take(3);
    await post(own);
    expect(namesOf(await live.take(4)).at(-1)).toBe('job.posted');
    live.close();
  });

  it('end with the key that opened them', async () => {
    const own = await openFundedAccount(market);
    const { keyId, apiKey } = await own.client.call(createKey, { body: { name: 'stream' } });
    const stream = await open(apiKey, '?after=0', sse);
    await stream.take(1);
    await own.client.call(revokeKey, { params: { keyId } });
    expect(await stream.rest()).toContain('key.created');
  });

  it('[11.05] come over the socket too, from any place in the log', async () => {
    const own = await openFundedAccount(market);
    await market.restart();
    const socket = new WebSocket(`${market.url.replace('http', 'ws')}/api/v1/stream`);
    const heard: EventView[] = [];
    let wake: () => void = () => undefined;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as StreamMessage;
      if (message.type === 'events') heard.push(...message.events);
      wake();
    });
    const until = async (count: number) => {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ op: 'auth', apiKey: own.apiKey }));
    const types = 'deposit.*,job.*';
    socket.send(JSON.stringify({ op: 'subscribe', channel: 'events', since: 0, types }));
    await until(1);
    await post(own);
    await until(2);
    expect(namesOf(heard)).toEqual(['deposit.credited', 'job.posted']);
    socket.close();
  });
});
