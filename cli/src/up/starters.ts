import type { Agent } from '@node3/agent/agent';
import type { AgentConfig } from '@node3/agent/config';
import type { Localnet } from '@node3/localnet/localnet';
import type { LocalnetOptions } from '@node3/localnet/localnet-options';
import type { MarketplaceConfig } from '@node3/marketplace/config';
import type { Logger } from '@node3/shared/logger';

/** A marketplace that runs in this process. */
export interface RunningMarketplace {
  url: string;
  /** null: no gRPC. */
  grpcAddress: string | null;
  stop(): Promise<void>;
}

export type RunningAgent = Pick<Agent, 'url' | 'token' | 'wallet' | 'problem' | 'ready' | 'drain'>;

/** How the three services are started; tests pass their own. */
export interface Starters {
  startLocalnet(options: LocalnetOptions): Promise<Pick<Localnet, 'rpcUrl' | 'stop'>>;
  startMarketplace(config: MarketplaceConfig): Promise<RunningMarketplace>;
  startAgent(config: AgentConfig, log: Logger): Promise<RunningAgent>;
}

/** The real services, each loaded when it is started. */
export const realStarters: Starters = {
  startLocalnet: async (options) =>
    (await import('@node3/localnet/localnet')).startLocalnet(options),
  startMarketplace: async (config) =>
    (await import('@node3/marketplace/app')).startMarketplace(config),
  startAgent: async (config, log) => (await import('@node3/agent/app')).startAgent(config, { log }),
};
