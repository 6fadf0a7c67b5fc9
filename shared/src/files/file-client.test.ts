import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWebServer } from '../testing/web-server.ts';
import { createFileClient, type FileClient } from './file-client.ts';

type WebServer = Awaited<ReturnType<typeof startWebServer>>;

let victim: WebServer;
let marketplace: WebServer;
let client: FileClient;
let visits: string[];

beforeEach(async () => {
  visits = [];
  victim = await startWebServer((request, reply) => {
    visits.push(request.url ?? '');
    reply.end();
  });
  marketplace = await startWebServer((request, reply) => {
    const status = Number(request.url?.slice(1));
    reply.writeHead(status, { location: `http://127.0.0.1:${victim.port}/aimed` }).end();
  });
  const baseUrl = `http://127.0.0.1:${marketplace.port}`;
  client = createFileClient({ baseUrl, apiKey: 'n3_key_of_an_agent' });
});
afterEach(async () => {
  await marketplace.close();
  await victim.close();
});

describe('a file', () => {
  it.each([301, 302, 303, 307, 308])(
    'threat 27: goes to nobody that the marketplace’s address points to with %i',
    async (status) => {
      const { signal } = new AbortController();
      const put = client.putPart(`/${status}`, Buffer.alloc(1_000), signal);
      await expect(put).rejects.toMatchObject({ code: 'MARKETPLACE_UNREACHABLE' });
      await expect(client.get(`/${status}`, {}, signal)).rejects.toThrow();
      expect(visits).toEqual([]);
    },
  );
});
