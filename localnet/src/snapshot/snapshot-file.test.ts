import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keypair } from '@solana/web3.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callRpc, openLocalnet } from '../testing/open-localnet.ts';
import { connect, sign, transfer } from '../testing/web3-client.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'localnet-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const file = () => join(dataDir, 'localnet.snapshot');

describe('a data directory', () => {
  it('brings back accounts, history, blockhashes, commitments and the faucet', async () => {
    const alice = Keypair.generate();
    const bob = Keypair.generate();
    const first = await openLocalnet({ dataDir, finalizedLagSlots: 30 });
    const funded = first.airdrop(alice.publicKey.toBase58(), 5_000_000_000n);
    first.advanceSlots(30);
    const before = connect(first, 'processed');
    const sent = await sign(before, alice, [transfer(alice, bob.publicKey, 1_000_000)]);
    const later = await sign(before, alice, [transfer(alice, bob.publicKey, 2_000_000)]);
    const paid = await before.sendRawTransaction(sent.raw);
    const slot = first.slot();
    await first.stop();

    const second = await openLocalnet({ dataDir, finalizedLagSlots: 30 });
    const after = connect(second, 'processed');
    expect(second.slot()).toBe(slot + 1);
    expect(second.faucetAddress).toBe(first.faucetAddress);
    expect(await after.getBalance(bob.publicKey, 'processed')).toBe(1_000_000);
    expect(await after.getBalance(bob.publicKey, 'finalized')).toBe(0);
    const statuses = await after.getSignatureStatuses([funded, paid]);
    expect(statuses.value.map((status) => status?.confirmationStatus)).toEqual([
      'finalized',
      'confirmed',
    ]);
    const list = await after.getSignaturesForAddress(alice.publicKey, {}, 'confirmed');
    expect(list.map(({ signature }) => signature)).toEqual([paid, funded]);
    await expect(after.sendRawTransaction(sent.raw)).rejects.toThrow('already been processed');
    await after.sendRawTransaction(later.raw);
    expect(await after.getBalance(bob.publicKey, 'processed')).toBe(3_000_000);
    second.mintUsdc(bob.publicKey.toBase58(), 7n);
    await second.stop();
  });

  it('is private, replaced as a whole, and refused when damaged', async () => {
    const localnet = await openLocalnet({ dataDir });
    await localnet.saveSnapshot();
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    await localnet.stop();
    const bytes = await readFile(file());
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file(), bytes);
    await expect(openLocalnet({ dataDir })).rejects.toThrow('Remove it to start a new chain');
  });

  it('is saved before a transaction is final, so that a killed chain still has it', async () => {
    const localnet = await openLocalnet({ dataDir, slotMs: 50 });
    const bob = Keypair.generate().publicKey;
    const signature = localnet.airdrop(bob.toBase58(), 1_000_000n);
    const connection = connect(localnet, 'processed');
    const statusOf = async () =>
      (await connection.getSignatureStatus(signature)).value?.confirmationStatus;
    await expect.poll(statusOf, { interval: 5 }).toBe('finalized');
    // What a killed process leaves is the file as it is now.
    const left = await mkdtemp(join(tmpdir(), 'node3-killed-'));
    await copyFile(file(), join(left, 'localnet.snapshot'));
    await localnet.stop();
    const again = await openLocalnet({ dataDir: left });
    expect(await connect(again, 'processed').getBalance(bob)).toBe(1_000_000);
    await again.stop();
    await rm(left, { recursive: true });
  });

  it('makes two chains differ in their blockhashes', async () => {
    const chains = await Promise.all([openLocalnet(), openLocalnet()]);
    const hashes = await Promise.all(
      chains.map(async ({ rpcUrl }) => {
        const latest = await callRpc(rpcUrl, 'getLatestBlockhash', [{ commitment: 'processed' }]);
        return (latest.result as { value: { blockhash: string } }).value.blockhash;
      }),
    );
    expect(hashes[0]).not.toBe(hashes[1]);
    await Promise.all(chains.map((chain) => chain.stop()));
  });
});
