import { once } from 'node:events';
import { Keypair } from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Localnet } from '../localnet.ts';
import { openLocalnet } from '../testing/open-localnet.ts';

let localnet: Localnet;
beforeAll(async () => {
  localnet = await openLocalnet();
  localnet.advanceSlots(5);
});
afterAll(() => localnet.stop());

interface Message {
  id?: number;
  method?: string;
  result?: unknown;
  error?: { code: number };
  params?: { subscription: number; result: unknown };
}

async function openSocket() {
  const socket = new WebSocket(localnet.wsUrl);
  const received: Message[] = [];
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString('utf8'))));
  await once(socket, 'open');
  let lastId = 0;
  const call = async (method: string, params: readonly unknown[] = []): Promise<Message> => {
    lastId += 1;
    const id = lastId;
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    await expect.poll(() => received.some((message) => message.id === id)).toBe(true);
    return received.find((message) => message.id === id) ?? {};
  };
  const notified = (method: string) => received.filter((message) => message.method === method);
  return { socket, call, notified };
}

describe('the WebSocket server', () => {
  it('notifies of logs, program accounts, roots and signatures at their commitment', async () => {
    const { socket, call, notified } = await openSocket();
    const address = Keypair.generate().publicKey.toBase58();
    const commitment = { commitment: 'confirmed' };
    await call('logsSubscribe', [{ mentions: [address] }, commitment]);
    await call('logsSubscribe', ['all', { commitment: 'processed' }]);
    await call('programSubscribe', ['1'.repeat(32), { ...commitment, encoding: 'base64' }]);
    await call('rootSubscribe');
    const signature = localnet.airdrop(address, 1_000_000n);
    await call('signatureSubscribe', [signature, commitment]);
    await expect.poll(() => notified('logsNotification')).toHaveLength(1);
    expect(notified('programNotification')).toHaveLength(0);
    localnet.advanceSlots(1);
    await expect.poll(() => notified('signatureNotification')).toHaveLength(1);
    await expect.poll(() => notified('rootNotification')).toHaveLength(1);
    expect(notified('logsNotification')[1]?.params?.result).toMatchObject({
      value: { signature, err: null },
    });
    const pubkeys = notified('programNotification').map(({ params }) => {
      const result = params?.result as { value: { pubkey: string } } | undefined;
      return result?.value.pubkey;
    });
    expect(pubkeys).toEqual([localnet.faucetAddress, address]);
    localnet.advanceSlots(1);
    await call('slotUnsubscribe', [0]);
    expect(notified('signatureNotification')).toHaveLength(1);
    socket.terminate();
  });

  it('ends subscriptions, limits them and refuses unknown ones', async () => {
    const { socket, call, notified } = await openSocket();
    const { result } = await call('slotSubscribe');
    localnet.advanceSlots(1);
    await expect.poll(() => notified('slotNotification')).toHaveLength(1);
    expect((await call('slotUnsubscribe', [result])).result).toBe(true);
    localnet.advanceSlots(1);
    expect((await call('blockSubscribe', ['all'])).error).toMatchObject({ code: -32601 });
    expect((await call('accountSubscribe', ['?'])).error).toMatchObject({ code: -32602 });
    expect(notified('slotNotification')).toHaveLength(1);
    for (let count = 0; count < 256; count += 1) {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1000 + count, method: 'rootSubscribe' }));
    }
    expect((await call('rootSubscribe')).error).toMatchObject({ code: -32602 });
    socket.terminate();
  });

  it('lets a fault silence a subscription', async () => {
    const { socket, call, notified } = await openSocket();
    localnet.faults.add({ method: 'slotSubscribe', action: 'drop' });
    await call('slotSubscribe');
    await call('slotSubscribe');
    localnet.advanceSlots(1);
    await call('slotUnsubscribe', [0]);
    expect(notified('slotNotification')).toHaveLength(1);
    socket.terminate();
  });
});
