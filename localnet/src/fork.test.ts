import { Keypair } from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Localnet } from './localnet.ts';
import { callRpc, openLocalnet } from './testing/open-localnet.ts';
import { connect, disconnect, sign, transfer } from './testing/web3-client.ts';

let localnet: Localnet;
let connection: ReturnType<typeof connect>;
const alice = Keypair.generate();

beforeAll(async () => {
  localnet = await openLocalnet({ confirmedLagSlots: 1, finalizedLagSlots: 6 });
  connection = connect(localnet, 'processed');
  localnet.airdrop(alice.publicKey.toBase58(), 10_000_000_000n);
  localnet.advanceSlots(10);
});

afterAll(async () => {
  disconnect(connection);
  await localnet.stop();
});

async function pay(to: Keypair, lamports: number) {
  const { raw } = await sign(connection, alice, [transfer(alice, to.publicKey, lamports)]);
  const signature = await connection.sendRawTransaction(raw, { skipPreflight: true });
  return { raw, signature };
}

async function statusOf(signature: string) {
  const { value } = await connection.getSignatureStatus(signature, {
    searchTransactionHistory: true,
  });
  return value?.confirmationStatus ?? null;
}

describe('a fork', () => {
  it('takes a confirmed payment back as if it had never been', async () => {
    const bob = Keypair.generate();
    const aliceHad = await connection.getBalance(alice.publicKey);
    const { signature } = await pay(bob, 2_000_000);
    localnet.advanceSlots(1);
    await pay(bob, 1_000_000);
    expect(await statusOf(signature)).toBe('confirmed');
    expect(localnet.fork(2, null)).toHaveLength(2);
    expect(await statusOf(signature)).toBeNull();
    expect(await connection.getBalance(bob.publicKey)).toBe(0);
    expect(await connection.getBalance(alice.publicKey)).toBe(aliceHad);
    expect(await connection.getSignaturesForAddress(bob.publicKey, {}, 'confirmed')).toEqual([]);
    localnet.advanceSlots(10);
    expect(await connection.getBalance(bob.publicKey, 'finalized')).toBe(0);
  });

  it('lets what it took back land again, later or by another send, and only once', async () => {
    const bob = Keypair.generate();
    const { raw, signature } = await pay(bob, 2_000_000);
    localnet.advanceSlots(1);
    localnet.fork(2, 3);
    localnet.advanceSlots(2);
    expect(await connection.getBalance(bob.publicKey)).toBe(0);
    localnet.advanceSlots(1);
    expect(await connection.getBalance(bob.publicKey)).toBe(2_000_000);
    localnet.fork(1, null);
    expect(await connection.getBalance(bob.publicKey)).toBe(0);
    await connection.sendRawTransaction(raw, { skipPreflight: true });
    await connection.sendRawTransaction(raw, { skipPreflight: true });
    expect(await connection.getBalance(bob.publicKey)).toBe(2_000_000);
    localnet.advanceSlots(6);
    expect(await statusOf(signature)).toBe('finalized');
  });

  it('keeps what happened before it, in the same accounts', async () => {
    const bob = Keypair.generate();
    await pay(bob, 2_000_000);
    localnet.advanceSlots(3);
    await pay(bob, 1_000_000);
    localnet.advanceSlots(1);
    await pay(bob, 4_000_000);
    expect((await callRpc(localnet.rpcUrl, 'localnet_fork', [2])).result).toHaveLength(2);
    expect(await connection.getBalance(bob.publicKey)).toBe(2_000_000);
    localnet.advanceSlots(10);
    expect(await connection.getBalance(bob.publicKey, 'finalized')).toBe(2_000_000);
  });

  it('reaches no final block', async () => {
    const bob = Keypair.generate();
    const { signature } = await pay(bob, 2_000_000);
    localnet.advanceSlots(6);
    expect(() => localnet.fork(7, null)).toThrow(RangeError);
    localnet.fork(6, null);
    expect(await statusOf(signature)).toBe('finalized');
    expect(await connection.getBalance(bob.publicKey)).toBe(2_000_000);
  });
});

describe('the issuer of USDC', () => {
  it('can freeze an account, and thaw it', async () => {
    const owner = Keypair.generate().publicKey.toBase58();
    localnet.mintUsdc(owner, 5n);
    localnet.setUsdcFrozen(owner, 'frozen');
    expect(() => localnet.mintUsdc(owner, 5n)).toThrow(/0x11/);
    localnet.setUsdcFrozen(owner, 'thawed');
    expect(() => localnet.mintUsdc(owner, 5n)).not.toThrow();
  });
});
