import { parseTransaction } from '@node3/localnet/chain/wire-transaction';
import type { Ids } from '@node3/shared/ids';
import { type Asset, baseUnits, fromMoney, toMoney } from '@node3/shared/money';
import { withdrawalMinimum } from '@node3/shared/money-minimums';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import { chainTreasury, operatorCapital } from '../../../domain/ledger-accounts.ts';
import { FamiliarAgents } from '../../../matching/familiar-agents.ts';
import { Matchmaker } from '../../../matching/matchmaker.ts';
import { AgentLinks } from '../../../services/agent-links.ts';
import { CancelNotices } from '../../../services/cancel-notices.ts';
import { reportResult } from '../../../services/report-result.ts';
import { requestWithdrawal } from '../../../services/request-withdrawal.ts';
import { WorkBoard } from '../../../services/work-board.ts';
import type { ExecutionRow, Fence } from '../../../store/rows.ts';
import { fenceOf, World } from '../../../store/testing/world.ts';
import type { RunTrace } from '../../../testing/run-trace.ts';
import type { SeededRandom } from '../../../testing/seeded-random.ts';
import type { ChaosClock } from './chaos-clock.ts';
import type { ChaosNetwork } from './chaos-network.ts';
import type { ChaosProcess } from './chaos-process.ts';
import type { ChaosWallet, ChaosWallets } from './chaos-wallets.ts';

/** What somebody was told that is on its way to them. */
export interface Promised {
  payoutId: string;
  wallet: string;
  asset: Asset;
  amount: bigint;
}

export interface MarketDeps {
  network: ChaosNetwork;
  wallets: ChaosWallets;
  clock: ChaosClock;
  ids: Ids;
  trace: RunTrace;
  random: SeededRandom;
  treasury: string;
}

interface Agent {
  agentId: string;
  wallet: string;
}

interface Withdrawal {
  asset: Asset;
  amount: bigint;
  owner: { accountId: string; wallet: string };
  deposits: 'at-once' | 'late';
}

interface Job {
  asset: Asset;
  price: bigint;
  agent: Agent;
  result: ExecutionResult;
  deposits: 'at-once' | 'late';
}

/** Something that is asked of the marketplace until it has answered. */
type Request = (process: ChaosProcess) => Promise<void>;

interface Report {
  execution: ExecutionRow;
  wallet: string;
  result: ExecutionResult;
}

/**
 * Requesters who pay, agents who work and report, and the operator. Agents report through the real
 * service and repeat themselves until they get an answer, and sometimes afterwards.
 */
export class ChaosMarket {
  /** By execution or withdrawal: how often anybody asks for it, it is paid once. */
  readonly promised = new Map<string, Promised>();
  readonly #deps: MarketDeps;
  readonly #world: World;
  readonly #agents: Agent[] = [];
  /** Who can withdraw, each to a wallet of their own. */
  readonly #owners: { accountId: string; wallet: string }[] = [];
  readonly #requests: Request[] = [];
  #accountId = '';
  /** Money that the ledger has and the chain will see later. */
  #owedToTreasury: { asset: Asset; amount: bigint }[] = [];

  constructor(deps: MarketDeps, process: ChaosProcess) {
    this.#deps = deps;
    this.#world = new World(process.rawStore);
  }

  /** Another process has taken over. */
  attach(process: ChaosProcess): void {
    this.#world.store = process.rawStore;
  }

  async open(capitalLamports: bigint): Promise<void> {
    const { wallets, random } = this.#deps;
    this.#tick();
    this.#accountId = await this.#world.openAccount(0n);
    for (const { address } of wallets.all) {
      const agents = random.chance(0.2) ? 2 : 1;
      for (let made = 0; made < agents; made += 1) {
        const agentId = await this.#world.registerAgent(address);
        this.#agents.push({ agentId, wallet: address });
      }
    }
    for (const { address, keypair } of wallets.all) {
      if (keypair === null) continue;
      const accountId = this.#world.ids.next('account');
      const { nowMs, store } = this.#world;
      await store.openAccount({ accountId, wallet: address, name: null, key: null, nowMs });
      this.#owners.push({ accountId, wallet: address });
    }
    await this.addCapital(capitalLamports);
  }

  /** Requests that have no answer yet. */
  get unanswered(): number {
    return this.#requests.length;
  }

  async addCapital(lamports: bigint): Promise<void> {
    this.#tick();
    const id = `capital:${this.#world.ids.secret(4)}`;
    this.#fund('SOL', lamports);
    const transfer = {
      transferId: id,
      debit: chainTreasury,
      credit: operatorCapital,
      asset: 'SOL',
      amount: baseUnits(lamports),
      kind: 'deposit',
      ref: id,
    } as const;
    await this.#world.store.postTransfers([transfer], [], this.#world.nowMs);
  }

  async addRandomJob(deposits: 'at-once' | 'late'): Promise<void> {
    const { random } = this.#deps;
    const asset = random.pick(['SOL', 'USDC'] as const);
    const price = priceOf(asset, random);
    const agent = random.pick(this.#agents);
    await this.#addJob({ asset, price, agent, result: resultOf(random), deposits });
  }

  /** A job that succeeds and earns its price for the wallet. */
  async addJob(wallet: ChaosWallet, asset: Asset, price: bigint): Promise<void> {
    const agent = this.#agents.find((known) => known.wallet === wallet.address);
    if (agent === undefined) throw new Error('the wallet has no agent');
    await this.#addJob({ asset, price, agent, result: success, deposits: 'at-once' });
  }

  async addRandomWithdrawal(deposits: 'at-once' | 'late'): Promise<void> {
    const { random } = this.#deps;
    const asset = random.pick(['SOL', 'USDC'] as const);
    if (this.#owners.length === 0) return;
    const amount = withdrawalMinimum[asset] + BigInt(random.integer(0, 5_000_000));
    await this.#addWithdrawal({ asset, amount, owner: random.pick(this.#owners), deposits });
  }

  /** Somebody takes out what they have put in. */
  async addWithdrawal(wallet: ChaosWallet, asset: Asset, amount: bigint): Promise<void> {
    const owner = this.#owners.find((known) => known.wallet === wallet.address);
    if (owner === undefined) throw new Error('the wallet has no account');
    await this.#addWithdrawal({ asset, amount, owner, deposits: 'at-once' });
  }

  async #addWithdrawal({ asset, amount, owner, deposits }: Withdrawal): Promise<void> {
    this.#tick();
    const { accountId, wallet } = owner;
    const key = this.#world.ids.secret(16);
    await this.#deposit(accountId, asset, amount, deposits);
    this.#deps.trace.add(`withdrawal of ${amount} ${asset} by ${wallet}`);
    this.#requests.push(async ({ store }) => {
      const { clock, ids } = this.#deps;
      const money = toMoney(amount, asset);
      const { payout } = await requestWithdrawal(
        { store, clock, ids, wakePayouts: () => undefined },
        { accountId, money, idempotencyKey: key },
      );
      this.promised.set(key, { payoutId: payout.payoutId, wallet, asset, amount });
    });
  }

  async #deposit(
    accountId: string,
    asset: Asset,
    amount: bigint,
    deposits: 'at-once' | 'late',
  ): Promise<void> {
    await this.#world.deposit(accountId, baseUnits(amount), this.#world.ids.secret(16), asset);
    if (deposits === 'at-once') this.#fund(asset, amount);
    else this.#owedToTreasury.push({ asset, amount });
  }

  /** Somebody pays for a job, an agent takes it and has a result. Its report is still to come. */
  async #addJob({ asset, price, agent, result, deposits }: Job): Promise<void> {
    this.#tick();
    const { agentId, wallet } = agent;
    await this.#deposit(this.#accountId, asset, price, deposits);
    const execution = await this.#world.lease(this.#accountId, agentId, price, asset);
    await this.#world.start(execution);
    this.#deps.trace.add(`job ${execution.jobId} for ${price} ${asset} by ${wallet}`);
    this.#requests.push((process) => this.#report(process, { execution, wallet, result }));
  }

  /** Money that the ledger counted on arrives on chain. */
  settleDeposits(): void {
    for (const { asset, amount } of this.#owedToTreasury.splice(0)) this.#fund(asset, amount);
  }

  /** People ask for what they are waiting for. Rejects with Crash; then they will ask again. */
  async ask(process: ChaosProcess): Promise<void> {
    for (let request = this.#requests[0]; request !== undefined; request = this.#requests[0]) {
      await request(process);
      // Somebody who did not hear the answer asks again.
      if (this.#deps.random.chance(0.15)) await request(process);
      this.#requests.shift();
    }
  }

  /** The operator lets every held payout try again. */
  async releaseHeld(process: ChaosProcess): Promise<void> {
    const held = await heldPayouts(process);
    for (const payoutId of held) await process.store.releasePayout(payoutId, []);
    if (held.length > 0) this.#deps.trace.add(`operator releases ${held.length}`);
  }

  /** Holds the wallet's newest payout, and pays it as a process with another database would. */
  async payElsewhere(process: ChaosProcess, { address }: ChaosWallet) {
    const rows = await process.rawStore.listPayouts(newestPayouts);
    const payout = rows.find(({ state, wallet }) => state === 'due' && wallet === address);
    if (payout === undefined) throw new Error('nothing is due to the wallet');
    const { payoutId } = payout;
    await process.rawStore.holdPayouts([{ payoutId, reason: 'restored' }], []);
    const { ids, network, trace } = this.#deps;
    const [batchId, receiptSeed] = [ids.next('batch'), ids.secret(15)];
    const request = { batchId, attempt: 1, receiptSeed, payouts: [payout] };
    const result = await process.rail.sign({ kind: 'pay', ...request });
    if (!('signed' in result)) throw new Error('the payment would fail');
    const { raw, signature } = result.signed;
    network.localnet.chain.land(parseTransaction(Uint8Array.from(raw)));
    trace.add(`another process pays ${payoutId} by ${signature}`);
    return { payoutId, signature };
  }

  async #report(process: ChaosProcess, { execution, wallet, result }: Report): Promise<void> {
    const { clock, ids, trace } = this.#deps;
    const fence: Fence = fenceOf(execution);
    const answer = await reportResult(
      {
        store: process.store,
        clock,
        ids,
        matchmaker: new Matchmaker({
          clock,
          simulated: 'refused',
          familiar: new FamiliarAgents(),
          lease: () => Promise.reject(new Error('no agent asks for work here')),
        }),
        cancels: new CancelNotices(new AgentLinks()),
        work: new WorkBoard(),
        holdbackMs: 0,
        room: { hasRefusedOutputOf: () => false },
        unsupervisedSince: async () => null,
        wakePayouts: () => undefined,
        wakeDependencies: () => undefined,
      },
      fence,
      execution.agentId,
      result,
    );
    const amount = fromMoney(answer.earned);
    const { asset } = answer.earned;
    trace.add(`report of ${execution.executionId} earns ${amount} ${asset}`);
    if (answer.payoutId === null) return;
    const { payoutId } = answer;
    this.promised.set(execution.executionId, { payoutId, wallet, asset, amount });
  }

  #fund(asset: Asset, amount: bigint): void {
    const { network, treasury } = this.#deps;
    const { faucet } = network.localnet;
    if (asset === 'SOL') faucet.airdropSol(treasury, amount);
    else faucet.mintUsdc(treasury, amount);
  }

  #tick(): void {
    this.#world.nowMs = this.#deps.clock.nowMs();
  }
}

const newestPayouts = { agentId: null, beforePayoutId: null, limit: 1_000 };

async function heldPayouts({ rawStore }: ChaosProcess): Promise<string[]> {
  const rows = await rawStore.listPayouts(newestPayouts);
  return rows.filter(({ state }) => state === 'held').map(({ payoutId }) => payoutId);
}

/** Many are too small for a fresh wallet, so that they have to add up. */
function priceOf(asset: Asset, random: SeededRandom): bigint {
  if (asset === 'USDC') return BigInt(random.integer(1, random.pick([500, 5_000, 5_000_000])));
  return BigInt(random.integer(1, random.pick([300_000, 2_000_000, 50_000_000])));
}

const success: ExecutionResult = {
  outcome: 'succeeded',
  reason: 'exited',
  detail: null,
  exitCode: 0,
  runMs: 1_000,
  started: true,
  peakMemoryBytes: null,
  isolation: null,
  imageDigest: null,
  logLines: 0,
};

/** Some fail by the requester's fault, and earn the part of the time that they ran. */
function resultOf(random: SeededRandom): ExecutionResult {
  const runMs = random.integer(0, 60_000);
  if (!random.chance(0.15)) return { ...success, runMs };
  return { ...success, outcome: 'failed', reason: 'nonzero_exit', exitCode: 1, runMs };
}
