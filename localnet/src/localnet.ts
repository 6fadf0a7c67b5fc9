import { join } from 'node:path';
import { type Loop, startLoop } from '@node3/shared/loop';
import { Keypair } from '@solana/web3.js';
import { Chain } from './chain/chain.ts';
import { loadLitesvm } from './chain/litesvm-loader.ts';
import { devnetGenesisHash, devnetUsdcMint } from './chain/program-address.ts';
import { Faucet } from './faucet/faucet.ts';
import {
  advanceSlotsMax,
  airdropLamportsMax,
  airdropUsdcMax,
  nodesMax,
  rentLamportsPerByteMax,
} from './limits.ts';
import { describeLocalnet } from './localnet-info.ts';
import {
  assertLagSlots,
  assertRange,
  type LocalnetOptions,
  type LocalnetSettings,
  withDefaults,
} from './localnet-options.ts';
import { type LocalnetNode, openRpcNode, type RpcNodeOptions } from './rpc-node.ts';
import { readSnapshot, writeSnapshot } from './snapshot/snapshot-file.ts';

/** A running local Solana. It is itself the first RPC node, the one without lag. */
export interface Localnet extends LocalnetNode {
  /** Devnet's, so that clients of x402 and wallets accept the chain. */
  genesisHash: string;
  /** Devnet's USDC, 6 decimals, minted by this localnet's faucet. */
  usdcMint: string;
  /** Pays airdrops and is USDC's mint authority. */
  faucetAddress: string;
  slot(): number;
  /** Makes slots at once; the only way they pass with `slotMs: 'manual'`. Throws RangeError. */
  advanceSlots(count: number): void;
  /**
   * A fork: what the last `slots` blocks held never happened, and lands again after some slots, or
   * never with null. Final blocks can't be taken back. @returns the signatures. Throws RangeError.
   */
  fork(slots: number, landAgainAfterSlots: number | null): string[];
  /** @returns the transaction's signature. Throws RangeError or RpcError. */
  airdrop(address: string, lamports: bigint): string;
  /** Mints USDC (micro-USDC) to the owner's associated account. @returns the signature. */
  mintUsdc(owner: string, amountBaseUnits: bigint): string;
  /** Freezes or thaws the owner's USDC account, as USDC's issuer can. @returns the signature. */
  setUsdcFrozen(owner: string, state: 'frozen' | 'thawed'): string;
  /** Changes what an account must hold to be kept; lamports per byte, 5080 at the start. Throws RangeError. */
  setRent(lamportsPerByte: bigint): void;
  /** Another RPC node on the same chain, perhaps lagging, with faults of its own. */
  openNode(options?: Partial<RpcNodeOptions>): Promise<LocalnetNode>;
  /** Saves now. Does nothing without a data directory. */
  saveSnapshot(): Promise<void>;
  /** Closes every node, stops the slots and saves. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded Solana on loopback.
 * Throws LocalnetUnsupportedError without litesvm, SnapshotError for a damaged data directory,
 * RangeError for wrong options, and EADDRINUSE for a port that is taken.
 */
export async function startLocalnet(options: LocalnetOptions): Promise<Localnet> {
  const settings = withDefaults(options);
  const { log, slotMs } = settings;
  const { chain, faucet, saver } = await openChain(settings);
  const deps = { chain, faucet, log, info: describeLocalnet(chain, faucet, slotMs) };
  const main = await openRpcNode(deps, { httpPort: settings.httpPort, lagSlots: 0 });
  const nodes = new Set([main]);
  const loops = startLoops(settings, chain, saver);
  log.info({ rpcUrl: main.rpcUrl, wsUrl: main.wsUrl, slot: chain.slot }, 'localnet started');
  return {
    ...main,
    genesisHash: devnetGenesisHash,
    usdcMint: devnetUsdcMint,
    faucetAddress: faucet.address,
    slot: () => chain.slot,
    advanceSlots(count) {
      assertRange('count', count, { min: 1, max: advanceSlotsMax });
      for (let made = 0; made < count; made += 1) chain.advanceSlot();
    },
    fork(slots, landAgainAfterSlots) {
      const dropped = chain.fork(slots);
      if (landAgainAfterSlots !== null) {
        for (const { wire } of dropped) chain.landLater(wire, landAgainAfterSlots);
      }
      return dropped.map(({ wire }) => wire.signature);
    },
    airdrop(address, lamports) {
      assertRange('lamports', lamports, { min: 1n, max: airdropLamportsMax });
      return faucet.airdropSol(address, lamports);
    },
    mintUsdc(owner, amountBaseUnits) {
      assertRange('amountBaseUnits', amountBaseUnits, { min: 1n, max: airdropUsdcMax });
      return faucet.mintUsdc(owner, amountBaseUnits);
    },
    setUsdcFrozen: (owner, state) => faucet.setUsdcFrozen(owner, state),
    setRent(lamportsPerByte) {
      assertRange('lamportsPerByte', lamportsPerByte, { min: 1n, max: rentLamportsPerByteMax });
      chain.vm.setRent(lamportsPerByte);
    },
    async openNode({ httpPort = 0, lagSlots = 0 } = {}) {
      assertLagSlots(lagSlots);
      assertRange('nodes', nodes.size + 1, { min: 1, max: nodesMax });
      const node = await openRpcNode(deps, { httpPort, lagSlots });
      nodes.add(node);
      const stop = () => {
        nodes.delete(node);
        return node.stop();
      };
      return { ...node, stop };
    },
    saveSnapshot: () => saver.save(),
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([...nodes].map((node) => node.stop()));
      await saver.save();
    },
  };
}

interface Saver {
  save(): Promise<void>;
  /** Saves only when a transaction landed since the last time. */
  saveIfChanged(): Promise<void>;
}

async function openChain(settings: LocalnetSettings) {
  const { clock, dataDir } = settings;
  const path = dataDir === null ? null : join(dataDir, 'localnet.snapshot');
  const saved = path === null ? null : await readSnapshot(path);
  const litesvm = await loadLitesvm();
  const lags = {
    processed: 0,
    confirmed: settings.confirmedLagSlots,
    finalized: settings.finalizedLagSlots,
  };
  const chain = new Chain({ litesvm, clock, lags, saved: saved?.chain ?? null });
  const faucet = new Faucet(chain, saved?.faucetSecretKey ?? Keypair.generate().secretKey);
  if (saved === null) faucet.plantGenesis();
  return { chain, faucet, saver: createSaver(chain, faucet, path) };
}

function createSaver(chain: Chain, faucet: Faucet, path: string | null): Saver {
  // A new chain is saved before anybody uses it: its faucet owns what it will mint.
  let savedCount = -1;
  let writing: Promise<void> = Promise.resolve();
  const write = async (previous: Promise<void>) => {
    // One after the other, since all write the same temporary file; a failure was its caller's.
    await previous.catch(() => undefined);
    if (path === null) return;
    const { count } = chain.transactions;
    await writeSnapshot(path, { chain: chain.toState(), faucetSecretKey: faucet.secretKey });
    savedCount = count;
  };
  const save = () => {
    writing = write(writing);
    return writing;
  };
  return {
    save,
    saveIfChanged: async () => {
      if (path !== null && chain.transactions.count !== savedCount) await save();
    },
  };
}

function startLoops(settings: LocalnetSettings, chain: Chain, saver: Saver): Loop[] {
  const { log, clock, slotMs, dataDir, snapshotIntervalMs } = settings;
  const loops: Loop[] = [];
  if (slotMs !== 'manual') {
    let saveAtMs = 0;
    const run = async () => {
      // On disk before the next slots make it final: a killed chain forgets nothing that anybody
      // booked. A large chain, whose saving takes long, spends no more than a fifth of its time on it.
      const startedAtMs = clock.monotonicMs();
      if (startedAtMs >= saveAtMs) {
        await saver.saveIfChanged();
        const endedAtMs = clock.monotonicMs();
        saveAtMs = endedAtMs + 4 * (endedAtMs - startedAtMs) - slotMs;
      }
      chain.advanceSlot();
    };
    loops.push(startLoop({ name: 'localnet-slots', intervalMs: slotMs, log, run }));
  } else if (dataDir !== null) {
    const run = () => saver.saveIfChanged();
    const intervalMs = snapshotIntervalMs;
    loops.push(startLoop({ name: 'localnet-snapshots', intervalMs, log, run }));
  }
  return loops;
}
