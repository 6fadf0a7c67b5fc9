import type { Env } from '@node3/shared/env';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

export interface AgentProcessOptions {
  name: string;
  dataDir: string;
  marketplaceUrl: string;
  rpcUrl: string;
  /** More settings, which win over the ones here. */
  env?: Env;
}

/** An agent in a process of its own, started as a provider would; its engine is the real one. */
export function createAgentProcess(options: AgentProcessOptions): ServiceProcess {
  const { DOCKER_HOST, HOME, XDG_RUNTIME_DIR } = process.env;
  return createServiceProcess({
    main: 'agent/src/main.ts',
    env: {
      DOCKER_HOST,
      HOME,
      XDG_RUNTIME_DIR,
      AGENT_NAME: options.name,
      AGENT_DATA_DIR: options.dataDir,
      AGENT_PORT: '0',
      MARKETPLACE_URL: options.marketplaceUrl,
      SOLANA_RPC_URL: options.rpcUrl,
      SKIP_GPU_CHECK: 'true',
      MAX_CONCURRENT_JOBS: '4',
      DRAIN_SEC: '0',
      // Killed again and again on purpose.
      AGENT_CRASHES_MAX: '0',
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    ready: /^node3 agent: (\S+)$/,
  });
}
