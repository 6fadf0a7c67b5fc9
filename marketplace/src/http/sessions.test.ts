import { once } from 'node:events';
import { createClient } from '@node3/shared/client';
import { systemIds } from '@node3/shared/ids';
import { getAccount } from '@node3/shared/routes/accounts';
import { listAuditLog } from '@node3/shared/routes/audit';
import { endSessions, listSessions } from '@node3/shared/routes/sessions';
import { csrfHeader, signInLimits } from '@node3/shared/sign-in-limits';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createSessionToken } from '../services/api-key.ts';
import { postSession, signedSignIn, signInTo, signText } from '../testing/sign-in.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testWallet,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

const csrf = { [csrfHeader]: '1' };

interface Asked extends Omit<RequestInit, 'headers'> {
  headers?: Record<string, string>;
}

function ask(token: string, path: string, init: Asked = {}) {
  return fetch(`${market.url}${path}`, {
    ...init,
    headers: { cookie: `other=1; node3_session=${token}`, ...init.headers },
  });
}

async function codeOf(answer: Promise<Response> | Response): Promise<unknown> {
  const read = (await (await answer).json()) as { code?: unknown };
  return read.code;
}

describe('signing in with a wallet', () => {
  it('opens the account of the wallet, and finds it again', async () => {
    const wallet = testWallet();
    const first = await signInTo(market, wallet);
    expect(first.account.wallet).toBe(wallet.address);
    expect(first.cookie).toBe(
      `node3_session=${first.token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200`,
    );
    const account = await ask(first.token, '/api/v1/account');
    expect(await account.json()).toMatchObject({
      accountId: first.account.accountId,
      access: { by: 'session', scopes: ['requester', 'provider'] },
    });
    const again = await signInTo(market, wallet);
    expect(again.account.accountId).toBe(first.account.accountId);
    const funded = await openFundedAccount(market);
    const other = await signInTo(market, funded.wallet);
    expect(other.account.accountId).toBe(funded.accountId);
  });

  it('takes each nonce once, whatever came of it', async () => {
    const wallet = testWallet();
    const signed = await signedSignIn(market, wallet);
    const wrong = { ...signed, signature: await signText(testWallet(), signed.message) };
    expect(await codeOf(postSession(market, wrong))).toBe('SIGNATURE_INVALID');
    expect(await codeOf(postSession(market, signed))).toBe('CHALLENGE_INVALID');
    const both = await signedSignIn(market, wallet);
    const answers = await Promise.all([postSession(market, both), postSession(market, both)]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it.each([
    ['another domain', (text: string) => text.replace(/^[^ ]+/, 'evil.example')],
    ['another address of ours', (text: string) => text.replace(/URI: .*/, 'URI: http://evil')],
    ['a longer time', (text: string) => text.replace(/(Expiration Time: )2/, '$13')],
    ['another chain', (text: string) => text.replace('localnet', 'mainnet')],
    ['something more', (text: string) => `${text}\nResources:\n- https://evil.example`],
    ['a line more before', (text: string) => text.replace('\n\nSign', '\n\nPay me\nSign')],
  ])('refuses what names %s', async (_, change) => {
    const wallet = testWallet();
    const { message } = await signedSignIn(market, wallet);
    const changed = change(message);
    expect(changed).not.toBe(message);
    const body = { message: changed, signature: await signText(wallet, changed) };
    expect(await codeOf(postSession(market, body))).toBe('CHALLENGE_INVALID');
  });

  it('is for our own pages', async () => {
    const signed = await signedSignIn(market, testWallet());
    const from = (headers: Record<string, string>) => codeOf(postSession(market, signed, headers));
    expect(await from({ origin: 'https://evil.example' })).toBe('ORIGIN_REFUSED');
    expect(await from({ 'sec-fetch-site': 'cross-site' })).toBe('ORIGIN_REFUSED');
    expect(await from({ 'sec-fetch-site': 'same-site' })).toBe('ORIGIN_REFUSED');
    expect(await from({ [csrfHeader]: '0' })).toBe('ORIGIN_REFUSED');
    expect((await postSession(market, signed)).status).toBe(201);
  });
});

describe('a session', () => {
  it('changes things only from our own pages, and is no key', async () => {
    const { wallet } = await openFundedAccount(market);
    const { token } = await signInTo(market, wallet);
    const post = (headers: Record<string, string>) =>
      ask(token, '/api/v1/jobs', {
        method: 'POST',
        body: JSON.stringify(testJob()),
        headers: { 'content-type': 'application/json', ...headers },
      });
    expect(await codeOf(post({ origin: market.url }))).toBe('ORIGIN_REFUSED');
    expect(await codeOf(post(csrf))).toBe('ORIGIN_REFUSED');
    expect(await codeOf(post({ ...csrf, origin: 'https://evil.example' }))).toBe('ORIGIN_REFUSED');
    const crossSite = { ...csrf, origin: market.url, 'sec-fetch-site': 'cross-site' };
    expect(await codeOf(post(crossSite))).toBe('ORIGIN_REFUSED');
    expect((await post({ ...csrf, origin: market.url })).status).toBe(201);
    expect((await post({ ...csrf, 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    const read = { headers: { 'sec-fetch-site': 'cross-site' } };
    expect(await codeOf(ask(token, '/api/v1/jobs', read))).toBe('ORIGIN_REFUSED');
    const asKey = createClient({ baseUrl: market.url, apiKey: token }).call(getAccount, {});
    await expect(asKey).rejects.toMatchObject({ code: 'AUTH_INVALID' });
  });

  it('is listed, ended with what is open in it, and leaves its keys', async () => {
    const { wallet } = await openFundedAccount(market);
    const [mine, lost] = [await signInTo(market, wallet), await signInTo(market, wallet)];
    const made = await ask(mine.token, '/api/v1/keys', {
      method: 'POST',
      body: JSON.stringify({ name: 'made in a session' }),
      headers: { 'content-type': 'application/json', origin: market.url, ...csrf },
    });
    const { apiKey } = (await made.json()) as { apiKey: string };
    const client = createClient({ baseUrl: market.url, apiKey });
    const listed = await (await ask(mine.token, '/api/v1/sessions')).json();
    expect(listed).toMatchObject({
      data: [
        { sessionId: lost.sessionId, current: false },
        { sessionId: mine.sessionId, current: true },
      ],
    });
    const stream = await ask(lost.token, '/api/v1/events', {
      headers: { accept: 'text/event-stream' },
    });
    const socket = new WebSocket(`${market.url.replace('http', 'ws')}/api/v1/stream`, {
      headers: { cookie: `node3_session=${lost.token}`, origin: market.url },
    });
    const [ready] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(ready.toString())).toEqual({ type: 'ready', authenticated: true });
    const closed = once(socket, 'close');
    const end = await ask(mine.token, `/api/v1/sessions/${lost.sessionId}`, {
      method: 'DELETE',
      headers: { origin: market.url, ...csrf },
    });
    expect(end.status).toBe(200);
    await Promise.all([stream.text(), closed]);
    expect(await codeOf(ask(lost.token, '/api/v1/account'))).toBe('AUTH_INVALID');
    expect((await client.call(endSessions, {})).ended).toBe(1);
    expect(await codeOf(ask(mine.token, '/api/v1/account'))).toBe('AUTH_INVALID');
    expect((await client.call(listSessions, {})).data).toEqual([]);
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const { data } = await operator.call(listAuditLog, {});
    expect(data.map(({ action }) => action)).toContain('session.ended');
    expect(data.map(({ action }) => action)).toContain('session.opened');
  });

  it('is ended with what is open in it where there are too many', async () => {
    const wallet = testWallet();
    const oldest = await signInTo(market, wallet);
    const { accountId } = oldest.account;
    const stream = await ask(oldest.token, '/api/v1/events', {
      headers: { accept: 'text/event-stream' },
    });
    const nowMs = Date.now();
    for (let i = 0; i < signInLimits.sessionsPerAccount; i += 1) {
      const { row } = createSessionToken(systemIds, { accountId, client: null }, nowMs);
      await market.store.addApiKey(row, { keysMax: 1, caps: null, events: [] });
    }
    await signInTo(market, wallet);
    await stream.text();
  });

  it('is kept by no cache, and told of where another page asks in it', async () => {
    const own = await startTestMarketplace();
    const { token } = await signInTo(own, testWallet());
    const read = (path: string, headers = {}) =>
      fetch(`${own.url}/api/v1/${path}`, {
        headers: { cookie: `node3_session=${token}`, ...headers },
      });
    expect((await read('keys')).headers.get('cache-control')).toBe('no-store');
    expect((await read('account')).headers.get('cache-control')).toBe('private, no-cache');
    await read('keys', { origin: 'https://evil.example' });
    await read('keys', { authorization: `Bearer ${token}` });
    await own.restart();
    const operator = createClient({ baseUrl: own.url, apiKey: own.adminApiKey });
    const { data } = await operator.call(listAuditLog, { query: { action: 'auth.failed' } });
    const sessionId = expect.stringMatching(/^ses_/);
    const noted = data.map(({ facts, target }) => [facts['code'], target]);
    expect(noted).toHaveLength(2);
    expect(noted).toContainEqual(['AUTH_INVALID', sessionId]);
    expect(noted).toContainEqual(['ORIGIN_REFUSED', sessionId]);
    await own.stop();
  });

  it('makes no key that a key could not', async () => {
    const { token } = await signInTo(market, testWallet());
    const operating = await ask(token, '/api/v1/keys', {
      method: 'POST',
      body: JSON.stringify({ name: 'operator', scopes: ['operator'] }),
      headers: { 'content-type': 'application/json', origin: market.url, ...csrf },
    });
    expect(await codeOf(operating)).toBe('AUTH_FORBIDDEN');
  });

  it('ends when it is not used, and after its time', async () => {
    const clock = new ManualClock();
    const own = await startTestMarketplace({ clock });
    const used = await signInTo(own, testWallet());
    const idle = await signInTo(own, testWallet());
    const isOpen = async (token: string) => {
      const headers = { cookie: `node3_session=${token}` };
      return (await fetch(`${own.url}/api/v1/account`, { headers })).ok;
    };
    const step = signInLimits.sessionIdleMs - 1_000;
    // What a minute's uses are written as.
    const use = () =>
      own.store.noteKeyUses(
        [{ keyId: used.sessionId, atMs: clock.nowMs() }],
        signInLimits.sessionIdleMs,
      );
    clock.advance(step);
    await use();
    clock.advance(step);
    expect(await isOpen(used.token)).toBe(true);
    expect(await isOpen(idle.token)).toBe(false);
    for (let passed = step * 2; passed + step < signInLimits.sessionMs; passed += step) {
      await use();
      clock.advance(step);
    }
    expect(await isOpen(used.token)).toBe(true);
    await use();
    clock.advance(step);
    expect(await isOpen(used.token)).toBe(false);
    await own.stop();
  });

  it('goes on from when it was last used', async () => {
    const clock = new ManualClock();
    const own = await startTestMarketplace({ clock });
    const { token, sessionId } = await signInTo(own, testWallet());
    clock.advance(signInLimits.sessionUseGrainMs);
    await fetch(`${own.url}/api/v1/account`, { headers: { cookie: `node3_session=${token}` } });
    await own.restart();
    expect((await own.store.apiKey(sessionId))?.expiresAtMs).toBe(
      clock.nowMs() + signInLimits.sessionIdleMs,
    );
    await own.stop();
  });

  it('has a cookie for HTTPS alone where that is our address', async () => {
    const publicUrl = 'https://market.example';
    const own = await startTestMarketplace({ publicUrl });
    const wallet = testWallet();
    const signed = await signedSignIn(own, wallet);
    expect(signed.message).toMatch(
      /^market\.example wants you[^]*\nURI: https:\/\/market\.example\n/,
    );
    expect(await codeOf(postSession(own, signed))).toBe('ORIGIN_REFUSED');
    const answer = await postSession(own, signed, { origin: publicUrl });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(
      /^__Host-node3_session=n3_ses_[^]*; HttpOnly; SameSite=Strict;.*; Secure$/,
    );
    const token = /=([^;]+)/.exec(cookie)?.[1] ?? '';
    const read = (name: string) =>
      fetch(`${own.url}/api/v1/account`, { headers: { cookie: `${name}=${token}` } });
    expect((await read('__Host-node3_session')).status).toBe(200);
    expect((await read('node3_session')).status).toBe(401);
    // A page of the same host over plain HTTP is another's: whoever is on the way can write it.
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/api/v1/stream`, {
      headers: { cookie: `__Host-node3_session=${token}`, origin: own.url },
    });
    socket.once('open', () => socket.send('{"op":"ping"}'));
    const [first] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(first.toString())).toEqual({ type: 'pong' });
    socket.terminate();
    await own.stop();
  });
});
