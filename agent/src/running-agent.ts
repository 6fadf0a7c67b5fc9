import { textOf } from '@node3/shared/agent-sentences';
import type { Agent, DrainOptions } from './agent.ts';
import type { AgentCore } from './agent-core.ts';
import type { AgentLife } from './agent-life.ts';
import { findBlock } from './agent-view.ts';
import { explainFolder } from './explain-folder.ts';
import type { LocalServer } from './http/server.ts';
import type { AgentMode } from './observability/agent-state.ts';

export interface RunningAgentDeps {
  core: AgentCore;
  life: AgentLife;
}

/** A started agent with its one way out, whoever asks for it first and for whatever reason. */
export class RunningAgent implements Agent {
  readonly #deps: RunningAgentDeps;
  readonly #ended = Promise.withResolvers<void>();
  #server: LocalServer | null = null;
  #token = '';
  #ready: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;
  /** Why it had to end; null when it was told to. */
  #death: string | null = null;

  constructor(deps: RunningAgentDeps) {
    this.#deps = deps;
    // Nobody has to listen; whoever does gets the reason.
    this.#ended.promise.catch(() => undefined);
  }

  /** The dashboard answers; now the agent signs in, recovers and works. */
  begin(server: LocalServer, token: string): void {
    this.#server = server;
    this.#token = token;
    this.#ready = this.#start();
    this.#ready.catch((error: unknown) => {
      if (this.#stopping === null) this.fail(error);
    });
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  get token(): string {
    return this.#token;
  }

  get agentId(): string | null {
    return this.#deps.life.agentId;
  }

  get wallet(): string {
    return this.#deps.core.wallet.address;
  }

  get problem(): string | null {
    const { core, life } = this.#deps;
    const block = findBlock(core, life);
    return block === null ? life.signInError : textOf(block);
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async ready(): Promise<void> {
    await this.#ready;
  }

  async drain(options: DrainOptions = {}): Promise<void> {
    await this.#deps.life.drain(options);
    await this.stop();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  setMode(mode: AgentMode): void {
    const { core, life } = this.#deps;
    if (mode === 'run') core.crashGuard.release();
    if (mode !== 'drain') life.setMode(mode);
    else if (life.mode !== 'drain') this.drain().catch((error: unknown) => this.fail(error));
  }

  /** Nothing may be promised any more. The reason is told at once, since the rest may hang. */
  fail(reason: unknown): void {
    if (this.#stopping !== null) return;
    this.#deps.core.log.fatal({ err: reason }, 'the agent can not go on');
    this.#ended.reject(explainFolder(reason, this.#deps.core.config.dataDir));
    this.#death = reason instanceof Error ? reason.message : String(reason);
    this.stop().catch(() => undefined);
  }

  async #start(): Promise<void> {
    const { core, life } = this.#deps;
    await core.crashGuard.begin();
    await core.historyKeeper.start();
    core.shutdown.signal.throwIfAborted();
    await life.begin();
  }

  async #end(): Promise<void> {
    try {
      await this.#deps.core.crashGuard.end(this.#death);
      await this.#deps.life.stop();
      await this.#deps.core.historyKeeper.stop();
      await this.#server?.close();
      this.#deps.core.keeper.close();
      this.#deps.core.journal.close();
      this.#ended.resolve();
    } catch (error) {
      this.#ended.reject(error);
      throw error;
    }
  }
}
