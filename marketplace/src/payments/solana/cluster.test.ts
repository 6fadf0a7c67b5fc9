import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startLocalnet } from '@node3/localnet/localnet';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, describe, expect, it } from 'vitest';
import { createSqlStore } from '../../store/sql/sql-store.ts';
import { SqliteDatabase } from '../../store/sqlite/sqlite-database.ts';
import { assertSameChain, detectCluster, explorerUrl } from './cluster.ts';
import { createRpcPool } from './rpc.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Reply {
  status?: number;
  body: unknown;
}

/** A node that answers every call with what `reply` says; counts the calls. */
async function startNode(reply: (call: number) => Reply) {
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume();
    calls += 1;
    const { status = 200, body } = reply(calls);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, calls: () => calls };
}

const pool = (...urls: string[]) =>
  createRpcPool({ urls, clock: systemClock, log: silentLogger, timeoutMs: 1_000 });
const genesis = (hash: string) => () => ({ body: { jsonrpc: '2.0', id: 1, result: hash } });
const mainnetHash = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d';
const devnetHash = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';

describe('detectCluster', () => {
  it('does not take the embedded chain for devnet, whose genesis it shows', async () => {
    const localnet = await startLocalnet({
      httpPort: 0,
      slotMs: 'manual',
      dataDir: null,
      log: silentLogger,
      clock: systemClock,
    });
    const found = await detectCluster(pool(localnet.rpcUrl), 'refused');
    expect(found).toEqual({ cluster: 'localnet', genesisHash: devnetHash });
    await localnet.stop();
    const devnet = await startNode(genesis(devnetHash));
    expect(await detectCluster(pool(devnet.url), 'refused')).toMatchObject({ cluster: 'devnet' });
  });

  it('[7.29] needs permission for mainnet', async () => {
    const { url } = await startNode(genesis(mainnetHash));
    await expect(detectCluster(pool(url), 'refused')).rejects.toThrow('money is real');
    const other = await startNode(genesis(mainnetHash));
    expect(await detectCluster(pool(url, other.url), 'allowed')).toMatchObject({
      cluster: 'mainnet-beta',
    });
  });

  it('[P30] needs two providers on mainnet, not one by two addresses', async () => {
    const { url } = await startNode(genesis(mainnetHash));
    for (const one of [pool(url), pool(url, `${url}/?key=other`)]) {
      await expect(detectCluster(one, 'allowed')).rejects.toThrow('one RPC provider is not enough');
    }
  });

  it('refuses endpoints of different clusters', async () => {
    const devnet = await startNode(genesis(devnetHash));
    const mainnet = await startNode(genesis(mainnetHash));
    await expect(detectCluster(pool(devnet.url, mainnet.url), 'allowed')).rejects.toThrow(
      'different clusters',
    );
  });
});

describe('a database', () => {
  it('[P30] belongs to the chain of its first start, whatever it is shown later', async () => {
    const sqlite = new SqliteDatabase({
      path: ':memory:',
      log: silentLogger,
      onFatal: () => undefined,
    });
    const store = createSqlStore(sqlite);
    const devnet = { cluster: 'devnet', genesisHash: devnetHash } as const;
    await assertSameChain(store, devnet);
    await assertSameChain(store, devnet);
    const others = [
      { cluster: 'mainnet-beta', genesisHash: mainnetHash },
      // The embedded chain shows devnet's genesis, and its money is play money all the same.
      { cluster: 'localnet', genesisHash: devnetHash },
    ] as const;
    for (const other of others) {
      await expect(assertSameChain(store, other)).rejects.toThrow(
        `This database belongs to devnet (genesis ${devnetHash})`,
      );
    }
    await assertSameChain(store, devnet);
    await store.close();
  });
});

describe('the RPC pool', () => {
  const good = { body: { jsonrpc: '2.0', id: 1, result: 42 } };

  it('[7.30] goes to the next endpoint when one is rate limited, and stays there', async () => {
    const limited = await startNode(() => ({ status: 429, body: 'slow down' }));
    const healthy = await startNode(() => good);
    const rpc = pool(limited.url, healthy.url);
    expect(await rpc.call('getSlot', [])).toBe(42);
    expect(await rpc.call('getSlot', [])).toBe(42);
    expect([limited.calls(), healthy.calls()]).toEqual([1, 2]);
    expect(rpc.lastAnswerAtMs()).not.toBeNull();
  });

  it('retries a node that is behind, and gives up with CHAIN_UNAVAILABLE', async () => {
    const behind = { body: { jsonrpc: '2.0', id: 1, error: { code: -32005, message: 'behind' } } };
    const recovering = await startNode((call) => (call < 3 ? behind : good));
    expect(await pool(recovering.url).call('getSlot', [])).toBe(42);
    const dead = await startNode(() => ({ body: '<html>' }));
    await expect(pool(dead.url).call('getSlot', [])).rejects.toMatchObject({
      code: 'CHAIN_UNAVAILABLE',
    });
  });

  it('does not repeat a call that the cluster itself refuses', async () => {
    const body = { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'invalid' } };
    const node = await startNode(() => ({ body }));
    await expect(pool(node.url).call('getSlot', [])).rejects.toMatchObject({ code: -32602 });
    expect(node.calls()).toBe(1);
  });

  it('hands a transaction to every endpoint, whatever some of them say', async () => {
    const broken = await startNode(() => ({ status: 500, body: '' }));
    const healthy = await startNode(() => good);
    expect(await pool(broken.url, healthy.url).broadcast('sendTransaction', [])).toBe(true);
    expect(await pool(broken.url).broadcast('sendTransaction', [])).toBe(false);
    expect([broken.calls(), healthy.calls()]).toEqual([2, 1]);
  });

  it('keeps 64-bit integers exact', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"result":18446744073709551615}';
    const node = await startNode(() => ({ body }));
    expect(await pool(node.url).call('getBalance', [])).toBe(18446744073709551615n);
  });
});

it('[7.24] links to an explorer only where one can see the chain', () => {
  expect(explorerUrl('localnet', 'sig')).toBeNull();
  const own = 'https://explorer.example/{cluster}/{signature}';
  expect(explorerUrl('localnet', 'sig', own)).toBe('https://explorer.example/localnet/sig');
  expect(explorerUrl('devnet', 'sig')).toBe('https://explorer.solana.com/tx/sig?cluster=devnet');
  expect(explorerUrl('mainnet-beta', 'sig')).toBe('https://explorer.solana.com/tx/sig');
});
