import { ComputeBudgetProgram, type Connection, Keypair } from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Localnet } from '../localnet.ts';
import { callRpc, openLocalnet } from '../testing/open-localnet.ts';
import { connect, disconnect, sign, transfer } from '../testing/web3-client.ts';

let localnet: Localnet;
let connection: Connection;
const alice = Keypair.generate();

beforeAll(async () => {
  localnet = await openLocalnet();
  connection = connect(localnet, 'confirmed');
  localnet.airdrop(alice.publicKey.toBase58(), 1_000_000_000n);
  localnet.advanceSlots(20);
});

afterAll(async () => {
  disconnect(connection);
  await localnet.stop();
});

describe('methods about the cluster', () => {
  it('have the shapes web3.js checks for', async () => {
    const slot = localnet.slot() - 1;
    expect(await connection.getEpochInfo()).toMatchObject({ absoluteSlot: slot, slotIndex: slot });
    expect((await connection.getEpochSchedule()).slotsPerEpoch).toBe(432_000);
    expect((await connection.getVersion())['solana-core']).toBe('4.3.0');
    expect(await connection.getGenesisHash()).toBe(localnet.genesisHash);
    expect(await connection.getTransactionCount()).toBe(1);
    expect(await connection.getFirstAvailableBlock()).toBe(0);
    expect(await connection.getBlocks(slot - 2, slot)).toEqual([slot - 2, slot - 1, slot]);
    expect(await connection.getBlockTime(slot)).toBeCloseTo(Date.now() / 1000, -2);
    expect(await connection.getMinimumBalanceForRentExemption(0)).toBe(650_240);
  });

  it('show a block with its transactions', async () => {
    const payer = alice.publicKey;
    const { raw } = await sign(connection, alice, [transfer(alice, payer, 1)]);
    const signature = await connection.sendRawTransaction(raw);
    const slot = localnet.slot();
    localnet.advanceSlots(1);
    const block = await connection.getBlock(slot, { maxSupportedTransactionVersion: 1 });
    expect(block?.transactions.map((one) => one.transaction.signatures[0])).toEqual([signature]);
    const light = await connection.getBlockSignatures(slot, 'confirmed');
    expect(light.signatures).toEqual([signature]);
    const next = await connection.getBlock(slot + 1, { commitment: 'confirmed' }).catch(String);
    expect(next).toContain('Block not available');
    expect(light.blockhash).toBe(block?.blockhash);
  });

  it('report what priority fees were paid for an account', async () => {
    const price = ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 777 });
    const instructions = [price, transfer(alice, alice.publicKey, 2)];
    await connection.sendRawTransaction((await sign(connection, alice, instructions)).raw);
    const slot = localnet.slot();
    const locked = { lockedWritableAccounts: [alice.publicKey] };
    const fees = await connection.getRecentPrioritizationFees(locked);
    expect(fees.at(-1)).toEqual({ slot, prioritizationFee: 777 });
    const others = { lockedWritableAccounts: [Keypair.generate().publicKey] };
    const none = await connection.getRecentPrioritizationFees(others);
    expect(none.at(-1)).toEqual({ slot, prioritizationFee: 0 });
  });

  it('says that a node is unhealthy when it is far behind', async () => {
    const node = await localnet.openNode({ lagSlots: 200 });
    const { error } = await callRpc(node.rpcUrl, 'getHealth');
    expect(error).toMatchObject({ code: -32005, data: { numSlotsBehind: 200 } });
    await expect(localnet.openNode({ lagSlots: 301 })).rejects.toThrow('lagSlots');
    await node.stop();
  });

  it('fails to start on a port that is taken', async () => {
    const httpPort = Number(new URL(localnet.rpcUrl).port);
    await expect(openLocalnet({ httpPort })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(openLocalnet({ httpPort: httpPort - 1 })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
