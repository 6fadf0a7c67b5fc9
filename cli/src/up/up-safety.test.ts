import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './lock-file.ts';
import { assertPortsFree } from './ports.ts';
import { Closers } from './start-stack.ts';
import { formatAddresses, formatNextSteps } from './summary.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-up-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('lockFolder', () => {
  it('lets one process in at a time', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    await (await lockFolder(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over from a process that is gone', async () => {
    await writeFile(join(folder, 'up.lock'), '999999999\n');
    const lock = await lockFolder(folder);
    await lock.release();
  });
});

describe('assertPortsFree', () => {
  it('names the service, the port and the option that changes it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const wish = { what: 'the agent', port, option: '--agent-port' };
    await expect(assertPortsFree([wish])).rejects.toMatchObject({
      message: `Port ${port} for the agent is in use by another program.`,
      fix: `Stop that program, or choose another port: --agent-port ${port + 10}`,
    });
    await new Promise((resolve) => server.close(resolve));
    await assertPortsFree([wish, { ...wish, port: 0 }]);
    const grpc = { what: 'gRPC', port, option: '--grpc-port' };
    await expect(assertPortsFree([grpc, wish])).rejects.toMatchObject({
      message: `Port ${port} is to be that of gRPC and of the agent.`,
      fix: `Choose another one: --grpc-port ${port + 10}`,
    });
  });
});

describe('Closers', () => {
  it('stops the last started first, and the rest even when one fails', async () => {
    const closers = new Closers();
    const order: string[] = [];
    for (const name of ['chain', 'market', 'agent']) {
      closers.push(name, async () => {
        order.push(name);
        if (name === 'market') throw new Error('market stuck');
      });
    }
    await expect(closers.close(async () => undefined)).rejects.toThrow('market stuck');
    expect(order).toEqual(['agent', 'market', 'chain']);
  });
});

describe('the summary', () => {
  it('fits 80 columns but for the key, and spells commands as they can be typed', () => {
    const facts = {
      marketplaceUrl: 'http://127.0.0.1:8000',
      agent: null,
      grpcAddress: '127.0.0.1:50051',
      rpcUrl: 'http://127.0.0.1:8899',
      apiKey: 'n3_key',
      dataDir: '.node3',
      dashboard: 'built' as const,
    };
    expect(formatAddresses(facts)).toEqual([
      '  web app       http://127.0.0.1:8000/#key=n3_key',
      '  API docs      http://127.0.0.1:8000/docs',
      '  gRPC          127.0.0.1:50051',
      '  Solana RPC    http://127.0.0.1:8899',
      '  data          .node3',
    ]);
    const agent = { url: 'http://127.0.0.1:8080', token: 'secret' };
    expect(formatAddresses({ ...facts, agent })[1]).toBe(
      '  agent         http://127.0.0.1:8080/#token=secret',
    );
    expect(formatNextSteps('node3', 'container')[1]).toBe('    node3 run -- echo hello');
    expect(formatNextSteps('npx node3', 'native')[1]).toBe(
      '    npx node3 run --isolation native -- echo hello',
    );
  });
});
