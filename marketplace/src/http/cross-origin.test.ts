import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../env.ts';
import { addCrossOrigin, anyOrigin } from './cross-origin.ts';

const origin = 'https://app.example';

function serverFor(origins: string[]) {
  const app = Fastify();
  addCrossOrigin(app, origins);
  app.get('/read', async () => ({}));
  app.get('/shared', { config: anyOrigin }, async () => ({}));
  app.get('/page', async (_request, reply) => {
    void reply.header('vary', 'accept');
    return {};
  });
  return app;
}

const preflight = (from: string) => ({
  method: 'OPTIONS' as const,
  url: '/read',
  headers: { origin: from, 'access-control-request-method': 'GET' },
});

describe('pages of other origins', () => {
  it('[12.07] may not call the API unless they are named', async () => {
    const app = serverFor([]);
    const { headers } = await app.inject({ url: '/read', headers: { origin } });
    expect(Object.keys(headers).filter((name) => /^access-control|^vary/.test(name))).toEqual([]);
    expect((await app.inject(preflight(origin))).statusCode).toBe(404);
  });

  it('[12.07] may with a key where they are named exactly, and never with a cookie', async () => {
    const app = serverFor([origin, 'http://127.0.0.1:3000']);
    const { statusCode, headers } = await app.inject(preflight(origin));
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': expect.stringContaining('DELETE'),
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'access-control-max-age': '7200',
      vary: 'Origin',
    });
    const read = await app.inject({ url: '/read', headers: { origin } });
    expect(read.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' });
    for (const answer of [headers, read.headers]) {
      expect(answer).not.toHaveProperty('access-control-allow-credentials');
    }
    const page = await app.inject({ url: '/page' });
    expect(page.headers['vary']).toBe('accept, Origin');
  });

  it.each(['https://app.example.evil', 'http://app.example', 'https://app.example:8443', 'null'])(
    '[12.07] are not taken for others: %s',
    async (from) => {
      const app = serverFor([origin]);
      const read = await app.inject({ url: '/read', headers: { origin: from } });
      expect(read.headers).not.toHaveProperty('access-control-allow-origin');
      expect(read.headers['vary']).toBe('Origin');
      const { headers } = await app.inject(preflight(from));
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it.each([[[]], [[origin]]])(
    '[12.07] read what a link shows, wherever they are from, where %j are named',
    async (origins: string[]) => {
      const app = serverFor(origins);
      const from = { origin: 'https://other.example', cookie: 'node3_session=x' };
      const { headers } = await app.inject({ url: '/shared', headers: from });
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
      const { headers: own } = await app.inject({ url: '/read', headers: from });
      expect(own).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('[12.07] are named as whole origins, and a star is none', () => {
    const read = (text: string) => readConfig({ ENVIRONMENT: 'development', CORS_ORIGINS: text });
    expect(read('https://a.example, http://b:1').corsOrigins).toEqual([
      'https://a.example',
      'http://b:1',
    ]);
    for (const wrong of ['*', 'https://a.example/', 'a.example', 'https://*.example', 'null']) {
      expect(() => read(wrong)).toThrow(/CORS_ORIGINS/);
    }
  });
});
