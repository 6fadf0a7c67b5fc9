import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asset } from '@node3/shared/money';
import { depositMinimum } from '@node3/shared/money-minimums';
import {
  array,
  assert,
  asyncProperty,
  bigInt,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
} from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Wallet } from '../payments/testing/payout-testbed.ts';
import { DepositTestbed, memo } from '../testing/deposit-testbed.ts';
import type { ScanPoint } from './scan-deposits.ts';

let folder: string;
let path: string;
let testbed: DepositTestbed;
let bob: Wallet;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-crashes-'));
  path = join(folder, 'market.db');
  testbed = await DepositTestbed.start(path);
  bob = await testbed.payer();
});
afterAll(async () => {
  await testbed.stop();
  await rm(folder, { recursive: true });
});

const points: ScanPoint[] = ['after-history', 'after-read', 'after-record', 'after-cursor'];

interface Payment {
  kind: 'pay';
  asset: Asset;
  amount: bigint;
  names: 'first' | 'second' | 'both' | 'nobody';
  fails: boolean;
}

const payment = record({
  kind: constant('pay' as const),
  asset: constantFrom<Asset[]>('SOL', 'USDC'),
  // Around both minimums, so that dust gathers and is credited.
  amount: oneof(bigInt(1n, 20_000n), bigInt(1n, 3_000_000n)),
  names: constantFrom<Payment['names'][]>('first', 'second', 'both', 'nobody'),
  fails: constantFrom(false, false, false, true),
});
const crash = record({
  kind: constant('crash' as const),
  point: constantFrom(...points),
  after: nat(6),
});
const rescan = constant({ kind: 'rescan' as const });
const action = oneof({ weight: 4, arbitrary: payment }, crash, rescan);

it('[P68] books every random mix of deposits exactly, whatever is interrupted', async () => {
  await assert(
    asyncProperty(array(action, { minLength: 3, maxLength: 14 }), async (actions) => {
      const accounts = {
        first: await testbed.openAccount(),
        second: await testbed.openAccount(),
      };
      const tags = {
        first: (await testbed.intent(accounts.first)).memo,
        second: (await testbed.intent(accounts.second)).memo,
      };
      const sent: (Payment & { signature: string })[] = [];
      for (const step of actions) {
        if (step.kind === 'pay') {
          sent.push({ ...step, signature: await pay(step, tags) });
        } else if (step.kind === 'crash') {
          await crashAt(step.point, step.after);
        } else {
          for (const address of testbed.source.addresses) {
            const cursor = { signature: null, slot: null, startSlot: null };
            await testbed.store.saveDepositCursor(address, cursor);
          }
        }
      }
      await testbed.scan();
      await expectBooked(sent, accounts);
    }),
    { numRuns: 15 },
  );
}, 120_000);

function pay(step: Payment, tags: Record<'first' | 'second', string>): Promise<string> {
  const { asset, amount, names, fails } = step;
  const transfer = asset === 'SOL' ? testbed.sol(bob, amount) : testbed.usdc(bob, amount);
  const named =
    names === 'both' ? [tags.first, tags.second] : names === 'nobody' ? [] : [tags[names]];
  // The number makes equal payments different transactions.
  payments += 1;
  const texts = [...named, `payment ${payments}`].map(memo);
  const failing = fails ? [testbed.usdc(bob, 10n ** 15n)] : [];
  return testbed.send([bob.keypair], transfer, ...texts, ...failing);
}

let payments = 0;

async function crashAt(point: ScanPoint, after: number): Promise<void> {
  let left = after;
  const fp = (reached: ScanPoint) => {
    if (reached !== point) return;
    if (left === 0) throw new Error('crash');
    left -= 1;
  };
  await testbed.scan(fp).catch((error: unknown) => {
    if ((error as Error).message !== 'crash') throw error;
  });
  await testbed.restart(path);
}

async function expectBooked(
  sent: readonly (Payment & { signature: string })[],
  accounts: Record<'first' | 'second', string>,
): Promise<void> {
  const waiting = new Map<string, bigint>();
  const owed = new Map<string, bigint>();
  for (const { signature, asset, amount, names, fails } of sent) {
    const rows = await testbed.depositOf(signature);
    if (fails) {
      expect(rows).toEqual([]);
      continue;
    }
    expect(rows).toMatchObject([{ asset, amount }]);
    const [row] = rows;
    if (names === 'both' || names === 'nobody') {
      expect(row?.state).toBe('suspense');
      continue;
    }
    expect(row?.accountId).toBe(accounts[names]);
    const key = `${accounts[names]} ${asset}`;
    owed.set(key, (owed.get(key) ?? 0n) + amount);
    const dust = row?.state === 'suspense' ? amount : 0n;
    waiting.set(key, (waiting.get(key) ?? 0n) + dust);
  }
  for (const [key, sum] of owed) {
    const [accountId, asset] = key.split(' ') as [string, Asset];
    const left = waiting.get(key) ?? 0n;
    expect(left).toBeLessThan(depositMinimum[asset]);
    expect(await testbed.available(accountId, asset)).toBe(sum - left);
  }
  expect(await testbed.drift()).toEqual({ SOL: 0n, USDC: 0n });
  expect(await testbed.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
}
