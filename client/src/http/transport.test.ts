import { limits } from '@node3/shared/limits';
import { startWebServer } from '@node3/shared/testing/web-server';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Node3 } from '../node3.ts';
import { Testbed, usdcSpec } from '../testing/testbed.ts';

let bed: Testbed;
beforeAll(async () => {
  bed = await Testbed.start();
});
afterAll(() => bed.stop());
afterEach(() => vi.restoreAllMocks());

/** Counts what is sent. */
function counting() {
  const sent: Request[] = [];
  const send: typeof fetch = (input, init) => {
    const request = new Request(input, init);
    sent.push(request.clone());
    return fetch(request);
  };
  return { sent, fetch: send };
}

describe('a call', () => {
  it('is sent with one idempotency key in all its tries', async () => {
    const { sent, fetch } = counting();
    const { jobs } = bed.client({ fetch });
    bed.proxy.cut('after');
    await jobs.create(usdcSpec());
    await jobs.create(usdcSpec());
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toHaveLength(3);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('that may do something twice is never sent again', async () => {
    const { sent, fetch } = counting();
    const { webhooks } = bed.client({ fetch });
    const before = (await webhooks.list()).length;
    sent.length = 0;
    bed.proxy.cut('after');
    const made = webhooks.create({ url: 'http://127.0.0.1:1/' });
    await expect(made).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(sent).toHaveLength(1);
    const found = await webhooks.list();
    expect(found).toHaveLength(before + 1);
    for (const { webhookId } of found) await webhooks.delete(webhookId);
  });

  it('that deletes is done when there is nothing left after an answer that got lost', async () => {
    const { webhooks } = bed.client();
    const { webhookId } = await webhooks.create({ url: 'http://127.0.0.1:1/' });
    bed.proxy.cut('after');
    await webhooks.delete(webhookId);
    await expect(webhooks.delete(webhookId)).rejects.toMatchObject({ code: 'WEBHOOK_NOT_FOUND' });
    const { artifacts } = bed.client();
    const { artifactId } = await artifacts.upload(new Blob(['x']), { name: 'gone.txt' });
    bed.proxy.cut('after');
    await artifacts.delete(artifactId);
    await expect(artifacts.delete(artifactId)).rejects.toMatchObject({ code: 'ARTIFACT_REMOVED' });
  });

  it('of any endpoint is as good as one that has a name', async () => {
    const node3 = bed.client();
    bed.proxy.cut('after');
    const { data } = await node3.request<{ data: unknown[] }>({
      method: 'GET',
      path: '/api/v1/keys',
    });
    expect(data).toHaveLength(1);
    const path = '/api/v1/jobs';
    const post = { method: 'POST', path, body: usdcSpec(), idempotencyKey: 'own' } as const;
    const first = await node3.request<{ jobId: string }>(post);
    expect((await node3.request<{ jobId: string }>(post)).jobId).toBe(first.jobId);
  });

  it('with what is no JSON is not sent', async () => {
    const { sent, fetch } = counting();
    const spec = usdcSpec({ labels: { odd: 1n as unknown as string } });
    await expect(bed.client({ fetch }).jobs.create(spec)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      field: 'body',
    });
    expect(sent).toEqual([]);
  });

  it('gives up after its tries, and tells what the last one met', async () => {
    bed.proxy.gate('shut');
    bed.proxy.drop();
    const { sent, fetch } = counting();
    const call = bed.client({ fetch, retriesMax: 1 }).account.get();
    await expect(call).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    bed.proxy.gate('open');
    expect(sent).toHaveLength(2);
  });

  it('ends with its signal, with the reason of it, also between two tries', async () => {
    bed.proxy.gate('shut');
    bed.proxy.drop();
    const leave = new AbortController();
    const reason = new Error('enough');
    const { sent, fetch } = counting();
    const call = bed.client({ fetch, retriesMax: 1_000 }).account.get({ signal: leave.signal });
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0), 20_000);
    leave.abort(reason);
    await expect(call).rejects.toBe(reason);
    bed.proxy.gate('open');
    await expect(bed.client().account.get({ signal: leave.signal })).rejects.toBe(reason);
  });

  it('without a key, or with a wrong one, says so at once', async () => {
    const { sent, fetch } = counting();
    const nobody = new Node3({ url: bed.url, fetch });
    await expect(nobody.account.get()).rejects.toMatchObject({
      code: 'AUTH_REQUIRED',
      status: 401,
    });
    expect(sent).toHaveLength(1);
    expect((await nobody.marketplace.overview()).cluster).toBe('localnet');
    expect(await nobody.marketplace.agents()).toEqual([]);
  });

  it.each([
    ['url', { url: 'node3.example' }],
    ['url', { url: 'ftp://node3.example' }],
    ['apiKey', { apiKey: 'a b' }],
    ['retriesMax', { retriesMax: -1 }],
    ['timeoutMs', { timeoutMs: 0 }],
  ])('is not made by a client whose %s can not be meant', (field, options) => {
    expect(() => new Node3({ url: bed.url, ...options })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', field }),
    );
  });
});

describe('a server that is asked too much', () => {
  it('is asked again when it says so, and not before', async () => {
    const pauses = vi.spyOn(globalThis, 'setTimeout');
    let answers = 0;
    const server = await startWebServer((_, response) => {
      answers += 1;
      if (answers > 1) response.writeHead(200).end('{"balances":{}}');
      else response.writeHead(429, { 'retry-after': '1' }).end('busy');
    });
    const node3 = new Node3({ url: `http://127.0.0.1:${server.port}`, apiKey: 'k' });
    await node3.account.get();
    await server.close();
    expect(answers).toBe(2);
    expect(pauses).toHaveBeenCalledWith(expect.any(Function), 1_000);
  });

  it('is not waited for when that takes too long, nor followed to another place', async () => {
    let answers = 0;
    const server = await startWebServer((request, response) => {
      answers += 1;
      if (request.url?.endsWith('/caps')) {
        response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
      } else response.writeHead(503, { 'retry-after': '3600' }).end('<html>');
    });
    const url = `http://127.0.0.1:${server.port}`;
    const node3 = new Node3({ url, apiKey: 'k', retriesMax: 0 });
    await expect(new Node3({ url, apiKey: 'k' }).account.get()).rejects.toMatchObject({
      status: 503,
      retryAfterSec: 3_600,
      code: 'INTERNAL',
    });
    await expect(node3.account.caps()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    await server.close();
    expect(answers).toBe(2);
  });

  it('that never answers is left after the time of a try', async () => {
    const server = await startWebServer(() => undefined);
    const url = `http://127.0.0.1:${server.port}`;
    const call = new Node3({ url, apiKey: 'k', retriesMax: 0, timeoutMs: 50 }).account.get();
    await expect(call).rejects.toMatchObject({ code: 'CONNECTION_TIMEOUT' });
    await server.close();
  });
});

describe('the marketplace', () => {
  it('answers who prefers to wait when the job is over, and says that it did', async () => {
    const { jobs } = bed.client();
    const { jobId } = await jobs.create(usdcSpec());
    const headers = { authorization: `Bearer ${bed.requester.apiKey}` };
    const read = (prefer: string) =>
      fetch(`${bed.market.url}/api/v1/jobs/${jobId}`, { headers: { ...headers, prefer } });
    const waiting = read(`respond-async, wait=${limits.jobWaitSecMax * 2}`);
    await jobs.cancel(jobId);
    const answer = await waiting;
    expect(answer.headers.get('preference-applied')).toBe(`wait=${limits.jobWaitSecMax}`);
    expect(await answer.json()).toMatchObject({ state: 'cancelled' });
    const over = await read('wait=30');
    expect(over.headers.get('preference-applied')).toBeNull();
    expect(await over.json()).toMatchObject({ state: 'cancelled' });
  });
});
