import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { getHealth } from './routes/health.ts';

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

async function serve(answer: (response: ServerResponse) => void) {
  server = createServer((_request, response) => answer(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return createClient({ baseUrl: `http://127.0.0.1:${port}` });
}

function breakOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"seq":1}\n{"se', () => response.destroy());
}

describe('an answer that breaks off', () => {
  it('is a marketplace that can not be reached', async () => {
    const client = await serve(breakOff);
    await expect(client.call(getHealth, {})).rejects.toMatchObject({
      code: 'MARKETPLACE_UNREACHABLE',
    });
  });

  it('is the same in a stream, after the lines that came', async () => {
    const client = await serve(breakOff);
    const lines: unknown[] = [];
    const reading = (async () => {
      for await (const line of client.lines(getHealth, {})) lines.push(line);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'MARKETPLACE_UNREACHABLE' });
    expect(lines).toEqual([{ seq: 1 }]);
  });

  it('is passed on as it is when the caller itself ended it', async () => {
    const client = await serve((response) => void response.writeHead(200).write('{"seq":1}\n'));
    const left = new AbortController();
    const lines = client.lines(getHealth, {}, { signal: left.signal });
    expect(await lines.next()).toEqual({ done: false, value: { seq: 1 } });
    left.abort();
    await expect(lines.next()).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('an answer of something else than a marketplace', () => {
  it.each([
    [200, '<html>Sign in to the network</html>', /answers with something that is not JSON/],
    [502, '<html>Bad gateway</html>', /answered 502 without a reason/],
    [404, '', /answered 404 without a reason/],
    [404, '{"error":"no such page"}', /answered 404 without a reason/],
  ])('is one that can not be reached: %s %s', async (status, body, detail) => {
    const client = await serve((response) => void response.writeHead(status).end(body));
    const error: unknown = await client.call(getHealth, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MARKETPLACE_UNREACHABLE' });
    expect((error as Error).message).toMatch(detail);
  });
});
