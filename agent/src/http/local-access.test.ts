import type { RouteContract } from '@node3/shared/contract';
import * as agentLocal from '@node3/shared/routes/agent-local';
import * as node3Agent from '@node3/shared/routes/node3-agent';
import { describe, expect, it } from 'vitest';
import { LocalAccess, openRoutes, seedControls } from './local-access.ts';

const token = 't'.repeat(43);
const host = '127.0.0.1:8080';
const access = new LocalAccess({ token, seedControls: 'closed' });
const write = ['POST', '/api/v1/local/mode'] as const;

const isContract = (value: unknown): value is RouteContract =>
  typeof value === 'object' && value !== null && 'audience' in value;
const contracts = [agentLocal, node3Agent].flatMap((module) =>
  Object.values<unknown>(module).filter(isContract),
);

/** What a page gets for the token, as a browser sends it. */
function signIn(port = 8080) {
  const { cookie, pageKey } = access.openSession(token, { host: `127.0.0.1:${port}` });
  return { cookie: cookie.split(';')[0] ?? '', authorization: `Bearer ${pageKey}`, pageKey };
}

describe('the rule of the local API', () => {
  it('is what the contracts say', () => {
    expect(contracts.length).toBeGreaterThan(15);
    for (const { audience, method, url } of contracts) {
      const route = `${method} ${url}`;
      expect(audience, route).toBe(openRoutes.has(route) ? 'public' : 'provider');
    }
  });

  it('opens no write but the one that takes the token', () => {
    const writes = [...openRoutes].filter((route) => !route.startsWith('GET '));
    expect(writes).toEqual(['POST /api/v1/local/session']);
  });

  it('closes a route that nobody has thought of', () => {
    expect(() => access.check('GET', '/api/v2/new', { host })).toThrow(/need the token/);
    access.check('GET', undefined, { host });
    access.check('HEAD', '/*', { host });
  });

  it('lets clients of the seed start and stop only where the provider says so', () => {
    const open = new LocalAccess({ token, seedControls: 'open' });
    for (const route of seedControls) {
      const [method = '', url = ''] = route.split(' ');
      expect(() => access.check(method, url, { host })).toThrow();
      open.check(method, url, { host });
    }
    expect(() => open.check(...write, { host })).toThrow();
  });
});

describe('a caller', () => {
  it('with the token is the provider', () => {
    access.check(...write, { host, authorization: `Bearer ${token}` });
    const wrong = { host, authorization: `Bearer ${'x'.repeat(43)}` };
    expect(() => access.check(...write, wrong)).toThrow(/not the token of this agent/);
  });

  it('that is a page needs both halves of its key', () => {
    const { authorization, cookie, pageKey } = signIn();
    access.check(...write, { host, cookie: `a=b; ${cookie}; c=d`, authorization });
    const protocol = { 'sec-websocket-protocol': `node3.${pageKey}` };
    access.check('GET', '/api/v1/stream', { host, cookie, ...protocol });
    for (const half of [{ cookie }, { authorization }, { cookie, authorization: cookie }]) {
      expect(() => access.check(...write, { host, ...half })).toThrow();
    }
  });

  it('has cookies of its own for each port, which scripts and other sites can not use', () => {
    const { cookie } = access.openSession(token, { host: '127.0.0.1:8081' });
    expect(cookie).toMatch(
      /^node3_agent_8081=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain(token);
    expect(() => access.openSession(`${token}x`, { host })).toThrow(/link is of another agent/);
  });

  it('hears nothing secret under a name, behind which another program may pass it on', () => {
    for (const name of ['localhost:8080', '127.0.0.1.evil.example:8080', '[::1]:8080', '']) {
      expect(() => access.prove('n'.repeat(24), { host: name })).toThrow(/at 127\.0\.0\.1 only/);
      expect(() => access.openSession(token, { host: name })).toThrow(/at 127\.0\.0\.1 only/);
    }
  });
});
