import { mkdir } from 'node:fs/promises';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { ensureKeypairFile } from '@node3/shared/keypair-file';
import { createLogger, type Logger } from '@node3/shared/logger';
import { baseUnits } from '@node3/shared/money';
import type { WalletKey } from '@node3/shared/wallet-key';
import packageJson from '../package.json' with { type: 'json' };
import type { MarketplaceConfig } from './config.ts';
import { createTreasurySigner } from './payments/keys/signer.ts';
import { payoutSettingsDefault } from './payments/payout-context.ts';
import { createPayoutEngine, type PayoutEngine } from './payments/payout-engine.ts';
import {
  type Cluster,
  ClusterError,
  detectCluster,
  explorerUrl,
  usdcMintOf,
} from './payments/solana/cluster.ts';
import { createRpcPool, type RpcPool } from './payments/solana/rpc.ts';
import { createSolanaPaymentRail } from './payments/solana/solana-payment-rail.ts';
import { createSolanaTreasury } from './payments/treasury.ts';
import { loadSecrets } from './secrets.ts';
import { createService, type Payouts } from './service.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';

export interface Marketplace {
  url: string;
  /** Drains and closes everything. */
  stop(): Promise<void>;
}

/** The most one payout may move, whatever the ledger says: 1,000 SOL and 100,000 USDC. */
const payoutMax = { SOL: baseUnits(1_000_000_000_000n), USDC: baseUnits(100_000_000_000n) };

const railLimits = {
  /** Twenty times the rent of a USDC account at a SOL price of 150 dollars, and no less. */
  usdcAccountCreateMin: baseUnits(5_000_000n),
  unitPriceMin: 1_000n,
  unitPriceMax: 100_000n,
};

/** Play money for fees and receipts on a fresh localnet: enough for many thousand payouts. */
const localnetCapital = baseUnits(10_000_000_000n);

export interface StartOptions {
  /** Called when the database can't be trusted any more; the process must end. */
  onFatal?: (error: unknown) => void;
}

/** Starts the marketplace with its real store and chain. Throws when it must not start. */
export async function startMarketplace(
  config: MarketplaceConfig,
  options: StartOptions = {},
): Promise<Marketplace> {
  const log = createLogger({ name: 'marketplace', level: config.logLevel });
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const [secrets, wallet] = await Promise.all([
    loadSecrets(config.dataDir),
    ensureKeypairFile(config.treasuryWalletPath),
  ]);
  const chain = await connectChain(config, log);
  const store = openSqliteStore({
    path: config.databasePath,
    log,
    onFatal: options.onFatal ?? (() => process.exit(70)),
  });
  try {
    const payments = await startPayments({ store, wallet, chain, log });
    const service = await createService({
      ...{ store, log, treasury: payments.treasury },
      payouts: payoutsOf(payments.engine),
      clock: systemClock,
      ids: systemIds,
      cluster: chain.cluster,
      explorerUrl: (signature) => explorerUrl(chain.cluster, signature),
      leaseSecret: secrets.leaseSecret,
      adminApiKey: config.adminApiKey,
      feeBasisPoints: config.feeBasisPoints,
      defaultImages: config.defaultImages,
      dashboardDir: config.dashboardDir,
      version: packageJson.version,
    });
    const url = await service.listen(config.host, config.port);
    payments.engine.start();
    return {
      url,
      async stop() {
        await service.stop();
        await payments.engine.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Chain {
  rpc: RpcPool;
  cluster: Cluster;
  usdcMint: string;
}

async function connectChain(config: MarketplaceConfig, log: Logger): Promise<Chain> {
  const rpc = createRpcPool({ urls: config.rpcUrls, clock: systemClock, log });
  const cluster = await detectCluster(rpc, config.allowMainnet ? 'allowed' : 'refused');
  const usdcMint = usdcMintOf(cluster);
  if (usdcMint === null) throw new ClusterError(`There is no USDC on ${cluster}; use devnet.`);
  return { rpc, cluster, usdcMint };
}

interface PaymentParts {
  store: Store;
  wallet: WalletKey;
  chain: Chain;
  log: Logger;
}

/** Treasury and payout engine over the chain. The engine is not running yet. */
async function startPayments({ store, wallet, chain, log }: PaymentParts) {
  const { rpc, cluster, usdcMint } = chain;
  const clock = systemClock;
  const signer = createTreasurySigner(wallet, {
    ...{ usdcMint, payoutMax },
    priorityFeeLamportsMax: 1_000_000n,
  });
  const treasury = createSolanaTreasury({ ...chain, signer, store, clock, log });
  await treasury.bootstrapCapital(localnetCapital);
  if (cluster === 'localnet') await treasury.ensureUsdcAccount();
  const rail = createSolanaPaymentRail({
    ...{ rpc, signer, clock },
    options: { usdcMint, payoutMax, ...railLimits },
  });
  const settings = payoutSettingsDefault;
  const engine = createPayoutEngine({ store, rail, clock, ids: systemIds, log, settings });
  return { treasury, engine };
}

function payoutsOf(engine: PayoutEngine): Payouts {
  return {
    wake: () => engine.wake(),
    health() {
      const { state, detail } = engine.status();
      if (state === 'halted') return { state: 'failed', detail };
      const degraded = state === 'failing' || state === 'waiting' || state === 'stopped';
      return { state: degraded ? 'degraded' : 'ok', detail };
    },
  };
}
