import type { OwnAgent } from '@node3/shared/routes/agent-identity';
import type { AgentStateView } from '@node3/shared/routes/agent-standing';
import { toTimestamp } from '@node3/shared/schema';
import type { AgentRow } from '../store/rows.ts';

export function viewAgentState(agent: AgentRow): AgentStateView {
  const { state, stateReason, stateUntilMs, stateBy, stateAtMs } = agent;
  return {
    state,
    reason: stateReason,
    until: stateUntilMs === null ? null : toTimestamp(stateUntilMs),
    by: stateBy,
    since: stateAtMs === null ? null : toTimestamp(stateAtMs),
  };
}

export function viewOwnAgent(agent: AgentRow): OwnAgent {
  const { agentId, name, wallet } = agent;
  return { agentId, name, wallet, standing: viewAgentState(agent) };
}
