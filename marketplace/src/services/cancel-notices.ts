import type { AgentMessage } from '@node3/shared/routes/agents';
import type { AgentLinks } from './agent-links.ts';

type CancelMessage = Extract<AgentMessage, { type: 'cancel' }>;

/**
 * Cancellations on their way to agents. Only the fast path: the stored request reaches the agent
 * with its next heartbeat whatever happens here.
 */
export class CancelNotices {
  readonly #links: AgentLinks;
  readonly #byAgent = new Map<string, Map<string, CancelMessage>>();
  readonly #listeners = new Map<string, () => void>();

  constructor(links: AgentLinks) {
    this.#links = links;
  }

  /** Goes out at once where the agent holds a socket, and otherwise waits for its next poll. */
  add(agentId: string, executionId: string, attempt: number): void {
    const link = this.#links.of(agentId);
    if (link !== null) {
      link.say({ type: 'cancel', executionId, attempt });
      return;
    }
    const notices = this.#byAgent.get(agentId) ?? new Map<string, CancelMessage>();
    // By execution: somebody who cancels again and again must not fill our memory.
    notices.set(executionId, { type: 'cancel', executionId, attempt });
    this.#byAgent.set(agentId, notices);
    this.#listeners.get(agentId)?.();
  }

  /**
   * The same after another replica has stored it: for an agent that speaks to this one. Others hear
   * of it where they speak.
   */
  addHere(agentId: string, executionId: string, attempt: number): void {
    const isHere = this.#links.of(agentId) !== null || this.#listeners.has(agentId);
    if (isHere) this.add(agentId, executionId, attempt);
  }

  /** Something about the agent itself has changed, which whoever listens looks up. */
  poke(agentId: string): void {
    this.#listeners.get(agentId)?.();
  }

  /** Calls back when there is something for this agent; a newer listener replaces the older one. */
  listen(agentId: string, listener: () => void): () => void {
    this.#listeners.set(agentId, listener);
    return () => {
      if (this.#listeners.get(agentId) === listener) this.#listeners.delete(agentId);
    };
  }

  has(agentId: string): boolean {
    return this.#byAgent.has(agentId);
  }

  take(agentId: string): CancelMessage[] {
    const notices = this.#byAgent.get(agentId);
    this.#byAgent.delete(agentId);
    return notices === undefined ? [] : [...notices.values()];
  }
}
