import type { AgentMessage } from '@node3/shared/routes/agents';

type CancelMessage = Extract<AgentMessage, { type: 'cancel' }>;

/**
 * Cancellations on their way to agents. Only the fast path: the stored request reaches the agent
 * with its next heartbeat whatever happens here.
 */
export class CancelNotices {
  readonly #byAgent = new Map<string, Map<string, CancelMessage>>();

  add(agentId: string, executionId: string, attempt: number): void {
    const notices = this.#byAgent.get(agentId) ?? new Map<string, CancelMessage>();
    // By execution: somebody who cancels again and again must not fill our memory.
    notices.set(executionId, { type: 'cancel', executionId, attempt });
    this.#byAgent.set(agentId, notices);
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
