import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWebServer } from '../testing/web-server.ts';
import type { FetchTimeouts } from './fetch-deadlines.ts';
import { checkRedirect } from './fetch-rules.ts';
import type { HostAddress } from './resolve-host.ts';
import { type SafeFetchOptions, safeFetch } from './safe-fetch.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Paths of the one server that the tests may reach; 127.0.0.2 stands for what they may not. */
let answers: Record<string, Answer>;
let inside: string[];
let port: number;
let closers: (() => Promise<void>)[];

const allow = { ports: 'any', networks: ['127.0.0.1/32'] } as const;
const usual: SafeFetchOptions = { maxBytes: 1_000_000, allow };

beforeEach(async () => {
  answers = {};
  inside = [];
  const open = await startWebServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer) answer(request, response);
    else response.writeHead(404).end('nothing here');
  });
  const secret = await startWebServer(
    (request, response) => {
      inside.push(request.url ?? '');
      response.end('internal');
    },
    '127.0.0.2',
    open.port,
  );
  port = open.port;
  closers = [() => open.close(), () => secret.close()];
});

afterEach(async () => {
  for (const close of closers) await close();
});

const at = (path: string) => `http://127.0.0.1:${port}${path}`;

function reasonOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'nothing was refused',
    (error: { code?: string; context?: { reason?: string } }) =>
      `${error.code} ${error.context?.reason}`,
  );
}

/** Names with one set of answers per look-up. */
function namesWith(table: Record<string, string[][]>) {
  const asked: string[] = [];
  return {
    asked,
    lookup: (host: string): Promise<HostAddress[]> => {
      asked.push(host);
      const next = table[host]?.shift();
      if (next === undefined) return Promise.reject(new Error(`ENOTFOUND ${host}`));
      return Promise.resolve(
        next.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  };
}

describe('where it does not go', () => {
  it.each([
    ['http://127.0.0.1/', 'address'],
    ['http://2130706433/', 'address'],
    ['http://0x7f.1/', 'address'],
    ['http://0177.0.0.1/', 'address'],
    ['http://127.1/', 'address'],
    ['http://①②⑦.⓪.⓪.①/', 'address'],
    ['http://[::1]/', 'address'],
    ['http://[::ffff:127.0.0.1]/', 'address'],
    ['http://[::ffff:7f00:1]/', 'address'],
    ['http://[64:ff9b::7f00:1]/', 'address'],
    ['http://[2002:7f00:1::]/', 'address'],
    ['http://[2001:0:4136:e378::1]/', 'address'],
    ['http://169.254.169.254/latest/meta-data', 'address'],
    ['http://100.100.100.200/', 'address'],
    ['http://0.0.0.0/', 'address'],
    ['http://localhost/', 'address'],
    ['http://[fe80::1%25eth0]/', 'url'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://example.com/', 'scheme'],
    ['data:text/plain,hello', 'scheme'],
    ['http://user:password@example.com/', 'userinfo'],
    ['https://token@example.com/', 'userinfo'],
    ['http://example.com:22/', 'port'],
    ['https://example.com:6379/', 'port'],
    ['nonsense', 'url'],
  ])('%s: %s', async (url, reason) => {
    expect(await reasonOf(safeFetch(url, { maxBytes: 10 }))).toBe(`URL_FORBIDDEN ${reason}`);
  });

  it('[12.08] refuses a name when any one of its addresses is private', async () => {
    const names = namesWith({ 'mixed.test': [['93.184.216.34', '10.0.0.1']] });
    const fetched = safeFetch('https://mixed.test/', { maxBytes: 10, lookup: names.lookup });
    expect(await reasonOf(fetched)).toBe('URL_FORBIDDEN address');
  });

  it('[12.08] connects to the address that was checked, whatever the name answers next', async () => {
    answers['/file'] = (_request, response) => response.end('open');
    const names = namesWith({ 'rebind.test': [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2']] });
    const url = `http://rebind.test:${port}/file`;
    const first = await safeFetch(url, { ...usual, lookup: names.lookup });
    expect(String(await first.bytes())).toBe('open');
    expect(names.asked).toEqual(['rebind.test']);
    const second = safeFetch(url, { ...usual, lookup: names.lookup });
    expect(await reasonOf(second)).toBe('URL_FORBIDDEN address');
    expect(inside).toEqual([]);
  });

  it('asks again for the name of a redirect, and refuses its new answer', async () => {
    answers['/go'] = (_request, response) =>
      response.writeHead(302, { location: `http://rebind.test:${port}/secret` }).end();
    const names = namesWith({ 'rebind.test': [['127.0.0.1'], ['127.0.0.2']] });
    const fetched = safeFetch(`http://rebind.test:${port}/go`, { ...usual, lookup: names.lookup });
    expect(await reasonOf(fetched)).toBe('URL_FORBIDDEN address');
    expect(inside).toEqual([]);
  });

  it.each([
    ['//127.0.0.2/', 'address'],
    ['http://[::1]/', 'address'],
    ['file:///etc/passwd', 'scheme'],
    ['http://user:secret@127.0.0.1/', 'userinfo'],
    ['http://', 'redirect'],
  ])('follows no redirect to %s', async (location, reason) => {
    answers['/go'] = (_request, response) => response.writeHead(307, { location }).end();
    expect(await reasonOf(safeFetch(at('/go'), usual))).toBe(`URL_FORBIDDEN ${reason}`);
    expect(inside).toEqual([]);
  });

  it('never goes from https to http', () => {
    expect(() => checkRedirect(new URL('https://a.test/'), 'http://b.test/', {})).toThrow(
      'from https to http',
    );
    expect(checkRedirect(new URL('http://a.test/'), 'https://b.test/x', {}).href).toBe(
      'https://b.test/x',
    );
  });
});

describe('redirects', () => {
  it('are followed three times, and with the same method', async () => {
    const seen: string[] = [];
    for (const hop of [0, 1, 2]) {
      answers[`/${hop}`] = (request, response) => {
        seen.push(request.method ?? '');
        response.writeHead(302, { location: `/${hop + 1}` }).end();
      };
    }
    answers['/3'] = (_request, response) => response.end('there');
    const found = await safeFetch(at('/0'), usual);
    expect(String(await found.bytes())).toBe('there');
    expect(found.url).toBe(at('/3'));
    answers['/3'] = (_request, response) => response.writeHead(302, { location: '/4' }).end();
    expect(await reasonOf(safeFetch(at('/0'), usual))).toBe('URL_UNREACHABLE redirect');
    expect(new Set(seen)).toEqual(new Set(['GET']));
  });

  it('to another origin carry nothing of the caller', async () => {
    const heads: unknown[] = [];
    answers['/a'] = (request, response) => {
      heads.push(request.headers.authorization, request.headers.cookie);
      response.writeHead(302, { location: `http://other.test:${port}/b` }).end();
    };
    answers['/b'] = (request, response) => {
      heads.push(request.headers.authorization, request.headers['x-token'], request.headers.host);
      response.end();
    };
    const names = namesWith({ 'other.test': [['127.0.0.1']] });
    const headers = { Authorization: 'Bearer x', 'X-Token': 'y', Cookie: 'c=1', Host: 'evil' };
    const found = await safeFetch(at('/a'), { ...usual, headers, lookup: names.lookup });
    await found.bytes();
    expect(heads).toEqual(['Bearer x', undefined, undefined, undefined, `other.test:${port}`]);
  });

  it('are not followed with a body', async () => {
    answers['/go'] = (request, response) => {
      request.resume();
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    const sent = safeFetch(at('/go'), { ...usual, method: 'POST', body: '{}' });
    expect(await reasonOf(sent)).toBe('URL_UNREACHABLE redirect');
  });
});

describe('what comes back', () => {
  const read = async (path: string, options: Partial<SafeFetchOptions> = {}) => {
    const found = await safeFetch(at(path), { ...usual, ...options });
    return found.bytes();
  };

  it('is the status, the headers and the bytes of what was sent', async () => {
    answers['/hook'] = (request, response) => {
      request.on('data', (piece: Buffer) => response.write(`<${piece.toString()}>`));
      request.on('end', () => response.end(request.headers['content-length']));
      response.writeHead(410, { 'x-kind': 'test' });
    };
    const found = await safeFetch(at('/hook'), { ...usual, method: 'POST', body: 'héllo' });
    expect([found.status, found.headers['x-kind']]).toEqual([410, 'test']);
    expect(String(await found.bytes())).toBe('<héllo>6');
  });

  it('may be the answer to a stream', async () => {
    answers['/put'] = (request, response) => void request.pipe(response);
    const found = await safeFetch(at('/put'), {
      ...usual,
      method: 'PUT',
      body: Readable.from([Buffer.from('one '), Buffer.from('two')]),
      headers: { 'content-length': '7' },
    });
    expect(String(await found.bytes())).toBe('one two');
  });

  it('is capped whatever its length says', async () => {
    answers['/declared'] = (_request, response) =>
      response.writeHead(200, { 'content-length': '5000' }).end(Buffer.alloc(5_000));
    answers['/silent'] = (_request, response) => {
      const flood = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
        response.once('drain', flood);
      };
      flood();
    };
    expect(await reasonOf(read('/declared', { maxBytes: 4_999 }))).toBe('URL_UNREACHABLE size');
    expect((await read('/declared', { maxBytes: 5_000 })).length).toBe(5_000);
    expect(await reasonOf(read('/silent', { maxBytes: 100_000 }))).toBe('URL_UNREACHABLE size');
  });

  it('is capped after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    answers['/gzip'] = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    answers['/br'] = (_request, response) =>
      response
        .writeHead(200, { 'content-encoding': 'br' })
        .end(brotliCompressSync(Buffer.from('text')));
    answers['/odd'] = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(bomb);
    expect(await reasonOf(read('/gzip'))).toBe('URL_UNREACHABLE size');
    expect(String(await read('/br'))).toBe('text');
    expect(await reasonOf(read('/odd'))).toBe('URL_UNREACHABLE encoding');
  });

  it('must have the sha256 that was asked for', async () => {
    answers['/file'] = (_request, response) => response.end('content');
    const sha256 = createHash('sha256').update('content').digest('hex');
    expect(String(await read('/file', { sha256 }))).toBe('content');
    expect(await reasonOf(read('/file', { sha256: '0'.repeat(64) }))).toBe(
      'URL_UNREACHABLE sha256',
    );
  });

  it('is not taken for whole when it was cut off', async () => {
    answers['/cut'] = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('some', () => response.destroy());
    };
    expect(await reasonOf(read('/cut'))).toBe('URL_UNREACHABLE connection');
  });
});

describe('deadlines', () => {
  const quick = (timeouts: FetchTimeouts) => ({ ...usual, timeouts });

  it('end the wait for a name, for a connection and for an answer', async () => {
    const lookup = () => new Promise<HostAddress[]>(() => undefined);
    const named = safeFetch('http://slow.test/', { ...quick({ connectMs: 20 }), lookup });
    expect(await reasonOf(named)).toBe('URL_UNREACHABLE timeout');
    answers['/never'] = () => undefined;
    expect(await reasonOf(safeFetch(at('/never'), quick({ headersMs: 20 })))).toBe(
      'URL_UNREACHABLE timeout',
    );
    expect(await reasonOf(safeFetch(at('/never'), quick({ totalMs: 20 })))).toBe(
      'URL_UNREACHABLE timeout',
    );
  });

  it('end an answer that trickles, and one that never ends', async () => {
    answers['/trickle'] = (_request, response) => {
      const timer = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(timer));
    };
    const slow = await safeFetch(at('/trickle'), quick({ windowMs: 60, windowBytes: 10_000 }));
    expect(await reasonOf(slow.bytes())).toBe('URL_UNREACHABLE slow');
    const long = await safeFetch(at('/trickle'), quick({ totalMs: 100, windowBytes: 1 }));
    expect(await reasonOf(long.bytes())).toBe('URL_UNREACHABLE timeout');
  });

  it('end a head that never ends', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write(`x-${'a'.repeat(1_000)}: b\r\n`), 1);
      socket.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    const fetched = safeFetch(`http://127.0.0.1:${address.port}/`, usual);
    expect(await reasonOf(fetched)).toBe('URL_UNREACHABLE connection');
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [
      'speaks another protocol',
      'HTTP/1.1 101 Switching\r\nconnection: Upgrade\r\nupgrade: x\r\n\r\n',
    ],
    ['says nothing and goes', ''],
  ])('do not wait for a server that %s', async (_, said) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => (said === '' ? socket.end() : socket.write(said)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    const fetched = safeFetch(`http://127.0.0.1:${address.port}/`, usual);
    expect(await reasonOf(fetched)).toBe('URL_UNREACHABLE connection');
    await new Promise((resolve) => server.close(resolve));
  });

  it('leave a server alone that waits for the reader', async () => {
    answers['/big'] = (_request, response) => response.end(Buffer.alloc(900_000));
    const found = await safeFetch(at('/big'), quick({ windowMs: 10, windowBytes: 1_000_000 }));
    let bytes = 0;
    for await (const piece of found.body) {
      bytes += piece.length;
      if (bytes === piece.length) await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(bytes).toBe(900_000);
  });

  it('end when the caller does', async () => {
    answers['/never'] = () => undefined;
    const caller = new AbortController();
    const fetched = safeFetch(at('/never'), { ...usual, signal: caller.signal });
    caller.abort(new Error('enough'));
    await expect(fetched).rejects.toThrow('enough');
  });
});
