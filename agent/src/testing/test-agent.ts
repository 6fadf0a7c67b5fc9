import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@node3/shared/client';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { readPassphraseSource } from '@node3/shared/passphrase';
import { type AgentStatus, getAgentStatus } from '@node3/shared/routes/agent-local';
import type { Agent } from '../agent.ts';
import type { AgentParts } from '../agent-core.ts';
import { startAgent } from '../app.ts';
import { type AgentConfig, metricsDefaults } from '../config.ts';
import { ok } from '../doctor/check.ts';
import type { ExecutionOutcome, ExecutorStatus } from '../executors/executor.ts';
import { FakeExecutor } from '../executors/fake/fake-executor.ts';
import { openSocket } from '../marketplace-link/open-socket.ts';
import { writePrivateFile } from '../secrets.ts';
import { CrashGate } from './crash-gate.ts';
import { FakeMarketplace } from './fake-marketplace.ts';
import { ManualHostClock } from './manual-host-clock.ts';

export const executorWorks: ExecutorStatus = {
  available: true,
  problems: [],
  isolationEffective: null,
};

/** The end of a workload as an executor tells it; a success unless something else is said. */
export function outcome(changes: Partial<ExecutionOutcome> = {}): ExecutionOutcome {
  return {
    exitCode: 0,
    signal: null,
    oomKilled: false,
    timedOut: false,
    cancelled: false,
    startedAtMs: 1_000,
    finishedAtMs: 2_500,
    runMs: 1_500,
    peakMemoryBytes: null,
    cpuMs: null,
    output: null,
    reason: 'exited',
    detail: 'The job ended by itself.',
    ...changes,
  };
}

export const killed = outcome({
  exitCode: 137,
  signal: 'SIGKILL',
  cancelled: true,
  reason: 'cancelled',
  detail: 'stopped',
});

/** Who may do everything with an agent: its provider. */
export function clientOf({ token, url }: Pick<Agent, 'token' | 'url'>): Client {
  return createClient({ baseUrl: url, apiKey: token });
}

/** What the dashboard would show. */
export async function readStatus(agent: Agent): Promise<AgentStatus> {
  return clientOf(agent).call(getAgentStatus, {});
}

export const preparedImage = {
  imageId: 'sha256:1',
  imageDigest: 'busybox@sha256:1',
  sizeBytes: 1,
  pulled: false,
};

/** One machine: its disk, its engine, its clock and a marketplace, which outlive its agents. */
export class TestMachine {
  readonly marketplace = new FakeMarketplace();
  readonly executor = new FakeExecutor();
  readonly clock = new ManualHostClock();
  bootId = 'boot-1';
  /** How its agents speak to the marketplace; most tests look at calls one by one. */
  transport: AgentConfig['transport'] = 'http';
  dataDir = '';
  #started: { agent: Agent; gate: CrashGate }[] = [];
  readonly #crashed: CrashGate[] = [];

  async setUp(): Promise<void> {
    this.dataDir = await mkdtemp(join(tmpdir(), 'node3-agent-'));
    await this.marketplace.start();
    this.executor.programProbe(executorWorks);
    // Runs until it is finished or cancelled.
    this.executor.program('*', {
      prepare: preparedImage,
      start: { startedAtMs: 1_000 },
      outcomeOfCancel: killed,
    });
  }

  async tearDown(): Promise<void> {
    for (const { agent } of this.#started) await agent.stop();
    await this.marketplace.stop();
    for (const gate of this.#crashed) await gate.written();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Programs a workload that ends at once. */
  programEnd(executionId: string, end: ExecutionOutcome, texts: readonly string[] = []): void {
    this.executor.program(executionId, {
      prepare: preparedImage,
      start: { startedAtMs: 1_000 },
      lines: texts.map((text) => ({ stream: 'stdout', atMs: 1_001, text, continued: false })),
      outcome: end,
    });
  }

  config(changes: Partial<AgentConfig> = {}): AgentConfig {
    return {
      name: 'test',
      marketplaceUrl: this.marketplace.url,
      marketplaceInsecure: false,
      transport: this.transport,
      port: 0,
      dataDir: this.dataDir,
      walletPath: join(this.dataDir, 'wallet.json'),
      walletPassphrase: readPassphraseSource({}, 'WALLET_PASSPHRASE_FILE'),
      solanaRpcUrl: null,
      gpuSource: 'simulated',
      nativeAllowed: false,
      asks: { SOL: null, USDC: null },
      region: null,
      labels: {},
      requestersBlocked: [],
      preemptible: false,
      slots: 2,
      cpus: null,
      memoryBytes: null,
      apiKey: null,
      registrationToken: null,
      dashboardDir: null,
      ...metricsDefaults,
      drainMs: 1_000,
      environment: {},
      ...changes,
    };
  }

  async boot(changes: Partial<AgentConfig> = {}, parts: Partial<AgentParts> = {}): Promise<Agent> {
    for (const dead of this.#crashed) await dead.written();
    const gate = new CrashGate();
    const agent = await startAgent(this.config(changes), {
      createExecutors: () => [gate.wrap(this.executor)],
      clock: this.clock,
      ids: systemIds,
      log: silentLogger,
      fetch: gate.wrapFetch(fetch),
      openSocket: gate.wrapSockets(openSocket),
      random: () => 0.5,
      bootId: this.bootId,
      wrapJournal: (journal) => gate.wrapJournal(journal),
      writePrivateFile: gate.wrapWrite(writePrivateFile),
      runDoctor: async () => [ok('node', 'node.ok', { version: '24.0.0' })],
      ...parts,
    });
    this.#started.push({ agent, gate });
    return agent;
  }

  /** The agent's process dies; the engine, the disk and the marketplace don't notice. */
  crash(agent: Agent): void {
    const found = this.#started.find((started) => started.agent === agent);
    if (found === undefined) return;
    found.gate.crash();
    this.#crashed.push(found.gate);
    this.#started = this.#started.filter((started) => started !== found);
  }

  /** How often the engine was asked to do something with an execution. */
  countCalls(method: string, executionId: string): number {
    return this.executor.calls.filter((call) => call === `${method} ${executionId}`).length;
  }
}
