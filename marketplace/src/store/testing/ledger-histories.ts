import { createHash } from 'node:crypto';
import { isMarketError } from '@node3/shared/error';
import { type Asset, assets, baseUnits } from '@node3/shared/money';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chainTreasury,
  feeNetwork,
  feeRevenue,
  ledgerClassOf,
  normalSides,
  operatorCapital,
  rentFloat,
  suspense,
  userAvailable,
} from '../../domain/ledger-accounts.ts';
import {
  costTransfers,
  feeTransfer,
  paidTransfers,
  solOf,
  tombstoneTransfer,
} from '../../payments/payout-postings.ts';
import type { LedgerEntryRow, Transfer } from '../rows.ts';
import type { MakeStore } from '../store.conformance.ts';
import type { LedgerAudit, Store } from '../store.ts';
import { cancel } from './decisions.ts';
import { World } from './world.ts';

const accounts = [
  chainTreasury,
  rentFloat,
  feeNetwork,
  feeRevenue,
  operatorCapital,
  suspense,
  userAvailable('acc_1'),
  userAvailable('acc_2'),
];

const transfer = fc.record({
  id: fc.nat(30),
  debit: fc.constantFrom(...accounts),
  credit: fc.constantFrom(...accounts),
  asset: fc.constantFrom(...assets),
  amount: fc.oneof(
    { weight: 8, arbitrary: fc.bigInt(1n, 50n) },
    { weight: 1, arbitrary: fc.constantFrom(0n, -1n, 1n << 63n) },
  ),
});
/** Postings of one round are sent at once, so that they meet in one commit. */
const rounds = fc.array(
  fc.array(fc.array(transfer, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
  { maxLength: 12 },
);

const deeds = ['deposit', 'post', 'succeed', 'cancel', 'pay', 'void'] as const;
const life = fc.array(
  fc.array(fc.record({ deed: fc.constantFrom(...deeds), amount: fc.bigInt(1n, 2_000n) }), {
    minLength: 1,
    maxLength: 4,
  }),
  { maxLength: 14 },
);
type Deed = typeof life extends fc.Arbitrary<(infer T)[][]> ? T : never;

/** Random histories of the ledger, against a model that is nothing but sums. */
export function describeLedgerHistories(makeStore: MakeStore): void {
  describe('random ledgers', () => {
    it('take exactly the postings that a sheet of sums would take', async () => {
      await fc.assert(
        fc.asyncProperty(rounds, async (history) => {
          const tested = await makeStore();
          try {
            await checkPostings(tested.store, history);
            await checkBooks(await tested.reopen());
          } finally {
            await tested.dispose();
          }
        }),
        { numRuns: 30 },
      );
    }, 60_000);

    it('keep every coin from its deposit to its payout', async () => {
      await fc.assert(
        fc.asyncProperty(life, async (history) => {
          const tested = await makeStore();
          try {
            await checkLife(new World(tested.store), history);
            await checkBooks(await tested.reopen());
          } finally {
            await tested.dispose();
          }
        }),
        { numRuns: 20 },
      );
    }, 60_000);
  });
}

type Posting = typeof transfer extends fc.Arbitrary<infer T> ? T : never;

function toTransfer({ id, amount, ...rest }: Posting): Transfer {
  const kind = 'deposit';
  return { ...rest, kind, transferId: `t${id}`, amount: amount as Transfer['amount'], ref: 'r' };
}

type Outcome = 'posted' | 'short' | 'refused';

async function checkPostings(store: Store, history: Posting[][][]): Promise<void> {
  const model = new Model();
  let audit: LedgerAudit | null = null;
  for (const round of history) {
    const postings = round.map((posting) => posting.map(toTransfer));
    const outcomes = await Promise.all(
      postings.map(
        (posting): Promise<Outcome> =>
          store.postTransfers(posting, [], 1).then(
            () => 'posted',
            (error: unknown) => (isMarketError(error, 'FUNDS_INSUFFICIENT') ? 'short' : 'refused'),
          ),
      ),
    );
    expect(outcomes).toEqual(postings.map((posting) => model.post(posting)));
    audit = await store.auditLedger(audit);
    expect(audit.problems).toEqual([]);
    for (const asset of assets) {
      for (const account of accounts) {
        const balance = await store.ledgerBalance(account, asset);
        expect(balance).toBe(model.balance(account, asset));
      }
    }
  }
}

class Model {
  #balances = new Map<string, bigint>();
  #posted = new Map<string, Transfer>();

  balance(account: string, asset: Asset): bigint {
    return this.#balances.get(`${account} ${asset}`) ?? 0n;
  }

  /** All of it or nothing. */
  post(posting: Transfer[]): Outcome {
    const [balances, posted] = [new Map(this.#balances), new Map(this.#posted)];
    for (const one of posting) {
      const outcome = this.#postOne(one);
      if (outcome === 'posted') continue;
      this.#balances = balances;
      this.#posted = posted;
      return outcome;
    }
    return 'posted';
  }

  #postOne(one: Transfer): Outcome {
    const before = this.#posted.get(one.transferId);
    if (before !== undefined) return isSame(before, one) ? 'posted' : 'refused';
    if (one.amount <= 0n || one.amount >= 1n << 63n || one.debit === one.credit) return 'refused';
    this.#posted.set(one.transferId, one);
    for (const on of ['debit', 'credit'] as const) {
      const key = `${one[on]} ${one.asset}`;
      const grows = normalSides[ledgerClassOf(one[on])] === on;
      const balance = (this.#balances.get(key) ?? 0n) + one.amount * (grows ? 1n : -1n);
      if (balance < 0n) return 'short';
      this.#balances.set(key, balance);
    }
    return 'posted';
  }
}

function isSame(a: Transfer, b: Transfer): boolean {
  return (
    a.debit === b.debit && a.credit === b.credit && a.asset === b.asset && a.amount === b.amount
  );
}

async function checkLife(world: World, history: Deed[][]): Promise<void> {
  const { store } = world;
  const accountId = await world.openAccount(3_000n);
  const agentId = await world.registerAgent();
  await store.postTransfers([capital], [], world.nowMs);
  let audit: LedgerAudit | null = null;
  for (const round of history) {
    await Promise.all(round.map((deed) => live(world, accountId, agentId, deed)));
    audit = await store.auditLedger(audit);
    expect(audit.problems).toEqual([]);
  }
}

const capital: Transfer = {
  transferId: 'capital',
  debit: chainTreasury,
  credit: operatorCapital,
  asset: 'SOL',
  amount: baseUnits(1_000_000n),
  kind: 'deposit',
  ref: 'capital',
};

async function live(world: World, accountId: string, agentId: string, { deed, amount }: Deed) {
  const { store } = world;
  if (deed === 'deposit') return world.deposit(accountId, baseUnits(amount));
  if (deed === 'pay' || deed === 'void') return pay(world, deed);
  try {
    const job = await world.post(accountId, amount);
    if (deed === 'post') return undefined;
    const claimed = await store.claimJob(world.claim(job.jobId, agentId));
    if (claimed === null) throw new Error('a fresh job can be claimed');
    if (deed === 'cancel') return await store.changeJob(job.jobId, cancel(world.nowMs));
    // Told twice at once: it counts once.
    return await Promise.all([world.succeed(claimed.execution), world.succeed(claimed.execution)]);
  } catch (error) {
    if (!isMarketError(error, 'FUNDS_INSUFFICIENT')) throw error;
    return undefined;
  }
}

/** Everything that is due, in one batch, which is paid or ends with a tombstone. */
async function pay({ store, ids, nowMs }: World, deed: 'pay' | 'void'): Promise<void> {
  const due = await store.duePayouts({ asset: 'USDC', limit: 10, nowMs });
  if (due.length === 0) return;
  const batchId = ids.next('batch');
  const signature = `sig-${batchId}`;
  const batch = await store.openBatch(
    {
      batchId,
      asset: 'USDC',
      receiptSeed: batchId,
      receiptAddress: batchId,
      costLamports: baseUnits(100n),
      createdAtMs: nowMs,
    },
    due.map(({ payoutId }) => payoutId),
    [],
  );
  if (batch === null) return;
  const receiptRent = baseUnits(7n);
  const kind = deed;
  const raw = new Uint8Array(1);
  const signed = { signature, batchId, kind, attempt: 1, raw, receiptRent, createdAtMs: nowMs };
  if (deed === 'void') {
    const voiding = { batchId, from: ['new' as const], to: 'voiding' as const, payouts: [] };
    await store.changeBatch({ ...voiding, outcomes: [], transfers: [], events: [], nowMs });
  }
  await store.addAttempt({ ...signed, lastValidBlockHeight: 1 }, []);
  const change = { batchId, outcomes: [{ signature, outcome: 'landed' as const }], events: [] };
  const fate = {
    outcome: 'landed' as const,
    feeLamports: baseUnits(5n),
    treasurySpentLamports: baseUnits(12n),
    failure: null,
  };
  const payouts = batch.payouts.map(({ payoutId }) => ({ payoutId, signature }));
  const move = (state: 'submitted' | 'finalized' | 'due') =>
    payouts.map((payout) => ({ ...payout, state }));
  if (deed === 'void') {
    const transfers = [
      feeTransfer(signature, baseUnits(5n)),
      tombstoneTransfer(batchId, signature, fate),
    ];
    const ended = { ...change, from: ['voiding' as const], to: 'void' as const };
    return store.changeBatch({ ...ended, payouts: move('due'), transfers, nowMs });
  }
  const sent = {
    batchId,
    outcomes: [],
    events: [],
    from: ['signed' as const],
    to: 'sent' as const,
  };
  await store.changeBatch({ ...sent, payouts: move('submitted'), transfers: [], nowMs });
  const paidSol = solOf(batch.payouts);
  const costs = costTransfers({ batchId, signature, fate, receiptRent, paidSol });
  const transfers = [...paidTransfers(batch.payouts), ...costs];
  const posted = { ...change, receiptRent, from: ['sent' as const], to: 'posted' as const };
  return store.changeBatch({ ...posted, payouts: move('finalized'), transfers, nowMs });
}

/** The books once more, from the exported entries alone and by other means than the audit's. */
async function checkBooks(store: Store): Promise<void> {
  expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  const entries = await store.ledgerEntries(0, 10_000);
  let hash = Buffer.alloc(32);
  const balances = new Map<string, bigint>();
  for (const entry of entries) {
    hash = createHash('sha256').update(hash).update(preimageOf(entry)).digest();
    expect(Buffer.from(entry.hash)).toEqual(hash);
    for (const [account, amount] of [
      [entry.debit, entry.amount],
      [entry.credit, 0n - entry.amount],
    ] as const) {
      const key = `${account} ${entry.asset}`;
      balances.set(key, (balances.get(key) ?? 0n) + amount);
    }
  }
  expect(entries.map(({ entry }) => entry)).toEqual(entries.map((_, index) => index + 1));
  for (const asset of assets) {
    const own = [...balances].filter(([key]) => key.endsWith(` ${asset}`));
    expect(own.reduce((sum, [, balance]) => sum + balance, 0n)).toBe(0n);
  }
  for (const [key, balance] of balances) {
    const [account = '', asset = ''] = key.split(' ');
    const normal = normalSides[ledgerClassOf(account)] === 'debit' ? balance : -balance;
    expect(normal).toBeGreaterThanOrEqual(0n);
    expect(await store.ledgerBalance(account, asset as Asset)).toBe(normal);
  }
}

function preimageOf(entry: LedgerEntryRow): string {
  const { transferId, debit, credit, asset, amount, kind, ref, atMs } = entry;
  return [entry.entry, transferId, debit, credit, asset, amount, kind, ref, atMs]
    .map((field) => `${Buffer.byteLength(String(field))}:${field},`)
    .join('');
}
