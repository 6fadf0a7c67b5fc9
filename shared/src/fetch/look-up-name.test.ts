import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../limits.ts';
import { type DnsServer, startDnsServer } from '../testing/dns-server.ts';
import { createNameLookup } from './look-up-name.ts';
import { type HostLookup, resolveHost } from './resolve-host.ts';
import { safeFetch } from './safe-fetch.ts';

let server: DnsServer;
let folder: string;
let lookup: HostLookup;
const { signal } = new AbortController();
const many = 40;

beforeEach(async () => {
  const silent = Array.from({ length: many }, (_, index) => [`silent-${index}.test`, 'silence']);
  server = await startDnsServer({
    ...(Object.fromEntries(silent) as Record<string, 'silence'>),
    'both.test': { a: ['93.184.216.34', '1.1.1.1'], aaaa: ['2606:4700::1111'] },
    'four.test': { a: ['93.184.216.34'] },
    'half.test': { a: ['93.184.216.34'], aaaa: 'silence' },
    'six.test': { aaaa: ['2606:4700::1111'] },
    'none.test': {},
    'mixed.test': { a: ['93.184.216.34'], aaaa: ['fd00::1'] },
  });
  folder = await mkdtemp(join(tmpdir(), 'node3-hosts-'));
  const hostsPath = join(folder, 'hosts');
  await writeFile(hostsPath, '# inside\n10.0.0.7 Build-Box box # a name\n::1\tbox\nnonsense\n');
  lookup = createNameLookup({ servers: [server.address], hostsPath });
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const resolve = (host: string, caller: string, until = signal) =>
  resolveHost(new URL(`http://${host}/`), {}, { signal: until, caller, lookup });

describe('a look-up', () => {
  it('finds the addresses of both kinds, IPv4 first, or of the one that there is', async () => {
    const addresses = async (host: string) =>
      (await lookup(host, signal)).map(({ address, family }) => `${address} ${family}`);
    const [four, six] = ['93.184.216.34 4', '2606:4700::1111 6'];
    expect(await addresses('both.test')).toEqual([four, '1.1.1.1 4', six]);
    expect(await addresses('FOUR.test.')).toEqual([four]);
    expect(await addresses('six.test')).toEqual([six]);
  });

  it('waits for no kind for long once it has the other', async () => {
    const patient = createNameLookup({ servers: [server.address], tryMs: 60_000 });
    const [found, ...more] = await patient('half.test', signal);
    expect([found?.address, more]).toEqual(['93.184.216.34', []]);
  });

  it('fails for a name that is unknown or has no address', async () => {
    for (const host of ['unknown.test', 'none.test']) {
      await expect(resolve(host, 'a')).rejects.toMatchObject({
        code: 'URL_UNREACHABLE',
        context: { reason: 'dns' },
      });
    }
  });

  it('takes the hosts file first, and never asks anybody about localhost', async () => {
    const addresses = async (host: string) =>
      (await lookup(host, signal)).map(({ address }) => address);
    expect(await addresses('build-box')).toEqual(['10.0.0.7']);
    expect(await addresses('box')).toEqual(['10.0.0.7', '::1']);
    expect(await addresses('localhost')).toEqual(['127.0.0.1', '::1']);
    expect(await addresses('a.localhost')).toEqual(['127.0.0.1', '::1']);
    expect(server.asked).toEqual([]);
  });

  it('is refused when an address of either kind is private', async () => {
    for (const host of ['mixed.test', 'box', 'localhost']) {
      await expect(resolve(host, 'a')).rejects.toMatchObject({ code: 'URL_FORBIDDEN' });
    }
  });

  it('that is never answered ends with its signal, and delays nobody but its own caller', async () => {
    // So long that none ends by itself, however busy the machine is.
    lookup = createNameLookup({ servers: [server.address], tryMs: 60_000 });
    const leave = new AbortController();
    const ends: unknown[] = [];
    const silent = Array.from({ length: many }, (_, index) =>
      resolve(`silent-${index}.test`, 'slow', leave.signal).catch((error: unknown) =>
        ends.push(error),
      ),
    );
    const names = () => new Set(server.asked.map((question) => question.split(' ')[1]));
    await vi.waitFor(() => expect(names().size).toBe(limits.lookupsPerCaller), { timeout: 15_000 });
    // Many more than the threads that getaddrinfo has, and nobody else waits for one of them.
    expect(await resolve('four.test', 'other')).toHaveLength(1);
    expect(names()).toEqual(new Set([...silentNames(limits.lookupsPerCaller), 'four.test']));
    expect(ends).toEqual([]);
    leave.abort(new Error('left'));
    await Promise.all(silent);
    expect(new Set(ends)).toEqual(new Set([leave.signal.reason]));
    expect(await resolve('four.test', 'slow')).toHaveLength(1);
  });

  it('that is never answered is a fetch that took too long to connect', async () => {
    const fetched = safeFetch('http://silent-0.test/', {
      maxBytes: 10,
      lookup,
      timeouts: { connectMs: 100 },
    });
    await expect(fetched).rejects.toMatchObject({ context: { reason: 'timeout' } });
  });
});

function silentNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `silent-${index}.test`);
}
