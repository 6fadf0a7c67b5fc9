import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Wallet } from '../payments/testing/payout-testbed.ts';
import { DepositTestbed, memo } from '../testing/deposit-testbed.ts';
import type { ScanPoint } from './scan-deposits.ts';

let folder: string;
let path: string;
let testbed: DepositTestbed;
let bob: Wallet;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-backlog-'));
  path = join(folder, 'market.db');
  testbed = await DepositTestbed.start(path);
  bob = await testbed.payer();
});
afterAll(async () => {
  await testbed.stop();
  await rm(folder, { recursive: true });
});

it('[P72] catches up with 10,000 transactions, in their order', async () => {
  const accountId = await testbed.openAccount();
  const { memo: text } = await testbed.intent(accountId);
  const { localnet } = testbed.chain;
  await testbed.scan();
  const { treasury } = testbed;
  const first = await testbed.send([bob.keypair], testbed.sol(bob, 2_000_000n), memo(text));
  const expected = [first];
  for (let count = 1; count <= 9_998; count += 1) {
    expected.push(localnet.airdrop(treasury.address, 1n));
    if (count % 100 > 0) continue;
    localnet.advanceSlots(1);
    // Connections to the node must not die meanwhile.
    await setImmediate();
  }
  expected.push(await testbed.send([bob.keypair], testbed.sol(bob, 3_000_000n), memo(text)));
  // The last process got somewhere in the middle.
  let left = 500;
  const crash = (point: ScanPoint) => {
    if (point === 'after-cursor') left -= 1;
    if (left === 0) throw new Error('crash');
  };
  await expect(testbed.scan(crash)).rejects.toThrow('crash');
  await testbed.restart(path);
  expect(await testbed.scan()).toBeLessThan(7_000);
  expect(await testbed.available(accountId, 'SOL')).toBe(5_000_000n);
  const seen: string[] = [];
  let beforeEntry: number | null = null;
  while (seen.length < expected.length) {
    const query = { accountId: null, state: null, beforeEntry, limit: 1_000 };
    const page = await testbed.store.listDeposits(query);
    seen.push(...page.map(({ signature }) => signature));
    beforeEntry = page.at(-1)?.entry ?? 0;
  }
  expect(seen.slice(0, expected.length).toReversed()).toEqual(expected);
  expect(await testbed.drift()).toEqual({ SOL: 0n, USDC: 0n });
}, 300_000);
