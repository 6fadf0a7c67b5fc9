import type { AgentMessage } from '@node3/shared/routes/agents';
import type { AgentRow } from '../store/rows.ts';

type Order = Extract<AgentMessage, { type: 'drain' | 'resume' }>;

/**
 * Tells each process of an agent once that it drains, and once that it doesn't any more. The state in
 * the store decides what it is offered; that it hears of it is for the people who run it.
 */
export class AgentOrders {
  /** The process that was told to drain last, by agent: only those that do drain. */
  readonly #told = new Map<string, string>();

  /** Another replica has told it, or will: so it must hear of the end of the drain, too. */
  toldElsewhere(agentId: string): void {
    if (!this.#told.has(agentId)) this.#told.set(agentId, '');
  }

  due({ agentId, state }: Pick<AgentRow, 'agentId' | 'state'>, instanceId: string): Order[] {
    if (state === 'draining') {
      if (this.#told.get(agentId) === instanceId) return [];
      this.#told.set(agentId, instanceId);
      return [{ type: 'drain' }];
    }
    return this.#told.delete(agentId) ? [{ type: 'resume' }] : [];
  }
}
