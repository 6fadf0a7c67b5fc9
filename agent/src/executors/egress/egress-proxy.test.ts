import { once } from 'node:events';
import { createServer as createHttpServer, get } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, describe, expect, it } from 'vitest';
import { type EgressPolicy, egressPolicyFor } from './egress-policy.ts';
import { EgressProxy } from './egress-proxy.ts';
import { TrafficMeter } from './traffic-meter.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

/** The job is 127.0.0.3, the gateway 127.0.0.2: both are this machine, and the proxy can't tell. */
const job = '127.0.0.3';

async function listen(server: Server): Promise<number> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function openProxy(remotePort: number, changes: Partial<EgressPolicy> = {}) {
  const policy = { ...(egressPolicyFor(['*.example.com']) as EgressPolicy), ...changes };
  const looked: string[] = [];
  const proxy = await EgressProxy.open(
    {
      policy,
      clock: systemClock,
      log: silentLogger,
      lookup: async (host) => {
        looked.push(host);
        return host === 'unknown.example.com' ? [] : ['93.184.216.34'];
      },
      dial: ({ addresses }) => {
        expect(addresses).toEqual(['93.184.216.34']);
        return connect({ port: remotePort, host: '127.0.0.1', allowHalfOpen: true });
      },
    },
    ['a.example.com', 'unknown.example.com', 'elsewhere.org'],
    { gateway: '127.0.0.2', subnet: '127.0.0.0/8', port: 0 },
  );
  open.push(proxy);
  return { proxy, looked };
}

function dial(proxy: EgressProxy, localAddress = job): Socket {
  const options = { host: '127.0.0.2', port: proxy.port, localAddress };
  return connect(options).on('error', () => undefined);
}

async function speak(proxy: EgressProxy, words: string): Promise<string> {
  const socket = dial(proxy);
  socket.write(words);
  return text(socket);
}

const echo = () =>
  createServer({ allowHalfOpen: true }, (socket) =>
    socket.on('error', () => undefined).pipe(socket),
  );

describe('EgressProxy', () => {
  it.each([
    ['a host nobody asked for', 'CONNECT b.example.com:443 HTTP/1.1\r\n\r\n', 'did not ask'],
    [
      'a host the provider does not allow',
      'CONNECT elsewhere.org:443 HTTP/1.1\r\n\r\n',
      'provider',
    ],
    ['threat 20: mail', 'CONNECT a.example.com:25 HTTP/1.1\r\n\r\n', 'port 443'],
    ['an address', 'CONNECT 93.184.216.34:443 HTTP/1.1\r\n\r\n', 'did not ask'],
    ['an IPv6 address', 'CONNECT [::1]:443 HTTP/1.1\r\n\r\n', 'host names'],
    ['another port', 'GET http://a.example.com:81/ HTTP/1.1\r\nHost: x\r\n\r\n', 'port 80'],
    ['another scheme', 'GET ftp://a.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n', 'http://'],
    ['credentials', 'GET http://u:p@a.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n', 'credentials'],
  ])('threat 20: refuses %s', async (_name, words, why) => {
    const { proxy, looked } = await openProxy(1);
    const answer = await speak(proxy, words);
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer).toContain(why);
    expect(looked).toEqual([]);
  });

  it('says that a name is not known, or that nobody answers', async () => {
    const closed = echo();
    const port = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    const { proxy } = await openProxy(port);
    const unknown = await speak(proxy, 'CONNECT unknown.example.com:443 HTTP/1.1\r\n\r\n');
    expect(unknown).toContain('502 Bad Gateway');
    const silent = await speak(proxy, 'CONNECT a.example.com:443 HTTP/1.1\r\n\r\n');
    expect(silent).toContain('a.example.com does not answer.');
  });

  it('carries TLS both ways and counts it', async () => {
    const { proxy } = await openProxy(await listen(echo()));
    const socket = dial(proxy);
    socket.write('CONNECT A.example.com:443 HTTP/1.1\r\n\r\n');
    await once(socket, 'data');
    socket.end(Buffer.from([0x16, 3, 1, 0, 5]));
    expect(Buffer.from(await text(socket))).toEqual(Buffer.from([0x16, 3, 1, 0, 5]));
    expect(proxy.bytes).toBe(10);
  });

  it('threat 19: carries nothing but TLS, such as no mining protocol', async () => {
    const { proxy } = await openProxy(await listen(echo()));
    const socket = dial(proxy);
    socket.write('CONNECT a.example.com:443 HTTP/1.1\r\n\r\n{"method":"mining.subscribe"}');
    const said: string[] = [];
    socket.on('data', (chunk: Buffer) => void said.push(chunk.toString()));
    await once(socket, 'close');
    expect(said.join('')).not.toContain('mining');
  });

  it('sends the host that was checked, and nothing between two senders', async () => {
    const heads: unknown[] = [];
    const website = createHttpServer((request, reply) => {
      heads.push(request.headers);
      reply.setHeader('keep-alive', 'timeout=9');
      request.resume().on('end', () => reply.end('done'));
    });
    const { proxy } = await openProxy(await listen(website));
    const answer = await speak(
      proxy,
      'POST http://a.example.com/p HTTP/1.1\r\nHost: internal.example\r\nProxy-Authorization: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answer).not.toContain('timeout=9');
    expect(heads).toEqual([{ host: 'a.example.com', 'content-length': '2', connection: 'close' }]);
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST'])(
    'threat 20: passes the body of a %s on as a body, never as a second request',
    async (method) => {
      const seen: string[] = [];
      const website = createHttpServer((request, reply) => {
        seen.push(`${request.method} ${request.headers.host}`);
        request.resume().on('end', () => reply.end('done'));
      });
      const { proxy } = await openProxy(await listen(website));
      const inner = 'GET / HTTP/1.1\r\nHost: internal.example\r\n\r\n';
      const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
      const head = `${method} http://a.example.com/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
      expect(await speak(proxy, head + chunk)).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(seen).toEqual([`${method} a.example.com`]);
    },
  );

  it('counts the heads of requests and answers, and refuses one that is too much', async () => {
    const website = createHttpServer((_request, reply) => {
      reply.setHeader('x-long', 'y'.repeat(1_000)).end();
    });
    const { proxy } = await openProxy(await listen(website), { bytesMax: 5_000 });
    const ask = (bytes: number) =>
      speak(
        proxy,
        `GET http://a.example.com/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: ${'x'.repeat(bytes)}\r\n\r\n`,
      );
    expect(await ask(2_000)).toContain('200 OK');
    expect(proxy.bytes).toBeGreaterThan(3_000);
    expect(proxy.bytes).toBeLessThan(4_000);
    expect(await ask(4_000)).toContain('all the bytes');
  });

  it('stops a job that has moved all its bytes, on every connection', async () => {
    const { proxy } = await openProxy(await listen(echo()), { bytesMax: 100_000 });
    const socket = dial(proxy);
    socket.write('CONNECT a.example.com:443 HTTP/1.1\r\n\r\n');
    await once(socket, 'data');
    socket.resume();
    socket.write(Buffer.alloc(200_000, 0x16));
    await new Promise((resolve) => socket.once('close', resolve));
    const answer = await speak(proxy, 'CONNECT a.example.com:443 HTTP/1.1\r\n\r\n');
    expect(answer).toContain('all the bytes');
  });

  it('serves nobody but its job', async () => {
    const { proxy } = await openProxy(1);
    const socket = dial(proxy, '127.0.0.2');
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });

  it('holds so many connections and no more', async () => {
    const { proxy } = await openProxy(1, { connectionsMax: 2 });
    const held = [dial(proxy), dial(proxy)];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const third = dial(proxy);
    await once(third, 'close');
    expect(held.map((socket) => socket.destroyed)).toEqual([false, false]);
    for (const socket of held) socket.destroy();
  });

  it('answers whole requests, not those to itself', async () => {
    const { proxy } = await openProxy(1);
    const options = { host: '127.0.0.2', port: proxy.port, path: '/', localAddress: job };
    const [answer] = (await once(get(options), 'response')) as [
      { statusCode: number; resume(): void },
    ];
    answer.resume();
    expect(answer.statusCode).toBe(400);
  });
});

describe('TrafficMeter', () => {
  it('tells how long bytes have to wait, and lets a pause be made up for one second only', () => {
    let nowMs = 0;
    const clock = { ...systemClock, monotonicMs: () => nowMs };
    const meter = new TrafficMeter({ bytesMax: 10_000, bytesPerSec: 1_000 }, clock);
    expect(meter.take(500)).toBe(500);
    nowMs = 10_000;
    expect(meter.take(1_000)).toBe(0);
    expect(meter.take(1_000)).toBe(1_000);
    expect(() => meter.take(8_000)).toThrow('all the bytes');
    expect(meter.isUsedUp).toBe(true);
  });
});
