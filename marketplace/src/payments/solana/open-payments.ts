import type { Clock } from '@node3/shared/clock';
import type { Cluster } from '@node3/shared/cluster';
import type { Logger } from '@node3/shared/logger';
import { assetDecimals, baseUnits } from '@node3/shared/money';
import type { WalletKey } from '@node3/shared/wallet-key';
import { MINT_SIZE, MintLayout, TOKEN_PROGRAM_ID } from '@solana/spl-token';
import type { Store } from '../../store/store.ts';
import type { DepositSource } from '../deposit-source.ts';
import { type PayoutCapSettings, payoutCapsFor } from '../keys/payout-cap-settings.ts';
import { createTreasurySigner } from '../keys/signer.ts';
import type { PaymentRail } from '../payment-rail.ts';
import type { WalletTransfers } from '../wallet-transfers.ts';
import { readAccounts } from './chain-reads.ts';
import {
  assertSameChain,
  ClusterError,
  detectCluster,
  type MainnetPolicy,
  usdcMintOf,
} from './cluster.ts';
import type { UsdcAccountPolicy } from './payout-planner.ts';
import { createRpcPool, type RpcObservation, type RpcPool } from './rpc.ts';
import { createSolanaDepositSource } from './solana-deposit-source.ts';
import { createSolanaPaymentRail } from './solana-payment-rail.ts';
import { createSolanaTreasury, type SolanaTreasury } from './solana-treasury.ts';
import { createSolanaWalletTransfers } from './solana-wallet-transfers.ts';

export interface PaymentsOptions {
  rpcUrls: readonly string[];
  mainnet: MainnetPolicy;
  key: WalletKey;
  /** null takes the cluster's own USDC. */
  usdcMint: string | null;
  /** Where the operator wants other caps than the cluster's defaults. */
  payoutCaps: PayoutCapSettings;
  /** The kill switch; see SigningPolicy. */
  stopped: () => string | null;
  /** Hears of every call to an endpoint. */
  onRpcCall?: (call: RpcObservation) => void;
  store: Store;
  clock: Clock;
  log: Logger;
}

export interface Payments {
  cluster: Cluster;
  rpc: RpcPool;
  usdcMint: string;
  rail: PaymentRail;
  treasury: SolanaTreasury;
  deposits: DepositSource;
  transfers: WalletTransfers;
}

/** Micro-lamports per compute unit. 1000 costs three lamports per payout; the cap bounds a fee spike. */
const unitPriceMin = 1_000n;
const unitPriceMax = 100_000n;
/** What the most expensive allowed transaction may offer: 1.4 million units at the highest price. */
const priorityFeeLamportsMax = 140_000n;
/**
 * Where SOL is worth something, the rent of an account is paid only for those of whose earnings the
 * fee is worth more: whoever closes the account keeps its 0.0015 SOL (2026-11), which at 0.1 USDC
 * was worth more than the payout.
 */
const usdcAccountPolicies: Record<Cluster, UsdcAccountPolicy> = {
  localnet: { countedFor: 'everybody', owedMin: baseUnits(1n) },
  devnet: { countedFor: 'everybody', owedMin: baseUnits(100_000n) },
  testnet: { countedFor: 'everybody', owedMin: baseUnits(100_000n) },
  'mainnet-beta': { countedFor: 'earners', owedMin: baseUnits(10_000_000n) },
};

/**
 * Connects to the cluster and puts the payment parts together. Signs and sends nothing.
 * Throws ClusterError when endpoints, cluster, database or mint don't fit, CHAIN_UNAVAILABLE when one is silent.
 */
export async function openPayments(options: PaymentsOptions): Promise<Payments> {
  const { clock, log, key, store, stopped } = options;
  const rpc = createRpcPool({
    urls: options.rpcUrls,
    clock,
    log,
    ...(options.onRpcCall && { onCall: options.onRpcCall }),
  });
  const chain = await detectCluster(rpc, options.mainnet);
  await assertSameChain(store, chain);
  const { cluster } = chain;
  const usdcMint = options.usdcMint ?? usdcMintOf(cluster);
  if (usdcMint === null) throw new ClusterError(`${cluster} has no USDC of its own; name a mint.`);
  await assertMint(rpc, usdcMint, cluster);
  const caps = payoutCapsFor(cluster, options.payoutCaps);
  const policy = { usdcMint, caps, priorityFeeLamportsMax, stopped };
  const signer = createTreasurySigner(key, policy, clock);
  const rail = createSolanaPaymentRail({
    rpc,
    signer,
    clock,
    options: {
      usdcMint,
      usdcAccountPolicy: usdcAccountPolicies[cluster],
      payoutMax: { SOL: caps.SOL.payout, USDC: caps.USDC.payout },
      unitPriceMin,
      unitPriceMax,
    },
  });
  const treasury = createSolanaTreasury({ rpc, cluster, signer, usdcMint, store, clock, log });
  const deposits = createSolanaDepositSource({ rpc, treasury: signer.address, usdcMint });
  const transfers = createSolanaWalletTransfers({ rpc, treasury: signer.address, usdcMint });
  return { cluster, rpc, usdcMint, rail, treasury, deposits, transfers };
}

/** Base58 has no checksum: a mistyped mint is a valid address of nothing. */
async function assertMint(rpc: RpcPool, usdcMint: string, cluster: Cluster): Promise<void> {
  const [account = null] = await readAccounts(rpc, [usdcMint], 'confirmed');
  const isMint =
    account !== null &&
    account.owner === TOKEN_PROGRAM_ID.toBase58() &&
    account.data.length === MINT_SIZE;
  if (!isMint) throw new ClusterError(`${usdcMint} is not a token mint on ${cluster}.`);
  const { decimals, isInitialized } = MintLayout.decode(account.data);
  if (!isInitialized || decimals !== assetDecimals.USDC) {
    throw new ClusterError(`${usdcMint} on ${cluster} does not have the 6 decimals of USDC.`);
  }
}
