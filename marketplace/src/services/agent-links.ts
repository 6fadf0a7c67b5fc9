import type { MarketError } from '@node3/shared/error';
import type { AgentMessage } from '@node3/shared/routes/agents';

/** The open socket of one agent, as the services see it. */
export interface AgentLink {
  /** Sends a message now. It may get lost with its socket: whoever says it has stored it. */
  say(message: AgentMessage): void;
  /** The stored state of the agent changed: whether it gets jobs is decided again. */
  refresh(): void;
  /** Tells the agent why it may not go on and closes its socket. */
  end(reason: MarketError): void;
}

/** Which agents hold a socket. One each: a newer one takes the place of the older. */
export class AgentLinks {
  readonly #byAgent = new Map<string, AgentLink>();

  /** @returns what takes it out again; it does nothing once another one has taken its place. */
  open(agentId: string, link: AgentLink): () => void {
    this.#byAgent.set(agentId, link);
    return () => {
      if (this.#byAgent.get(agentId) === link) this.#byAgent.delete(agentId);
    };
  }

  of(agentId: string): AgentLink | null {
    return this.#byAgent.get(agentId) ?? null;
  }

  get size(): number {
    return this.#byAgent.size;
  }
}
