import { createClient } from '@node3/shared/client';
import { getAccount } from '@node3/shared/routes/accounts';
import { decideDeviceLogin, deviceGrant, getDeviceLogin } from '@node3/shared/routes/device-logins';
import { createKey, listKeys } from '@node3/shared/routes/keys';
import { signInLimits } from '@node3/shared/sign-in-limits';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let clock: ManualClock;

beforeAll(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
});
afterAll(() => market.stop());

const client_id = 'node3 on laptop';

/** As any client of OAuth does: a form goes in, JSON comes out. */
async function post(path: string, form: Record<string, string>) {
  const answer = await fetch(`${market.url}/api/v1/oauth/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

async function start(scope = 'requester') {
  const { status, body } = await post('device_authorization', { client_id, scope });
  expect(status).toBe(200);
  return { deviceCode: body['device_code'] ?? '', userCode: body['user_code'] ?? '', body };
}

const take = (deviceCode: string, more = {}) =>
  post('token', { grant_type: deviceGrant, device_code: deviceCode, client_id, ...more });

const later = () => clock.advance(signInLimits.deviceIntervalSec * 1_000);

describe('a login on another device', () => {
  it('gets a key once the owner of an account has approved it', async () => {
    const { deviceCode, userCode, body } = await start('requester read-only');
    expect(body).toMatchObject({
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${market.url}/device`,
      verification_uri_complete: `${market.url}/device?user_code=${userCode}`,
      expires_in: 600,
      interval: 5,
    });
    expect(await take(deviceCode)).toMatchObject({
      status: 400,
      body: { error: 'authorization_pending', code: 'DEVICE_LOGIN_PENDING' },
    });
    const owner = await openFundedAccount(market);
    const params = { userCode: userCode.toLowerCase().replace('-', '') };
    expect(await owner.client.call(getDeviceLogin, { params })).toMatchObject({
      client: client_id,
      scopes: ['requester', 'read-only'],
      address: '127.0.0.0/24',
    });
    await owner.client.call(decideDeviceLogin, { params, body: { decision: 'approve' } });
    later();
    const [one, two] = await Promise.all([take(deviceCode), take(deviceCode)]);
    const [given, refused] = one.status === 200 ? [one, two] : [two, one];
    expect(given.body).toMatchObject({ token_type: 'Bearer', scope: 'requester read-only' });
    expect(refused.status).toBe(400);
    const apiKey = given.body['access_token'] ?? '';
    const device = createClient({ baseUrl: market.url, apiKey });
    expect((await device.call(getAccount, {})).accountId).toBe(owner.accountId);
    const [key] = (await owner.client.call(listKeys, {})).data;
    expect(key).toMatchObject({ name: client_id, scopes: ['requester', 'read-only'] });
    expect(await take(deviceCode)).toMatchObject({ body: { error: 'invalid_grant' } });
  });

  it('is told to slow down, and has a longer interval from then on', async () => {
    const { deviceCode } = await start();
    expect((await take(deviceCode)).body['error']).toBe('authorization_pending');
    expect((await take(deviceCode)).body['error']).toBe('slow_down');
    later();
    expect((await take(deviceCode)).body['error']).toBe('slow_down');
    later();
    later();
    later();
    expect((await take(deviceCode)).body['error']).toBe('authorization_pending');
  });

  it('is denied once, and ends by itself', async () => {
    const { client } = await openFundedAccount(market);
    const denied = await start();
    const params = { userCode: denied.userCode };
    await client.call(decideDeviceLogin, { params, body: { decision: 'deny' } });
    const gone = client.call(decideDeviceLogin, { params, body: { decision: 'approve' } });
    await expect(gone).rejects.toMatchObject({ code: 'DEVICE_LOGIN_NOT_FOUND' });
    expect((await take(denied.deviceCode)).body['error']).toBe('access_denied');
    const late = await start();
    clock.advance(signInLimits.deviceLoginMs);
    expect((await take(late.deviceCode)).body['error']).toBe('expired_token');
    const over = client.call(getDeviceLogin, { params: { userCode: late.userCode } });
    await expect(over).rejects.toMatchObject({ code: 'DEVICE_LOGIN_NOT_FOUND' });
    expect((await take('never-was-there-at-all')).body['error']).toBe('invalid_grant');
    const { deviceCode } = await start();
    const other = await take(deviceCode, { client_id: 'another program' });
    expect(other.body['error']).toBe('invalid_grant');
  });

  it('gets no more than who approves it has', async () => {
    const { client } = await openFundedAccount(market);
    const scopes = ['provider' as const];
    const made = await client.call(createKey, { body: { name: 'p', scopes } });
    const provider = createClient({ baseUrl: market.url, apiKey: made.apiKey });
    const { userCode } = await start('requester');
    const approve = { params: { userCode }, body: { decision: 'approve' as const } };
    const beyond = provider.call(decideDeviceLogin, approve);
    await expect(beyond).rejects.toMatchObject({ context: { scope: 'requester' } });
    const operating = { ...approve, params: { userCode: (await start('operator')).userCode } };
    const above = client.call(decideDeviceLogin, operating);
    await expect(above).rejects.toMatchObject({ context: { scope: 'operator' } });
    const none = createClient({ baseUrl: market.url }).call(getDeviceLogin, {
      params: { userCode },
    });
    await expect(none).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
  });

  it('is not found by trying codes', async () => {
    const { client } = await openFundedAccount(market);
    const { userCode } = await start();
    const guess = { params: { userCode: 'BBBB-BBBB' } };
    for (let i = 0; i < signInLimits.userCodesPerMinute; i += 1) {
      const tried = client.call(getDeviceLogin, guess);
      await expect(tried).rejects.toMatchObject({ code: 'DEVICE_LOGIN_NOT_FOUND' });
    }
    const right = client.call(getDeviceLogin, { params: { userCode } });
    await expect(right).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('the page for it', () => {
  it('runs nothing that stands in it, and is framed by nobody', async () => {
    const page = await fetch(`${market.url}/device?user_code=<script>alert(1)</script>`);
    const html = await page.text();
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toMatch(
      /script-src 'self';.*frame-ancestors 'none'/,
    );
    expect(html).not.toMatch(/<script>|alert|\son\w+=|style=/);
    const script = await fetch(`${market.url}/device.js`);
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    const text = await script.text();
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval/);
  });
});
