import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemIds } from '@node3/shared/ids';
import { ensureKeypairFile } from '@node3/shared/keypair-file';
import { silentLogger } from '@node3/shared/logger';
import { passphraseFrom } from '@node3/shared/passphrase';
import type { Agent } from './agent.ts';
import { type AgentCore, type AgentParts, createCore } from './agent-core.ts';
import { AgentLife } from './agent-life.ts';
import { createAgentView } from './agent-view.ts';
import { type AgentConfig, checkMarketplaceUrl } from './config.ts';
import { createExecutors } from './create-executors.ts';
import { readDiskFreeBytes } from './execution/machine.ts';
import { explainFolder } from './explain-folder.ts';
import { createCommandRunner } from './gpu/command-runner.ts';
import { createGpuDetectors } from './gpu/gpu-detectors.ts';
import { SystemKernelLog } from './gpu/health/kernel-log.ts';
import { systemFiles } from './gpu/host-files.ts';
import { ProverProcess } from './gpu-proof/prover-process.ts';
import { readBootId, systemHostClock } from './host-clock.ts';
import type { LocalApi } from './http/local-api.ts';
import { type LocalServer, startLocalServer } from './http/server.ts';
import { findIdleMemory } from './idle-memory.ts';
import { startKeeperProcess } from './lease-keeper/lease-keeper.ts';
import { noteLocalAddress } from './local-address.ts';
import { ensureLocalToken } from './local-token.ts';
import { openSocket } from './marketplace-link/open-socket.ts';
import { createAgentScrape } from './observability/agent-scrape.ts';
import { describeOpenSeedApi } from './observability/problems.ts';
import { policyDefaults } from './policy/policy-defaults.ts';
import { PolicyStore } from './policy/policy-store.ts';
import { createPowerSource } from './policy/power-source.ts';
import { RunningAgent } from './running-agent.ts';
import { writePrivateFile } from './secrets.ts';
import { agentVersion } from './version.ts';
import { createMachineView } from './view-machine.ts';

/** The real parts of an agent. */
export function systemParts(): AgentParts {
  return {
    createExecutors,
    createDetectors: ({ config, clock }) =>
      createGpuDetectors(config.gpuSource, {
        runner: createCommandRunner({ environment: config.environment }),
        clock,
      }),
    createKernelLog: ({ config }) =>
      config.gpuSource === 'simulated' || process.platform !== 'linux'
        ? null
        : new SystemKernelLog({
            runner: createCommandRunner({ environment: config.environment }),
            files: systemFiles,
          }),
    createPowerSource: ({ environment }) =>
      createPowerSource(createCommandRunner({ environment }), process.platform),
    clock: systemHostClock,
    ids: systemIds,
    log: silentLogger,
    tracer: null,
    fetch: globalThis.fetch,
    openSocket,
    random: Math.random,
    readDiskFreeBytes,
    bootId: readBootId(),
    wrapJournal: (journal) => journal,
    writePrivateFile,
    startProver: (options) => new ProverProcess(options),
    startKeeper: startKeeperProcess,
    runDoctor: async (config) => {
      const { runDoctor } = await import('./doctor/run-doctor.ts');
      return runDoctor(config, null);
    },
  };
}

/**
 * Starts an agent and resolves when its dashboard answers; signing in and recovering go on behind
 * (`ready`). The marketplace need not be up.
 * @throws ConfigError, KeypairFileError, JournalLockedError; the port's own error when it is taken.
 */
export async function startAgent(
  config: AgentConfig,
  overrides: Partial<AgentParts> = {},
): Promise<Agent> {
  checkMarketplaceUrl(config);
  try {
    return await start(config, overrides);
  } catch (error) {
    throw explainFolder(error, config.dataDir);
  }
}

async function start(config: AgentConfig, overrides: Partial<AgentParts>): Promise<Agent> {
  const parts = { ...systemParts(), ...overrides };
  const { clock, log } = parts;
  const wallet = await ensureKeypairFile(
    config.walletPath,
    passphraseFrom(config.walletPassphrase),
  );
  const policyPath = join(config.dataDir, 'policy.json');
  const policyStore = await PolicyStore.open(policyPath, policyDefaults(config));
  let server: LocalServer | null = null;
  let life: AgentLife | null = null;
  let agent: RunningAgent | null = null;
  const core = createCore(
    config,
    parts,
    {
      wallet,
      policyStore,
      idleMemoryBytes: () => (life === null ? 0 : findIdleMemory(core, life)),
    },
    {
      onStatus: () => server?.changed(),
      onCapacity: () => {
        life?.capacityChanged();
        server?.changed();
      },
      onReachable: () => life?.reachable(),
      onChannel: () => life?.channelChanged(),
      onMessage: (message, arrivedAt) => life?.hear(message, arrivedAt),
      onChallenge: (challenge) => life?.challenged(challenge),
      onPolicy: (verdict) => life?.policyChanged(verdict),
      onFatal: (error) => agent?.fail(error),
    },
  );
  life = new AgentLife(core);
  const running = new RunningAgent({ core, life });
  agent = running;
  const api = createAgentView({
    core,
    life,
    startedAtMs: clock.nowMs(),
    setMode: (mode) => running.setMode(mode),
    stop: () => void running.stop().catch((error: unknown) => running.fail(error)),
  });
  try {
    const token = await ensureLocalToken(config.dataDir, parts);
    server = await openServer(core, api, token);
    await noteLocalAddress({ dataDir: config.dataDir, url: server.url }, parts);
    running.begin(server, token);
  } catch (error) {
    core.journal.close();
    throw error;
  }
  if (config.seedApiOpen === true) log.warn(describeOpenSeedApi().sentence);
  log.info({ url: server.url, wallet: wallet.address }, 'agent started');
  return running;
}

function openServer(core: AgentCore, api: LocalApi, token: string): Promise<LocalServer> {
  const { config, journal, link, log } = core;
  const { commit, dashboardDir, metricsToken, port, seedApiOpen } = config;
  return startLocalServer({
    api,
    machine: createMachineView(core),
    port,
    dashboardDir,
    version: agentVersion,
    log,
    scrape: createAgentScrape(core, api, { hostname: hostname(), commit }),
    seed: { journal, link },
    access: { token, seedControls: seedApiOpen === true ? 'open' : 'closed' },
    metricsToken,
  });
}
