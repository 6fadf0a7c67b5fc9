import { describe, expect, it } from 'vitest';
import { findRefusal, type GuardedRequest } from './guard.ts';

const host = '127.0.0.1:8080';
const json = 'application/json';

function check(headers: Record<string, string>, changes: Partial<GuardedRequest> = {}) {
  const request = { method: 'GET', path: '/api/v1/local/status', headers, upgrade: false };
  return findRefusal({ ...request, ...changes }, 8080)?.code ?? 'passes';
}

const post = { method: 'POST' };
const socket = { upgrade: true, path: '/api/v1/stream' };

describe('findRefusal', () => {
  it.each([
    ['the dashboard reading', { host, 'sec-fetch-site': 'same-origin' }, {}],
    ['a person opening it', { host, 'sec-fetch-site': 'none' }, { path: '/' }],
    ['a link from elsewhere', { host, 'sec-fetch-site': 'cross-site' }, { path: '/' }],
    ['a program reading', { host: 'localhost:8080' }, {}],
    ['a program calling without a body', { host, 'content-length': '0' }, post],
    ['a program writing', { host, 'content-type': json }, post],
    [
      'the dashboard writing',
      { host, origin: `http://${host}`, 'content-type': `${json}; charset=utf-8` },
      post,
    ],
    ['the dashboard listening', { host, origin: `http://${host}` }, socket],
  ])('lets pass: %s', (_, headers, changes) => {
    expect(check(headers as Record<string, string>, changes)).toBe('passes');
  });

  it.each([
    ['a rebound name', { host: 'evil.example:8080' }, {}],
    ['an address where the agent does not listen', { host: '[::1]:8080' }, {}],
    ['another port', { host: '127.0.0.1:8081' }, {}],
    ['no host', {}, {}],
    ['another site reading', { host, origin: 'http://evil.example' }, {}],
    ['another site reading without origin', { host, 'sec-fetch-site': 'cross-site' }, {}],
    ['a sandboxed page', { host, origin: 'null', 'content-type': json }, post],
    ['another local server', { host, origin: 'http://127.0.0.1:3000', 'content-type': json }, post],
    ['another site writing', { host, 'sec-fetch-site': 'same-site', 'content-type': json }, post],
    ['a socket of another site', { host, origin: 'http://evil.example' }, socket],
    ['a socket without origin', { host }, socket],
  ])('keeps out: %s', (_, headers, changes) => {
    expect(check(headers as Record<string, string>, changes)).toBe('AGENT_ORIGIN_REFUSED');
  });

  it('[8.12] keeps out what a form can send', () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'text/plain; x=application/json',
    ]) {
      expect(check({ host, 'content-type': type }, post)).toBe('CONTENT_TYPE_UNSUPPORTED');
    }
    expect(check({ host, 'content-length': '2' }, post)).toBe('CONTENT_TYPE_UNSUPPORTED');
    expect(check({ host, 'transfer-encoding': 'chunked' }, post)).toBe('CONTENT_TYPE_UNSUPPORTED');
    expect(check({ host, referer: `http://${host}/` }, post)).toBe('CONTENT_TYPE_UNSUPPORTED');
  });
});
