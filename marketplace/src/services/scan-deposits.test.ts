import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DepositSource } from '../payments/deposit-source.ts';
import { createRpcPool } from '../payments/solana/rpc.ts';
import { createSolanaDepositSource } from '../payments/solana/solana-deposit-source.ts';
import type { Wallet } from '../payments/testing/payout-testbed.ts';
import { DepositTestbed, memo } from '../testing/deposit-testbed.ts';
import { scanDeposits } from './scan-deposits.ts';
import { walkHistory } from './walk-history.ts';

let folder: string;
let path: string;
let testbed: DepositTestbed;
let bob: Wallet;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-deposits-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async ({ task }) => {
  path = join(folder, `${task.id}.db`);
  testbed = await DepositTestbed.start(path);
  bob = await testbed.payer();
});
afterEach(() => testbed.stop());

describe('scanDeposits', () => {
  it('[P68] credits a deposit once, however often it is seen', async () => {
    const accountId = await testbed.openAccount();
    const tag = await testbed.memoOf(accountId);
    await testbed.send([bob.keypair], testbed.sol(bob, 5_000_000n), tag);
    await testbed.scan();
    expect(await testbed.scan()).toBe(0);
    for (const address of testbed.source.addresses) {
      await testbed.store.saveDepositCursor(address, {
        signature: null,
        slot: null,
        startSlot: null,
      });
    }
    expect(await testbed.scan()).toBeGreaterThan(0);
    expect(await testbed.available(accountId, 'SOL')).toBe(5_000_000n);
    expect(await testbed.drift()).toEqual({ SOL: 0n, USDC: 0n });
  });

  it('[P69] never credits what was confirmed and then dropped', async () => {
    const { localnet } = testbed.chain;
    const accountId = await testbed.openAccount();
    const { memo: text } = await testbed.intent(accountId);
    localnet.advanceSlots(3);
    const sent = await testbed.send([bob.keypair], testbed.sol(bob, 5_000_000n), memo(text));
    localnet.advanceSlots(1);
    const { value } = await testbed.connection.getSignatureStatus(sent);
    expect(value?.confirmationStatus).toBe('confirmed');
    await scanDeposits(testbed.deps());
    expect(localnet.fork(2, null)).toContain(sent);
    await testbed.scan();
    expect(await testbed.depositOf(sent)).toEqual([]);
    expect(await testbed.available(accountId, 'SOL')).toBe(0n);
    expect(await testbed.drift()).toEqual({ SOL: 0n, USDC: 0n });
  });

  it('goes on from its cursor after a restart, and sees what came meanwhile', async () => {
    const accountId = await testbed.openAccount();
    const { memo: text } = await testbed.intent(accountId);
    await testbed.send([bob.keypair], testbed.sol(bob, 5_000_000n), memo(text));
    await testbed.scan();
    await testbed.send([bob.keypair], testbed.usdc(bob, 5_000_000n), memo(text));
    testbed.chain.localnet.advanceSlots(4);
    await testbed.restart(path);
    expect(await scanDeposits(testbed.deps())).toBe(1);
    expect(await testbed.available(accountId, 'USDC')).toBe(5_000_000n);
  });

  it('sets aside what a node does not show, and goes on with the rest', async () => {
    const accountId = await testbed.openAccount();
    const { memo: text } = await testbed.intent(accountId);
    const dark = await testbed.send([bob.keypair], testbed.sol(bob, 3_000_000n), memo(text));
    await testbed.send([bob.keypair], testbed.sol(bob, 5_000_000n), memo(text));
    const unsupported = { method: 'getTransaction', action: 'error', code: -32_015 } as const;
    testbed.chain.localnet.faults.add({ ...unsupported, times: 1 });
    await testbed.scan();
    expect(await testbed.depositOf(dark)).toEqual([]);
    expect(await testbed.available(accountId, 'SOL')).toBe(5_000_000n);
    testbed.chain.clock.advance(2_000);
    await testbed.scan();
    expect(await testbed.available(accountId, 'SOL')).toBe(8_000_000n);
    testbed.chain.clock.advance(3_600_000);
    expect(await testbed.scan()).toBe(0);
  });

  it('believes no deposit that one node of three tells of, until a second one does', async () => {
    const { treasury, chain } = testbed;
    const { localnet, usdcMint } = chain;
    const nodes = [await localnet.openNode(), await localnet.openNode()];
    const urls = [localnet.rpcUrl, ...nodes.map((node) => node.rpcUrl)];
    const rpc = createRpcPool({ urls, clock: systemClock, log: silentLogger });
    const source = createSolanaDepositSource({ rpc, treasury: treasury.address, usdcMint });
    const signature = await testbed.send([bob.keypair], testbed.sol(bob, 5_000_000n));
    localnet.advanceSlots(4);
    for (const { faults } of nodes) faults.add({ action: 'blind', scope: 'history', slots: null });
    expect(await source.read(signature)).toBeNull();
    nodes[0]?.faults.clear();
    expect(await source.read(signature)).toMatchObject({ failed: false });
    await Promise.all(nodes.map((node) => node.stop()));
  });

  it('changes nothing while the chain does not answer', async () => {
    const accountId = await testbed.openAccount();
    const { memo: text } = await testbed.intent(accountId);
    await testbed.send([bob.keypair], testbed.sol(bob, 3_000_000n), memo(text));
    const { faults } = testbed.chain.localnet;
    faults.add({ method: 'getTransaction', action: 'refuse', times: null });
    await expect(testbed.scan()).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' });
    faults.clear();
    await testbed.scan();
    expect(await testbed.available(accountId, 'SOL')).toBe(3_000_000n);
  });

  it('is neither misled nor set back by a node that lags', async () => {
    const accountId = await testbed.openAccount();
    const { memo: text } = await testbed.intent(accountId);
    await testbed.send([bob.keypair], testbed.sol(bob, 3_000_000n), memo(text));
    await testbed.scan();
    const { localnet, usdcMint } = testbed.chain;
    const behind = await localnet.openNode({ lagSlots: 200 });
    const rpc = createRpcPool({ urls: [behind.rpcUrl], clock: systemClock, log: silentLogger });
    const treasury = testbed.treasury.address;
    const deposits = createSolanaDepositSource({ rpc, treasury, usdcMint });
    const cursor = await testbed.store.depositCursor(treasury);
    expect(await scanDeposits({ ...testbed.deps(), deposits })).toBe(0);
    expect(await testbed.store.depositCursor(treasury)).toEqual(cursor);
  });
});

describe('walkHistory', () => {
  const entries = Array.from({ length: 3_500 }, (_, index) => ({
    signature: `s${index}`,
    slot: Math.floor(index / 3),
    failed: false,
  }));

  /** A node that knows `known` transactions, oldest first. */
  function nodeOf(known: () => typeof entries): Pick<DepositSource, 'history' | 'read'> {
    return {
      async history(_address, { before, until, limit = 1_000 }) {
        const newest = known().toReversed();
        const index = newest.findIndex(({ signature }) => signature === before);
        if (before !== null && index < 0) return [];
        const rest = newest.slice(index + 1);
        const end = rest.findIndex(({ signature }) => signature === until);
        return rest.slice(0, end < 0 ? undefined : end).slice(0, limit);
      },
      read: async (signature) =>
        known().some((entry) => entry.signature === signature)
          ? { signature, slot: 0, failed: false, received: [], accounts: [], memos: [] }
          : null,
    };
  }

  async function walk(source: Pick<DepositSource, 'history' | 'read'>, from: number | null) {
    const entry = from === null ? undefined : entries[from];
    const cursor = {
      signature: entry?.signature ?? null,
      slot: entry?.slot ?? null,
      startSlot: null,
    };
    const seen: string[] = [];
    for await (const page of walkHistory(source, 'a', cursor)) {
      expect(page.length).toBeLessThanOrEqual(1_000);
      seen.push(...page.map(({ signature }) => signature));
    }
    return seen;
  }

  it.each([
    [null, 3_500],
    [null, 3_000],
    [499, 3_500],
    [500, 3_500],
    [2_498, 3_500],
    [3_499, 3_500],
  ])('from %s of %i, tells all that is newer in order, each once', async (from, count) => {
    const seen = await walk(
      nodeOf(() => entries.slice(0, count)),
      from,
    );
    const expected = entries.slice((from ?? -1) + 1, count).map(({ signature }) => signature);
    expect(seen).toEqual(expected);
  });

  it('stops rather than leaves a gap when another node answers in between', async () => {
    let calls = 0;
    for (const switchAt of [1, 2, 3, 4, 5, 6]) {
      calls = 0;
      const flaky = nodeOf(() => {
        calls += 1;
        return calls === switchAt + 1 ? entries.slice(0, 900) : entries;
      });
      const seen: string[] = [];
      const cursor = { signature: 's400', slot: 133, startSlot: null };
      try {
        for await (const page of walkHistory(flaky, 'a', cursor)) {
          seen.push(...page.map(({ signature }) => signature));
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'CHAIN_UNAVAILABLE' });
      }
      const expected = entries.slice(401).map(({ signature }) => signature);
      expect(seen).toEqual(expected.slice(0, seen.length));
    }
  });
});
