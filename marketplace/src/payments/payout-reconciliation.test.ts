import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { baseUnits } from '@node3/shared/money';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { expect, it } from 'vitest';
import { createSqlStore } from '../store/sql/sql-store.ts';
import { SqliteDatabase } from '../store/sqlite/sqlite-database.ts';
import type { Store } from '../store/store.ts';
import { World } from '../store/testing/world.ts';
import { createTreasurySigner } from './keys/signer.ts';
import { payoutSettingsDefault } from './payout-context.ts';
import { createPayoutEngine } from './payout-engine.ts';
import { createRpcPool } from './solana/rpc.ts';
import type { TransportRequest } from './solana/rpc-endpoint.ts';
import { createSolanaPaymentRail } from './solana/solana-payment-rail.ts';
import { keyOf, newWallet, type Wallet } from './testing/payout-testbed.ts';

/** Stands for the signer of a transaction in a format that came after our time. */
const untold = 'untold';
/** Stands for a transaction that the network lists and can't show yet. */
const unseen = 'unseen';

/** A chain of which only the treasury's history is told: who signed each transaction, oldest first. */
class HistoryOnly {
  readonly signers: string[] = [];
  /** How often each transaction was asked for. */
  readonly asked = new Map<string, number>();

  transport = async ({ body }: TransportRequest) => {
    const { method, params } = JSON.parse(body) as { method: string; params: unknown[] };
    const isTold = method !== 'getTransaction' || this.signers[Number(params[0])] !== untold;
    const error = { code: -32015, message: 'Transaction version (2) is not supported' };
    const text = JSON.stringify(isTold ? { result: this.#answer(method, params) } : { error });
    return { status: 200, localnet: true, text };
  };

  #answer(method: string, params: unknown[]): unknown {
    if (method === 'getBlockHeight') return 1_000;
    if (method === 'getTransaction') return this.#transaction(String(params[0]));
    if (method !== 'getSignaturesForAddress') throw new Error(`unexpected ${method}`);
    const { limit, before, until } = params[1] as {
      limit: number;
      before?: string;
      until?: string;
    };
    const end = before === undefined ? this.signers.length : Number(before);
    const start = until === undefined ? 0 : Number(until) + 1;
    const newestFirst = Array.from({ length: Math.max(0, end - start) }, (_, i) => end - 1 - i);
    return newestFirst
      .slice(0, limit)
      .map((index) => ({ signature: String(index), confirmationStatus: 'finalized' }));
  }

  #transaction(signature: string) {
    this.asked.set(signature, (this.asked.get(signature) ?? 0) + 1);
    if (this.signers[Number(signature)] === unseen) return null;
    const meta = { err: null, fee: 5_000, preBalances: [9], postBalances: [9] };
    const accountKeys = [this.signers[Number(signature)]];
    const message = { header: { numRequiredSignatures: 1 }, accountKeys, instructions: [] };
    return { slot: 1, meta, transaction: { message } };
  }
}

/** An engine that looks at this chain; its clock stands still. */
function openEngine(chain: HistoryOnly, treasury: Wallet, urls: string[]) {
  const rpc = createRpcPool({
    urls,
    clock: systemClock,
    log: silentLogger,
    transport: chain.transport,
  });
  const most = baseUnits(1n);
  const caps = { payout: most, hour: most, day: most };
  const usdcMint = newWallet().address;
  const policy = { usdcMint, caps: { SOL: caps, USDC: caps }, priorityFeeLamportsMax: 0n };
  const signer = createTreasurySigner(
    keyOf(treasury),
    { ...policy, stopped: () => null },
    systemClock,
  );
  const rail = createSolanaPaymentRail({
    rpc,
    signer,
    clock: systemClock,
    options: {
      usdcMint,
      usdcAccountPolicy: { countedFor: 'everybody', owedMin: most },
      payoutMax: { SOL: most, USDC: most },
      unitPriceMin: 0n,
      unitPriceMax: 0n,
    },
  });
  const sqlite = new SqliteDatabase({
    path: ':memory:',
    log: silentLogger,
    onFatal: () => undefined,
  });
  const store = createSqlStore(sqlite);
  const clock = new ManualClock();
  const engine = createPayoutEngine({
    store,
    rail,
    clock,
    ids: systemIds,
    log: silentLogger,
    settings: { ...payoutSettingsDefault, leaseMs: 0 },
    gates: [],
  });
  return { engine, store, sqlite, clock };
}

function markRestored(sqlite: SqliteDatabase, atMs: number): void {
  void sqlite.write(function* (tx) {
    yield* tx.run("INSERT INTO meta (key, value) VALUES ('restored_at_ms', ?)", atMs);
  });
}

it('goes through any number of transactions in which outsiders name the treasury', async () => {
  const chain = new HistoryOnly();
  const [treasury, outsider] = [newWallet(), newWallet().address];
  const { engine, store, clock } = openEngine(chain, treasury, ['http://one', 'http://two']);
  chain.signers.push(outsider);
  await engine.step(0);
  clock.advance(60_000);
  // More than one turn looks at: for 0.1 SOL in fees anybody can have them written.
  for (let i = 0; i < 21_000; i += 1) chain.signers.push(outsider);
  const halts = [];
  for (let turn = 1; turn <= 4; turn += 1) halts.push((await engine.step(turn)).halted);
  expect(halts.at(0)).toMatch(/is being checked/);
  expect(halts.at(-1)).toBeNull();
  expect((await store.payoutCheckpoint())?.signature).toBe('21000');
  // Both endpoints were asked, and neither for the same again.
  expect(new Set(chain.asked.values())).toEqual(new Set([2]));

  for (let i = 0; i < 21_000; i += 1)
    chain.signers.push(i === 20_000 ? treasury.address : outsider);
  clock.advance(60_000);
  await engine.step(9);
  expect((await engine.step(9)).halted).toMatch(/signed a transaction that this database/);
  await engine.acceptHistory();
  expect((await store.payoutCheckpoint())?.signature).toBe('42000');
  expect((await engine.step(10)).halted).toBeNull();
  await store.close();
}, 60_000);

it.each([[['http://one']], [['http://one', 'http://two']]])(
  'is not stopped by a transaction in a format that it does not know, with endpoints %j',
  async (urls) => {
    const chain = new HistoryOnly();
    const { engine, store, clock } = openEngine(chain, newWallet(), urls);
    chain.signers.push('first');
    await engine.step(0);
    chain.signers.push(untold);
    clock.advance(60_000);
    expect((await engine.step(1)).halted).toBeNull();
    expect((await store.payoutCheckpoint())?.signature).toBe('1');
    await store.close();
  },
);

/** Owes a provider money. */
async function owe(store: Store): Promise<string> {
  const world = new World(store);
  const execution = await world.lease(await world.openAccount(), await world.registerAgent());
  await world.start(execution);
  const { payoutId } = await world.succeed(execution);
  if (payoutId === null) throw new Error('the result is to be paid');
  return payoutId;
}

it('pays nothing from a restored backup that is older than the first payout', async () => {
  const chain = new HistoryOnly();
  const treasury = newWallet();
  const { engine, store, sqlite, clock } = openEngine(chain, treasury, ['http://one']);
  const payoutId = await owe(store);
  markRestored(sqlite, clock.nowMs());
  chain.signers.push(treasury.address);
  expect((await engine.step(0)).halted).toMatch(/restored from a backup/);
  await engine.acceptHistory();
  expect((await engine.step(1)).halted).toBeNull();
  expect(await store.restoredAtMs()).toBeNull();
  // It may have been paid after the backup: a person has to look.
  expect(await store.payout(payoutId)).toMatchObject({ state: 'held', holdReason: 'restored' });
  await store.close();
});

it.each([
  ['only outsiders have named it', 'outsider', 240_000, null],
  ['it has paid what the database does not know', 'treasury', 240_000, /does not know/],
  ['nobody can tell who signed', 'unseen', 240_000, /does not tell yet/],
  ['what was sent before may still land', 'outsider', 60_000, /sent just before/],
  ['no endpoint keeps what the backup knows', 'pruned', 240_000, /no endpoint keeps/],
] as const)(
  'goes on from a restored backup by itself only when %s',
  async (_, signer, afterMs, halted) => {
    const chain = new HistoryOnly();
    const treasury = newWallet();
    const { engine, store, sqlite, clock } = openEngine(chain, treasury, ['http://one']);
    const outsider = newWallet().address;
    chain.signers.push(outsider);
    await engine.step(0);
    markRestored(sqlite, clock.nowMs());
    if (signer === 'pruned') chain.signers[0] = unseen;
    chain.signers.push({ outsider, pruned: outsider, treasury: treasury.address, unseen }[signer]);
    clock.advance(afterMs);
    const step = await engine.step(1);
    if (halted === null) expect(step.halted).toBeNull();
    else expect(step.halted).toMatch(halted);
    expect((await store.restoredAtMs()) === null).toBe(halted === null);
    await store.close();
  },
);
