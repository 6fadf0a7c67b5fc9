import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Localnet } from '../localnet.ts';
import { callRpc, openLocalnet } from '../testing/open-localnet.ts';

let localnet: Localnet;
beforeAll(async () => {
  localnet = await openLocalnet();
});
afterAll(() => localnet.stop());

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string> = json) =>
  fetch(localnet.rpcUrl, { method: 'POST', headers, body });

describe('the HTTP server', () => {
  it('marks every answer and tells what it is', async () => {
    const response = await post('{"jsonrpc":"2.0","id":7,"method":"localnet_info"}');
    expect(response.headers.get('x-localnet')).toBe('1');
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: {
        localnet: true,
        genesisHash: 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG',
        caip2: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1',
        usdcMint: localnet.usdcMint,
        faucet: localnet.faucetAddress,
        slot: localnet.slot(),
        slotMs: 'manual',
        lagSlots: 0,
      },
    });
    expect(await (await fetch(`${localnet.rpcUrl}/health`)).text()).toBe('ok');
  });

  it('answers batches in order, each request by itself', async () => {
    const batch = [
      { jsonrpc: '2.0', id: 'a', method: 'getGenesisHash' },
      { jsonrpc: '2.0', id: 'b', method: 'noSuchMethod' },
      { jsonrpc: '2.0', id: 'c', method: 'getHealth', params: [] },
    ];
    const answers = await (await post(JSON.stringify(batch))).json();
    expect(answers).toEqual([
      { jsonrpc: '2.0', id: 'a', result: localnet.genesisHash },
      { jsonrpc: '2.0', id: 'b', error: { code: -32601, message: 'Method not found' } },
      { jsonrpc: '2.0', id: 'c', result: 'ok' },
    ]);
  });

  it('limits bodies, batches, content types and methods', async () => {
    expect((await post(`"${'x'.repeat(600_000)}"`)).status).toBe(413);
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await fetch(localnet.rpcUrl)).status).toBe(405);
    const batch = Array.from({ length: 101 }, () => ({ id: 1, method: 'getSlot' }));
    expect(await (await post(JSON.stringify(batch))).json()).toMatchObject({
      error: { code: -32600 },
    });
    expect(await (await post('{nonsense')).json()).toMatchObject({ error: { code: -32700 } });
  });

  it.each([
    ['getSignatureStatuses', [Array.from({ length: 257 }, () => '1'.repeat(64))]],
    ['getMultipleAccounts', [Array.from({ length: 101 }, () => '1'.repeat(32))]],
    ['getBalance', ['not-base-58-0OIl']],
    ['getBalance', ['1111']],
    ['getBalance', ['1'.repeat(32), { commitment: 'soon' }]],
    ['getSignaturesForAddress', ['1'.repeat(32), { limit: 1001 }]],
    ['getTransaction', ['1'.repeat(64), { commitment: 'processed' }]],
    ['sendTransaction', ['AAAA', { encoding: 'base64' }]],
    ['sendTransaction', [Buffer.alloc(1233).toString('base64'), { encoding: 'base64' }]],
    ['requestAirdrop', ['1'.repeat(32), 2_000_000_000_000]],
    ['localnet_airdropUsdc', ['1'.repeat(32), 0]],
    ['getSlot', { commitment: 'finalized' }],
  ])('refuses %s with %j as invalid parameters', async (method, params) => {
    const { error } = await callRpc(localnet.rpcUrl, method, params as unknown[]);
    expect(error).toMatchObject({ code: -32602 });
  });

  it('listens on loopback only', async () => {
    const { hostname, port } = new URL(localnet.rpcUrl);
    expect(hostname).toBe('127.0.0.1');
    const other = request({ host: '127.0.0.2', port, path: '/health' });
    const failed = new Promise((resolve) => other.once('error', resolve));
    other.end();
    expect(await failed).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
