import { type Connection, Keypair } from '@solana/web3.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Localnet } from '../localnet.ts';
import { callRpc, openLocalnet } from '../testing/open-localnet.ts';
import { connect, disconnect, sign, transfer } from '../testing/web3-client.ts';

let localnet: Localnet;
let connection: Connection;
const alice = Keypair.generate();
let bob: Keypair;

beforeAll(async () => {
  localnet = await openLocalnet();
  connection = connect(localnet, 'processed');
  localnet.airdrop(alice.publicKey.toBase58(), 10_000_000_000n);
});

beforeEach(() => {
  bob = Keypair.generate();
});

afterEach(() => localnet.faults.clear());

afterAll(async () => {
  disconnect(connection);
  await localnet.stop();
});

const options = { skipPreflight: true, maxRetries: 0 };
const pay = () => sign(connection, alice, [transfer(alice, bob.publicKey, 1_000_000)]);
const received = () => connection.getBalance(bob.publicKey, 'processed');

describe('faults on sends', () => {
  it('drop answers a signature that never lands, and the same bytes land when sent again', async () => {
    const fault = localnet.faults.add({ method: 'sendTransaction', action: 'drop', times: 2 });
    const { raw } = await pay();
    const signature = await connection.sendRawTransaction(raw, options);
    expect(await connection.sendRawTransaction(raw, options)).toBe(signature);
    expect(fault.hits()).toBe(2);
    expect(await received()).toBe(0);
    expect((await connection.getSignatureStatus(signature)).value).toBeNull();
    await connection.sendRawTransaction(raw, options);
    expect(await received()).toBe(1_000_000);
  });

  it('delay lands the transaction later', async () => {
    localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 3 });
    await connection.sendRawTransaction((await pay()).raw, options);
    localnet.advanceSlots(2);
    expect(await received()).toBe(0);
    localnet.advanceSlots(1);
    expect(await received()).toBe(1_000_000);
  });

  it('delay past the expiry of the blockhash drops the transaction', async () => {
    localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 151 });
    await connection.sendRawTransaction((await pay()).raw, options);
    localnet.advanceSlots(151);
    expect(await received()).toBe(0);
  });

  it.each(['cut', 'error'] as const)('lose-answer (%s) carries the send out', async (answer) => {
    localnet.faults.add({ method: 'sendTransaction', action: 'lose-answer', answer });
    const { raw } = await pay();
    await expect(connection.sendRawTransaction(raw, options)).rejects.toThrow();
    expect(await received()).toBe(1_000_000);
  });

  it('refuse and error carry nothing out', async () => {
    localnet.faults.add({ method: 'sendTransaction', action: 'refuse' });
    localnet.faults.add({
      method: 'sendTransaction',
      action: 'error',
      code: -32005,
      message: 'behind',
    });
    const { raw } = await pay();
    await expect(connection.sendRawTransaction(raw, options)).rejects.toThrow('fetch failed');
    await expect(connection.sendRawTransaction(raw, options)).rejects.toThrow('behind');
    expect(await received()).toBe(0);
    await connection.sendRawTransaction(raw, options);
    expect(await received()).toBe(1_000_000);
  });
});

describe('faults on reads', () => {
  it('error can come with an HTTP status, after some calls that pass', async () => {
    localnet.faults.add({ method: 'getSlot', action: 'error', httpStatus: 429, after: 1 });
    await connection.getSlot();
    await expect(connection.getSlot()).rejects.toThrow('429');
    await connection.getSlot();
  });

  it('hang answers late, or never', async () => {
    localnet.faults.add({ method: 'getSlot', action: 'hang', ms: 50 });
    const startedMs = performance.now();
    await connection.getSlot();
    expect(performance.now() - startedMs).toBeGreaterThan(45);
    localnet.faults.add({ method: 'getSlot', action: 'hang' });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getSlot' });
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(100);
    const call = fetch(localnet.rpcUrl, { method: 'POST', headers, body, signal });
    await expect(call).rejects.toThrow('timeout');
  });

  it('null-statuses hides statuses for some calls', async () => {
    localnet.faults.add({ method: 'getSignatureStatuses', action: 'null-statuses' });
    const signature = localnet.airdrop(bob.publicKey.toBase58(), 1_000_000n);
    expect((await connection.getSignatureStatus(signature)).value).toBeNull();
    expect((await connection.getSignatureStatus(signature)).value).not.toBeNull();
  });

  it('blind hides statuses, or history too, until its slots have passed', async () => {
    const address = bob.publicKey.toBase58();
    const signature = localnet.airdrop(address, 1_000_000n);
    localnet.advanceSlots(5);
    const look = async () => {
      const config = { searchTransactionHistory: true };
      const statuses = await callRpc(localnet.rpcUrl, 'getSignatureStatuses', [
        [signature],
        config,
      ]);
      const list = await callRpc(localnet.rpcUrl, 'getSignaturesForAddress', [address]);
      const one = await callRpc(localnet.rpcUrl, 'getTransaction', [signature]);
      const [status] = (statuses.result as { value: unknown[] }).value;
      return [status !== null, (list.result as unknown[]).length === 1, one.result !== null];
    };
    expect(await look()).toEqual([true, true, true]);
    localnet.faults.add({ action: 'blind', scope: 'statuses', slots: 10 });
    expect(await look()).toEqual([false, true, true]);
    localnet.faults.add({ action: 'blind', scope: 'history', slots: 20 });
    expect(await look()).toEqual([false, false, false]);
    localnet.advanceSlots(19);
    expect(await look()).toEqual([false, false, false]);
    localnet.advanceSlots(1);
    expect(await look()).toEqual([true, true, true]);
    expect(await received()).toBe(1_000_000);
  });

  it('belongs to one node', async () => {
    const node = await localnet.openNode();
    node.faults.add({ method: '*', action: 'error', times: null });
    expect((await callRpc(node.rpcUrl, 'getSlot')).error).toMatchObject({ code: -32005 });
    expect((await callRpc(localnet.rpcUrl, 'getSlot')).error).toBeUndefined();
    await node.stop();
  });
});

describe('faults over JSON-RPC', () => {
  it('are added, listed by id, removed and cleared', async () => {
    const fault = { method: 'getSlot', action: 'error', times: null };
    const added = await callRpc(localnet.rpcUrl, 'localnet_fault', [fault]);
    const { id } = added.result as { id: number };
    expect((await callRpc(localnet.rpcUrl, 'getSlot')).error).toBeDefined();
    expect((await callRpc(localnet.rpcUrl, 'localnet_faultRemove', [id])).result).toBe(true);
    expect((await callRpc(localnet.rpcUrl, 'getSlot')).error).toBeUndefined();
    await callRpc(localnet.rpcUrl, 'localnet_fault', [{ ...fault, method: '*' }]);
    expect((await callRpc(localnet.rpcUrl, 'getSlot')).error).toBeDefined();
    await callRpc(localnet.rpcUrl, 'localnet_faultClear');
    expect((await callRpc(localnet.rpcUrl, 'getSlot')).error).toBeUndefined();
  });

  it.each([
    { action: 'drop' },
    { method: 'getSlot', action: 'explode' },
    { method: 'sendTransaction', action: 'delay', slots: -1 },
    { method: 'getSlot', action: 'hang', ms: 1e12 },
    { action: 'blind', scope: 'everything' },
  ])('refuses %o', async (rule) => {
    const { error } = await callRpc(localnet.rpcUrl, 'localnet_fault', [rule]);
    expect(error).toMatchObject({ code: -32602 });
  });
});
