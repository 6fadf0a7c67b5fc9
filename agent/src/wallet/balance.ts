import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { type Asset, type Money, toMoney } from '@node3/shared/money';
import { getDepositAddress } from '@node3/shared/routes/accounts';
import { agentLimits } from '../agent-limits.ts';
import type { MarketplaceLink } from '../marketplace-link/marketplace-link.ts';
import { readLamports, readTokenUnits, type SolanaRpcDeps } from './solana-rpc.ts';

export interface BalanceWatchDeps {
  /** Null when no cluster is configured: balances are then unknown. */
  rpc: SolanaRpcDeps | null;
  link: MarketplaceLink;
  clock: Clock;
  log: Logger;
  /** Base58 address of the wallet that is paid. */
  address: string;
}

export type Balances = Record<Asset, Money | null>;

interface Reading {
  money: Money;
  /** Monotonic. */
  takenAtMs: number;
  /** Since the Unix epoch. */
  atMs: number;
}

/** What the wallet holds on chain. A number too old to be believed is unknown, never zero. */
export class BalanceWatch {
  readonly #deps: BalanceWatchDeps;
  readonly #readings = new Map<Asset, Reading>();
  #usdcMint: string | null = null;
  #loop: Loop | null = null;

  constructor(deps: BalanceWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#deps.rpc === null) return;
    this.#loop = startLoop({
      name: 'balance',
      log: this.#deps.log,
      intervalMs: agentLimits.balanceIntervalMs,
      jitter: 0.2,
      run: (signal) => this.refresh(signal),
    });
  }

  /** A payout may have arrived. */
  wake(): void {
    this.#loop?.wake();
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  balances(): Balances {
    const money = (asset: Asset) => this.reading(asset)?.money ?? null;
    return { SOL: money('SOL'), USDC: money('USDC') };
  }

  /** Reads both assets; one that can't be read keeps its last value until it is too old. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { address, rpc } = this.#deps;
    if (rpc === null) return;
    await Promise.all([
      this.#take('SOL', () => readLamports(rpc, address, signal)),
      this.#take('USDC', async () =>
        readTokenUnits(rpc, address, await this.#mint(signal), signal),
      ),
    ]);
  }

  async #take(asset: Asset, read: () => Promise<bigint>): Promise<void> {
    const { clock } = this.#deps;
    const takenAtMs = clock.monotonicMs();
    const atMs = clock.nowMs();
    try {
      this.#readings.set(asset, { money: toMoney(await read(), asset), takenAtMs, atMs });
    } catch (error) {
      this.#deps.log.debug({ err: error, asset }, 'balance could not be read');
    }
  }

  /** null is unknown. */
  reading(asset: Asset): Reading | null {
    const reading = this.#readings.get(asset);
    if (reading === undefined) return null;
    const ageMs = this.#deps.clock.monotonicMs() - reading.takenAtMs;
    return ageMs > agentLimits.balanceAgeMsMax ? null : reading;
  }

  /** Which token counts as USDC differs between clusters, so the marketplace says it. */
  async #mint(signal: AbortSignal): Promise<string> {
    this.#usdcMint ??= (await this.#deps.link.call(getDepositAddress, {}, { signal })).usdcMint;
    return this.#usdcMint;
  }
}
