import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@node3/agent/agent';
import type { AgentParts } from '@node3/agent/agent-core';
import { startAgent } from '@node3/agent/app';
import { type AgentConfig, metricsDefaults } from '@node3/agent/config';
import { type Localnet, startLocalnet } from '@node3/localnet/localnet';
import { startMarketplace } from '@node3/marketplace/app';
import {
  defaultImages,
  type MarketplaceConfig,
  observabilityDefaults,
  pricingDefaults,
} from '@node3/marketplace/config';
import { type Client, createClient } from '@node3/shared/client';
import { systemClock } from '@node3/shared/clock';
import type { Env } from '@node3/shared/env';
import { createLogger, type LogLevel, silentLogger } from '@node3/shared/logger';
import { readPassphraseSource } from '@node3/shared/passphrase';
import { claimDeposit, createAccount, getDepositAddress } from '@node3/shared/routes/accounts';
import { createChallenge } from '@node3/shared/routes/auth';
import type { WalletKey } from '@node3/shared/wallet-key';
import { createKeypairFile } from '@node3/shared/write-keypair-file';
import bs58 from 'bs58';
import { createAgentProcess } from './agent-process.ts';
import { transferSol, transferUsdc } from './dev-transfers.ts';
import { type MarketplaceProcess, startMarketplaceProcess } from './marketplace-process.ts';
import type { ServiceProcess } from './service-process.ts';

/** The whole network in one process on free ports: for tests of everything, demos and benches. */
export interface DevNetwork {
  folder: string;
  localnet: Localnet;
  marketplaceUrl: string;
  /** null for a child, and where nobody asked for gRPC. */
  grpcAddress: string | null;
  /** The process of its own, when there is one. */
  child: MarketplaceProcess | null;
  operator: Client;
  adminApiKey: string;
  startAgent(name: string, options?: AgentOptions): Promise<Agent>;
  /** An agent that can be killed and started again, with the real engine and a simulated GPU. */
  startAgentProcess(name: string): Promise<ServiceProcess>;
  /** A requester whose money came over the chain. */
  openRequester(funds?: Funds): Promise<Requester>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

export interface AgentOptions {
  config?: Partial<AgentConfig>;
  parts?: Partial<AgentParts>;
}

export interface Requester {
  client: Client;
  apiKey: string;
  accountId: string;
  wallet: WalletKey;
}

export interface Funds {
  lamports: bigint;
  usdcBaseUnits: bigint;
}

export interface NetworkOptions {
  logLevel?: LogLevel;
  /** `child`: the marketplace runs in a process of its own, which can be killed. */
  marketplaceIn?: 'this' | 'child';
  /** More settings for the child. */
  childEnv?: Env;
  /** Words before the child's command, such as those of `limitMemory`. */
  childWithin?: readonly string[];
  /** More settings for agents in processes of their own. */
  agentEnv?: Env;
  marketplace?: Partial<MarketplaceConfig>;
  /** How many addresses of the one chain the marketplace is told; 1 when absent. */
  endpoints?: 1 | 2;
}

const adminApiKey = 'operator-key-of-the-dev-network';
const defaultFunds: Funds = { lamports: 5_000_000_000n, usdcBaseUnits: 0n };

export async function startDevNetwork(options: NetworkOptions = {}): Promise<DevNetwork> {
  const folder = await mkdtemp(join(tmpdir(), 'node3-network-'));
  const level = options.logLevel ?? 'silent';
  const log = level === 'silent' ? silentLogger : createLogger({ name: 'dev-network', level });
  const localnet = await startLocalnet({ httpPort: 0, dataDir: null, log, clock: systemClock });
  const dataDir = join(folder, 'marketplace');
  const child =
    options.marketplaceIn === 'child'
      ? await startMarketplaceProcess({
          dataDir,
          rpcUrl: localnet.rpcUrl,
          adminApiKey,
          env: options.childEnv ?? {},
          within: options.childWithin ?? [],
        })
      : null;
  const marketplace =
    child ??
    (await startMarketplace({
      ...marketplaceDefaults(dataDir, localnet.rpcUrl, level),
      ...(options.endpoints === 2 && { rpcUrls: twoNames(localnet.rpcUrl) }),
      ...options.marketplace,
    }));
  const agents: Agent[] = [];
  const processes: ServiceProcess[] = [];
  return {
    folder,
    localnet,
    child,
    marketplaceUrl: marketplace.url,
    grpcAddress: 'grpcAddress' in marketplace ? marketplace.grpcAddress : null,
    adminApiKey,
    operator: createClient({
      baseUrl: marketplace.url,
      apiKey: adminApiKey,
    }),
    async startAgent(name, { config, parts } = {}) {
      const agent = await startAgent(
        {
          ...agentConfig(folder, name, marketplace.url, localnet.rpcUrl),
          ...config,
        },
        {
          log,
          ...parts,
        },
      );
      agents.push(agent);
      return agent;
    },
    async startAgentProcess(name) {
      const process = createAgentProcess({
        name,
        dataDir: join(folder, name),
        marketplaceUrl: marketplace.url,
        rpcUrl: localnet.rpcUrl,
        env: options.agentEnv ?? {},
      });
      processes.push(process);
      await process.start();
      return process;
    },
    openRequester: (funds = defaultFunds) =>
      openRequester(folder, localnet, marketplace.url, funds),
    async stop() {
      await Promise.allSettled([...agents, ...processes].map((agent) => agent.stop()));
      await marketplace.stop();
      await localnet.stop();
      await rm(folder, {
        recursive: true,
        force: true,
      });
    },
  };
}

/** The same server by both names of this machine. */
function twoNames(rpcUrl: string): string[] {
  return [rpcUrl, rpcUrl.replace('127.0.0.1', 'localhost')];
}

function marketplaceDefaults(
  dataDir: string,
  rpcUrl: string,
  logLevel: LogLevel,
): MarketplaceConfig {
  return {
    dataDir,
    adminApiKey,
    defaultImages,
    logLevel,
    host: '127.0.0.1',
    port: 0,
    database: { engine: 'sqlite', path: join(dataDir, 'marketplace.db') },
    rpcUrls: [rpcUrl],
    allowMainnet: false,
    treasuryWalletPath: join(dataDir, 'marketplace_wallet.json'),
    treasuryPassphrase: readPassphraseSource({}, 'MARKETPLACE_WALLET_PASSPHRASE_FILE'),
    ...pricingDefaults,
    observability: observabilityDefaults,
    logFormat: 'json',
    allowUnencryptedWallet: false,
    feePayerWallet: null,
    payoutCaps: { SOL: {}, USDC: {} },
    dashboardDir: null,
    publicUrl: null,
  };
}

export function agentConfig(
  folder: string,
  name: string,
  marketplaceUrl: string,
  solanaRpcUrl: string,
): AgentConfig {
  const dataDir = join(folder, name);
  return {
    name,
    marketplaceUrl,
    solanaRpcUrl,
    dataDir,
    marketplaceInsecure: false,
    transport: 'auto',
    port: 0,
    walletPath: join(dataDir, 'wallet.json'),
    walletPassphrase: readPassphraseSource({}, 'WALLET_PASSPHRASE_FILE'),
    gpuSource: 'simulated',
    nativeAllowed: false,
    asks: { SOL: null, USDC: null },
    region: null,
    labels: {},
    requestersBlocked: [],
    preemptible: false,
    slots: 4,
    cpus: null,
    memoryBytes: null,
    apiKey: null,
    registrationToken: null,
    dashboardDir: null,
    ...metricsDefaults,
    drainMs: 5e3,
    environment: {},
  };
}

let requesters = 0;

export async function openRequester(
  folder: string,
  localnet: Localnet,
  baseUrl: string,
  funds: Funds,
): Promise<Requester> {
  requesters += 1;
  const walletPath = join(folder, `requester-${requesters}.json`);
  const wallet = await createKeypairFile(walletPath);
  const anonymous = createClient({ baseUrl });
  const challenge = await anonymous.call(createChallenge, {
    body: { wallet: wallet.address, purpose: 'account.create' },
  });
  const message = new TextEncoder().encode(challenge.message);
  const signature = bs58.encode(await wallet.sign(message));
  const { account, apiKey } = await anonymous.call(createAccount, {
    body: { challengeId: challenge.challengeId, signature },
  });
  const client = createClient({ baseUrl, apiKey });
  const treasury = await anonymous.call(getDepositAddress, {});
  const paid = { rpcUrl: localnet.rpcUrl, walletPath, to: treasury.wallet };
  localnet.airdrop(wallet.address, funds.lamports + 1_000_000_000n);
  const signatures: string[] = [];
  if (funds.lamports > 0n) signatures.push(await transferSol(paid, funds.lamports));
  if (funds.usdcBaseUnits > 0n) {
    localnet.mintUsdc(wallet.address, funds.usdcBaseUnits);
    signatures.push(await transferUsdc(paid, treasury.usdcMint, funds.usdcBaseUnits));
  }
  for (const deposit of signatures) {
    await client.call(claimDeposit, { body: { signature: deposit } });
  }
  return { client, apiKey, accountId: account.accountId, wallet };
}
