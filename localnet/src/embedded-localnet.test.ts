import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { Keypair } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { openEmbeddedLocalnet } from './embedded-localnet.ts';
import { ConnectionCut } from './rpc/rpc-error.ts';

const wallet = Keypair.fromSeed(new Uint8Array(32).fill(3)).publicKey.toBase58();

async function open(seed: string) {
  const clock = new ManualClock();
  const lags = { confirmedLagSlots: 1, finalizedLagSlots: 2 };
  const localnet = await openEmbeddedLocalnet({ seed, clock, log: silentLogger, ...lags });
  return { clock, localnet };
}

function request(method: string, params: readonly unknown[]): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}

describe('the localnet without sockets', () => {
  it('makes the same chain of the same seed, and another one of another seed', async () => {
    const answers = await Promise.all(
      ['one', 'one', 'two'].map(async (seed) => {
        const { localnet } = await open(seed);
        const signature = localnet.faucet.airdropSol(wallet, 1_000_000n);
        localnet.chain.advanceSlot();
        const node = localnet.openNode(async () => undefined);
        const { text } = await node.post(request('getLatestBlockhash', []));
        return `${signature} ${text}`;
      }),
    );
    expect(answers[0]).toBe(answers[1]);
    expect(answers[2]).not.toBe(answers[0]);
  });

  it('shows the chain as each node sees it, and node by node what goes wrong', async () => {
    const { localnet } = await open('nodes');
    localnet.faucet.airdropSol(wallet, 1_000_000n);
    const a = localnet.openNode(async () => undefined);
    const b = localnet.openNode(async () => undefined);
    for (let i = 0; i < 5; i += 1) localnet.chain.advanceSlot();
    const balance = request('getBalance', [wallet]);
    b.setLagSlots(5);
    expect((await a.post(balance)).text).toContain('"value":1000000');
    expect((await b.post(balance)).text).toContain('"value":0');
    b.setLagSlots(0);
    expect((await b.post(balance)).text).toContain('"value":1000000');
    a.faults.add({ method: '*', action: 'error', httpStatus: 429 });
    expect(await a.post(balance)).toMatchObject({ httpStatus: 429 });
    a.faults.add({ method: '*', action: 'refuse' });
    await expect(a.post(balance)).rejects.toBeInstanceOf(ConnectionCut);
    expect(await a.post('no json')).toMatchObject({ httpStatus: 200 });
  });

  it('hangs for as long as its owner says', async () => {
    const { clock, localnet } = await open('hang');
    const node = localnet.openNode(async (ms) => {
      if (ms === null) throw new ConnectionCut('nobody waits for ever');
      clock.advance(ms);
    });
    const startedAtMs = clock.nowMs();
    node.faults.add({ method: 'getSlot', action: 'hang', ms: 60_000 });
    expect((await node.post(request('getSlot', []))).text).toContain('result');
    expect(clock.nowMs() - startedAtMs).toBe(60_000);
    node.faults.add({ method: 'getSlot', action: 'hang' });
    await expect(node.post(request('getSlot', []))).rejects.toBeInstanceOf(ConnectionCut);
  });
});
