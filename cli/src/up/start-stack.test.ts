import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfig } from '@node3/agent/config';
import type { MarketplaceConfig } from '@node3/marketplace/config';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import { TestHost } from '../testing/test-host.ts';
import { openDataFolder } from './data-folder.ts';
import { Closers, type StackOptions, startMarket, startProvider } from './start-stack.ts';
import { createSteps } from './steps.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'node3-stack-'));
});
afterEach(() => rm(root, { recursive: true }));

it('[7.28] gives marketplace, agent and requester wallet files of their own', async () => {
  const host = new TestHost({ argv: [], env: { WEBHOOK_NETWORKS: '127.0.0.0/8' } });
  const terminal = createTerminal(host, { format: 'table', quiet: true, colour: false });
  const folder = await openDataFolder(root);
  const seen: { marketplace?: MarketplaceConfig; agent?: AgentConfig } = {};
  const deps = {
    host,
    steps: createSteps(terminal, host.clock),
    closers: new Closers(),
    log: silentLogger,
    starters: {
      startLocalnet: () => Promise.reject(new Error('not in this test')),
      startMarketplace: async (config: MarketplaceConfig) => {
        seen.marketplace = config;
        return { url: 'http://127.0.0.1:1', grpcAddress: null, stop: async () => undefined };
      },
      startAgent: async (config: AgentConfig) => {
        seen.agent = config;
        throw new Error('seen enough');
      },
    },
  };
  const machine = { gpuSource: 'simulated', isolation: 'native' } as StackOptions['machine'];
  const options: StackOptions = {
    folder,
    machine,
    port: 0,
    agentPort: 0,
    rpcPort: 0,
    grpcPort: 0,
    adminApiKey: 'operator-key',
    dashboardDir: null,
    logLevel: 'error',
  };
  const { url } = await startMarket(deps, options, 'http://127.0.0.1:2');
  const urls = { rpcUrl: 'http://127.0.0.1:2', marketplaceUrl: url };
  await expect(startProvider(deps, options, urls)).rejects.toThrow('seen enough');
  const { marketplace, agent } = seen;
  const files = [
    marketplace?.treasuryWalletPath,
    marketplace?.database.engine === 'sqlite' ? marketplace.database.path : undefined,
    agent?.walletPath,
    folder.requesterWallet,
  ];
  expect(files).not.toContain(undefined);
  expect(new Set(files).size).toBe(files.length);
  expect(marketplace?.feePayerWallet).toBeNull();
  // What a developer lets webhooks reach, and nothing else.
  expect(marketplace?.webhookAllow).toEqual({ networks: ['127.0.0.0/8'], ports: 'any' });
  expect(marketplace?.flowAllow).toEqual({});
});
