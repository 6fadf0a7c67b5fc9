import { entityTag } from '@node3/shared/http/entity-tag';
import { getCaps } from '@node3/shared/routes/caps';
import { createSchedule } from '@node3/shared/routes/schedules';
import { createTemplate } from '@node3/shared/routes/templates';
import { createWebhook } from '@node3/shared/routes/webhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;

beforeAll(async () => {
  market = await startTestMarketplace();
  requester = await openFundedAccount(market);
});
afterAll(() => market.stop());

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  apiKey?: string;
}

async function ask(path: string, { method = 'GET', headers, body, apiKey }: Asked = {}) {
  const response = await fetch(`${market.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey ?? requester.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    body: (text === '' ? null : JSON.parse(text)) as Record<string, unknown>,
  };
}

/** One change with the tag of before succeeds, a second one with the same tag does not. */
async function changeTwice(path: string, change: Asked & { path?: string }) {
  const { etag } = await ask(path);
  expect((await ask(path, { headers: { 'if-none-match': `"other", ${etag}` } })).status).toBe(304);
  const send = (ifMatch: string) =>
    ask(change.path ?? path, { ...change, headers: { 'if-match': ifMatch } });
  expect(await send(`W/${etag}`)).toMatchObject({ status: 412 });
  const first = await send(etag);
  expect(first.status).toBeLessThan(300);
  expect(await send(etag)).toMatchObject({ status: 412, body: { code: 'RESOURCE_CHANGED' } });
  return first;
}

describe('a change of what has been changed meanwhile', () => {
  it('is refused for a webhook, and an answer to a change has the next tag', async () => {
    const { webhookId } = await requester.client.call(createWebhook, {
      body: { url: 'http://127.0.0.1:1/', types: ['job.*'] },
    });
    const path = `/webhooks/${webhookId}`;
    const change = { method: 'PUT', body: { description: 'first' } };
    const { etag } = await changeTwice(path, change);
    const again = { ...change, body: { description: 'second' }, headers: { 'if-match': etag } };
    expect((await ask(path, again)).status).toBe(200);
    await changeTwice(path, { method: 'POST', path: `${path}/rotate` });
  });

  it('is refused for the versions of a template', async () => {
    const body = { name: 'tagged', spec: testJob() };
    const { templateId } = await requester.client.call(createTemplate, { body });
    const path = `/templates/${templateId}`;
    const added = { method: 'POST', path: `${path}/versions`, body: { spec: testJob() } };
    await changeTwice(path, added);
    expect((await ask(path)).body).toMatchObject({ version: 2 });
    const other = await requester.client.call(createTemplate, {
      body: { ...body, name: 'tagged too' },
    });
    for (const read of [`${path}?version=1`, `/templates/${other.templateId}`]) {
      const { etag } = await ask(read);
      const headers = { 'if-match': etag };
      expect(await ask(added.path, { ...added, headers })).toMatchObject({ status: 412 });
    }
    const { etag } = await ask(path);
    const foreign = `/templates/${other.templateId}/versions`;
    const headers = { 'if-match': etag };
    await ask(foreign, added);
    expect(await ask(foreign, { ...added, headers })).toMatchObject({ status: 412 });
  });

  it('is refused for a schedule, but not for what the schedule did itself', async () => {
    const { scheduleId } = await requester.client.call(createSchedule, {
      body: { name: 'tagged', cron: '0 0 1 1 *', timezone: 'UTC', jobSpec: testJob() },
    });
    const path = `/schedules/${scheduleId}`;
    await changeTwice(path, { method: 'POST', path: `${path}/pause` });
    await changeTwice(path, { method: 'POST', path: `${path}/resume` });
  });

  it('is refused for caps, but not for what was spent meanwhile', async () => {
    const narrow = { perJob: '1', perDay: '5' };
    const { key } = await requester.client.call(getCaps, {});
    const body = { caps: { SOL: narrow, USDC: narrow } };
    await changeTwice('/account/caps', { method: 'PUT', path: `/keys/${key?.keyId}/caps`, body });
    const open = { ...narrow, open: null };
    const caps = { SOL: open, USDC: open };
    await changeTwice('/account/caps', {
      method: 'PUT',
      body: { caps },
      apiKey: market.adminApiKey,
    });
  });
});

describe('a tag', () => {
  it('stands for the parts of its answer', () => {
    const of = (text: string) => text.replaceAll('"', '').split('.');
    const [one, two] = [entityTag({ a: 1 }, 'x'), entityTag({ a: 1 }, 'y')];
    expect(of(one)[0]).toBe(of(two)[0]);
    expect(of(one)[1]).not.toBe(of(two)[1]);
  });
});
