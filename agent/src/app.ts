import { systemIds } from '@node3/shared/ids';
import { ensureKeypairFile } from '@node3/shared/keypair-file';
import { silentLogger } from '@node3/shared/logger';
import type { Agent } from './agent.ts';
import { type AgentParts, createCore } from './agent-core.ts';
import { AgentLife } from './agent-life.ts';
import { createAgentView } from './agent-view.ts';
import { type AgentConfig, checkMarketplaceUrl } from './config.ts';
import { createExecutors } from './create-executors.ts';
import { createCommandRunner } from './gpu/command-runner.ts';
import { createGpuDetectors } from './gpu/gpu-detectors.ts';
import { readBootId, systemHostClock } from './host-clock.ts';
import { type LocalServer, startLocalServer } from './http/server.ts';
import { agentVersion } from './version.ts';

/** The real parts. Detectors run the machine's own tools with the environment given. */
export function systemParts(
  environment: Readonly<Record<string, string | undefined>> = {},
): AgentParts {
  return {
    createExecutors,
    createDetectors: ({ config, clock }) =>
      createGpuDetectors(config.gpuSource, {
        runner: createCommandRunner({ environment }),
        clock,
      }),
    clock: systemHostClock,
    ids: systemIds,
    log: silentLogger,
    fetch: globalThis.fetch,
    random: Math.random,
    bootId: readBootId(),
    wrapJournal: (journal) => journal,
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
  const parts = { ...systemParts(), ...overrides };
  const { log } = parts;
  const wallet = await ensureKeypairFile(config.walletPath);
  const ended = Promise.withResolvers<void>();
  // Nobody has to listen; whoever does gets the reason.
  ended.promise.catch(() => undefined);
  let server: LocalServer | null = null;
  let life: AgentLife | null = null;
  let stopping: Promise<void> | null = null;
  const core = createCore(config, parts, wallet, {
    onStatus: () => server?.changed(),
    onCapacity: () => {
      life?.capacityChanged();
      server?.changed();
    },
    onFatal: (error) => {
      if (stopping !== null) return;
      log.fatal({ err: error }, 'the journal failed: the agent must stop');
      stop(error).catch(() => undefined);
    },
  });
  const living = new AgentLife(core);
  life = living;

  function stop(reason?: unknown): Promise<void> {
    stopping ??= endAgent(reason);
    return stopping;
  }
  async function endAgent(reason: unknown): Promise<void> {
    await living.stop();
    await server?.close();
    core.journal.close();
    if (reason === undefined) ended.resolve();
    else ended.reject(reason);
  }
  async function drain(options: { deadlineMs?: number } = {}): Promise<void> {
    await living.drain(options);
    await stop();
  }

  const view = createAgentView({
    core,
    life: living,
    startedAtMs: parts.clock.nowMs(),
    setMode(mode) {
      if (mode !== 'drain') living.setMode(mode);
      else if (living.mode !== 'drain') drain().catch((error: unknown) => ended.reject(error));
    },
  });
  try {
    const { dashboardDir, port } = config;
    server = await startLocalServer({ api: view, port, dashboardDir, version: agentVersion, log });
  } catch (error) {
    core.journal.close();
    throw error;
  }
  const ready = living.begin();
  ready.catch((error: unknown) => {
    if (!core.shutdown.signal.aborted) stop(error).catch(() => undefined);
  });
  log.info({ url: server.url, wallet: wallet.address }, 'agent started');
  return {
    url: server.url,
    get agentId() {
      return living.agentId;
    },
    wallet: wallet.address,
    ready: () => ready,
    drain,
    stop: () => stop(),
    ended: ended.promise,
  };
}
