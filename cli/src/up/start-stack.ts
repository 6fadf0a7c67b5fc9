import { hostname } from 'node:os';
import { type AgentConfig, metricsDefaults } from '@node3/agent/config';
import {
  defaultImages,
  type MarketplaceConfig,
  observabilityDefaults,
  pricingDefaults,
} from '@node3/marketplace/config';
import { readNetworks } from '@node3/marketplace/env';
import type { Logger, LogLevel } from '@node3/shared/logger';
import { readPassphraseSource } from '@node3/shared/passphrase';
import type { Host } from '../host.ts';
import type { DataFolder } from './data-folder.ts';
import { chooseImages, type Machine } from './machine.ts';
import type { RunningAgent, RunningMarketplace, Starters } from './starters.ts';
import type { Steps } from './steps.ts';
import { waitForAgent } from './wait-for-agent.ts';

export interface StackOptions {
  folder: DataFolder;
  port: number;
  agentPort: number;
  rpcPort: number;
  /** null: no gRPC. */
  grpcPort: number | null;
  adminApiKey: string;
  machine: Machine;
  /** Built web app, or null to serve the API alone. */
  dashboardDir: string | null;
  logLevel: LogLevel;
}

export interface StackDeps {
  host: Host;
  starters: Starters;
  steps: Steps;
  /** Stops in reverse order of starting whatever has started so far. */
  closers: Closers;
  log: Logger;
}

/** What to stop, last started first. */
export class Closers {
  readonly #closers: { name: string; close: () => Promise<void> }[] = [];

  push(name: string, close: () => Promise<void>): void {
    this.#closers.push({ name, close });
  }

  /** Stops everything, even when one part fails to; the first failure is thrown at the end. */
  async close(onClosing: (name: string) => Promise<void>): Promise<void> {
    const failures: unknown[] = [];
    while (this.#closers.length > 0) {
      const closer = this.#closers.pop();
      if (closer === undefined) break;
      await onClosing(closer.name);
      await closer.close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** The longest a running job may hold up Ctrl-C; then the agent hands it back. */
const drainMsMax = 10_000;

export async function startChain(deps: StackDeps, options: StackOptions): Promise<string> {
  const { starters, steps, closers, host, log } = deps;
  const localnet = await steps.run(
    'local Solana',
    () =>
      starters.startLocalnet({
        httpPort: options.rpcPort,
        dataDir: options.folder.localnet,
        log,
        clock: host.clock,
      }),
    ({ rpcUrl }) => rpcUrl,
  );
  closers.push('local Solana', () => localnet.stop());
  return localnet.rpcUrl;
}

export async function startMarket(
  deps: StackDeps,
  options: StackOptions,
  rpcUrl: string,
): Promise<RunningMarketplace> {
  const { folder, machine } = options;
  const { host } = deps;
  const config: MarketplaceConfig = {
    host: '127.0.0.1',
    port: options.port,
    dataDir: folder.marketplace,
    database: { engine: 'sqlite', path: folder.databasePath },
    rpcUrls: [rpcUrl],
    allowMainnet: false,
    treasuryWalletPath: folder.treasuryWallet,
    treasuryPassphrase: readPassphraseSource(host.env, 'MARKETPLACE_WALLET_PASSPHRASE_FILE'),
    allowUnencryptedWallet: false,
    feePayerWallet: null,
    payoutCaps: { SOL: {}, USDC: {} },
    adminApiKey: options.adminApiKey,
    ...pricingDefaults,
    webhookAllow: readNetworks(host.env, 'WEBHOOK_NETWORKS'),
    flowAllow: readNetworks(host.env, 'FLOW_NETWORKS'),
    grpc:
      options.grpcPort === null ? null : { host: '127.0.0.1', port: options.grpcPort, tls: null },
    observability: observabilityDefaults,
    logFormat: 'json',
    defaultImages: chooseImages(machine, defaultImages),
    dashboardDir: options.dashboardDir,
    publicUrl: null,
    logLevel: options.logLevel,
  };
  const marketplace = await deps.steps.run(
    'marketplace',
    () => deps.starters.startMarketplace(config),
    ({ url }) => url,
  );
  deps.closers.push('marketplace', () => marketplace.stop());
  return marketplace;
}

export async function startProvider(
  deps: StackDeps,
  options: StackOptions,
  urls: { rpcUrl: string; marketplaceUrl: string },
): Promise<RunningAgent> {
  const { folder, machine } = options;
  const config: AgentConfig = {
    name: hostname().slice(0, 64),
    marketplaceUrl: urls.marketplaceUrl,
    marketplaceInsecure: false,
    transport: 'auto',
    port: options.agentPort,
    dataDir: folder.agent,
    walletPath: folder.agentWallet,
    walletPassphrase: readPassphraseSource(deps.host.env, 'WALLET_PASSPHRASE_FILE'),
    solanaRpcUrl: urls.rpcUrl,
    gpuSource: machine.gpuSource,
    nativeAllowed: machine.isolation === 'native',
    asks: { SOL: null, USDC: null },
    region: null,
    labels: {},
    requestersBlocked: [],
    // A first run is somebody in front of the machine who wants to see it work.
    batteryAllowed: true,
    preemptible: false,
    slots: 2,
    cpus: null,
    memoryBytes: null,
    apiKey: null,
    registrationToken: null,
    dashboardDir: options.dashboardDir,
    ...metricsDefaults,
    drainMs: drainMsMax,
    environment: deps.host.env,
  };
  const agent = await deps.steps.run(
    'agent',
    async (say) => {
      const started = await deps.starters.startAgent(config, deps.log);
      deps.closers.push('agent', () => started.drain({ deadlineMs: drainMsMax }));
      await waitForAgent(started, say);
      return started;
    },
    ({ url }) => url,
  );
  return agent;
}
