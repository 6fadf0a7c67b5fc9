import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkloadHandle } from '../executors/executor.ts';
import { readKeptLeases, writeKeptLeases } from './kept-leases.ts';
import { LeaseKeeper, startKeeperProcess } from './lease-keeper.ts';

const within = { timeout: 30_000, interval: 50 };
let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-kept-'));
  file = join(folder, 'kept.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const handleOf = (name: string, port = 1): WorkloadHandle => ({
  engine: { kind: 'tcp', host: '127.0.0.1', port },
  name,
});

describe('LeaseKeeper', () => {
  let running: { handle: WorkloadHandle; leaseUntilBootMs: number }[];
  let exits: (() => void)[];
  let keeper: LeaseKeeper;
  beforeEach(() => {
    [running, exits] = [[], []];
    const start = () => ({ onExit: (listener: () => void) => void exits.push(listener) });
    keeper = new LeaseKeeper({
      file,
      log: silentLogger,
      environment: {},
      start,
      running: () => running,
    });
  });
  afterEach(() => keeper.close());

  it('writes what runs, until when it may, and who looks at it', async () => {
    running = [{ handle: handleOf('n3-a'), leaseUntilBootMs: 1_000 }];
    keeper.changed();
    await vi.waitFor(() => expect(exits).toHaveLength(1), within);
    const untilBootMs = 1_000 + limits.leaseGraceMs - limits.leaseSelfStopMs;
    expect(readKeptLeases(file)?.leases).toEqual([{ handle: handleOf('n3-a'), untilBootMs }]);
    running = [];
    keeper.changed();
    await vi.waitFor(() => expect(readKeptLeases(file)?.leases).toEqual([]), within);
    keeper.close();
    expect(existsSync(file)).toBe(false);
  });

  it('starts nobody where nothing runs, and another one where the first has died', async () => {
    keeper.changed();
    running = [{ handle: handleOf('n3-a'), leaseUntilBootMs: 1_000 }];
    keeper.changed();
    await vi.waitFor(() => expect(exits).toHaveLength(1), within);
    exits[0]?.();
    await vi.waitFor(() => expect(exits).toHaveLength(2), within);
    keeper.close();
    expect(readKeptLeases(file)?.leases).toHaveLength(1);
  });
});

describe('a disk that takes no list of leases', () => {
  it('leaves none of before, by which what runs on would be ended', async () => {
    const running = [{ handle: handleOf('n3-a'), leaseUntilBootMs: 1_000 }];
    const start = () => ({ onExit: () => undefined });
    const deps = { file, log: silentLogger, environment: {}, start, running: () => running };
    const keeper = new LeaseKeeper(deps);
    keeper.changed();
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), within);
    await mkdir(`${file}.new`);
    running[0] = { handle: handleOf('n3-a'), leaseUntilBootMs: 2_000 };
    keeper.changed();
    await vi.waitFor(() => expect(existsSync(file)).toBe(false), within);
    await rm(`${file}.new`, { recursive: true });
    keeper.changed();
    await vi.waitFor(() => expect(readKeptLeases(file)?.leases).toHaveLength(1), within);
    keeper.close();
  });

  it('does not end the agent, even where nothing can be removed', async () => {
    await mkdir(file);
    const warn = vi.fn();
    const error = vi.fn();
    const keeper = new LeaseKeeper({
      file,
      log: { ...silentLogger, warn, error },
      environment: {},
      start: () => ({ onExit: () => undefined }),
      running: () => [{ handle: handleOf('n3-a'), leaseUntilBootMs: 1_000 }],
    });
    keeper.changed();
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce(), within);
    expect(error).toHaveBeenCalledOnce();
    keeper.close();
  });
});

describe('the process that keeps leases', () => {
  let engine: Server;
  let asked: string[];
  let status: (path: string) => number;
  beforeEach(async () => {
    [asked, status] = [[], () => 204];
    engine = createServer((request, reply) => {
      const path = request.url ?? '';
      asked.push(`${request.method} ${path}`);
      reply.writeHead(status(path)).end();
    }).listen(0, '127.0.0.1');
    await once(engine, 'listening');
  });
  afterEach(() => {
    engine.closeAllConnections();
    engine.close();
  });

  const lease = (name: string, fromNowMs: number) => ({
    handle: handleOf(name, (engine.address() as AddressInfo).port),
    untilBootMs: uptime() * 1_000 + fromNowMs,
  });
  const kill = (name: string) => `POST /containers/${name}/kill?signal=SIGKILL`;

  it('kills what is over and nothing else, again until the engine has done it', async () => {
    const leases = [lease('n3-over', -1), lease('n3-live', 600_000), lease('n3-stuck', -1)];
    writeKeptLeases(file, { keeperId: 'own', leases });
    status = (path) => (path.includes('stuck') && asked.length < 5 ? 500 : 204);
    startKeeperProcess(file, 'own', {});
    await vi.waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(5), within);
    expect(asked.filter((each) => each === kill('n3-over'))).toHaveLength(1);
    expect(asked.filter((each) => each === kill('n3-stuck')).length).toBeGreaterThan(1);
    expect(asked.join()).not.toContain('n3-live');
  });

  it('ends without a word when another keeper has the list, or there is none', async () => {
    writeKeptLeases(file, { keeperId: 'later', leases: [lease('n3-over', -1)] });
    for (const path of [file, join(folder, 'none')]) {
      const ended = vi.fn();
      startKeeperProcess(path, 'earlier', {}).onExit(ended);
      await vi.waitFor(() => expect(ended).toHaveBeenCalled(), within);
    }
    expect(asked).toEqual([]);
  });
});
