import type { BodyOf, ReplyOf } from '@node3/shared/contract';
import type {
  AgentStatus,
  changeLocalPolicy,
  getLocalEarnings,
  getLocalEconomics,
  getLocalLogTail,
  LocalPolicy,
  listLocalExecutions,
  listResultEarnings,
  stopAgent,
} from '@node3/shared/routes/agent-local';
import type { AgentMode } from '../observability/agent-state.ts';

/** What the dashboard's server needs from the agent. */
export interface LocalApi {
  status(): AgentStatus;
  earnings(): ReplyOf<typeof getLocalEarnings>;
  executions(): ReplyOf<typeof listLocalExecutions>;
  /** @throws MarketError EXECUTION_NOT_FOUND. */
  logTail(executionId: string): ReplyOf<typeof getLocalLogTail>;
  mode(): AgentMode;
  setMode(mode: AgentMode): AgentMode;
  economics(): ReplyOf<typeof getLocalEconomics>;
  resultEarnings(count: number): ReplyOf<typeof listResultEarnings>;
  policy(): LocalPolicy;
  /**
   * @param ifVersion null changes whichever version there is.
   * @throws MarketError REQUEST_INVALID or RESOURCE_CHANGED, with nothing changed.
   */
  changePolicy(
    change: BodyOf<typeof changeLocalPolicy>,
    ifVersion: string | null,
  ): Promise<LocalPolicy>;
  /** The answer is on its way before the agent ends. */
  stop(): ReplyOf<typeof stopAgent>;
}
