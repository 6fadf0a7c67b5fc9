import { type AgentState, agentTransitions } from '@node3/shared/agent-state';
import { MarketError } from '@node3/shared/error';
import type { EventName } from '@node3/shared/events';
import type { AgentStateChange } from '../agent-store.ts';
import type { AgentRow } from '../rows.ts';
import { agentIn } from './agent-rows.ts';
import { revokeKeysOfAgentIn } from './api-key-store.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

const updateState = `
  UPDATE agents SET state = @state, state_reason = @reason, state_until_ms = @untilMs,
    state_by = @by, state_at_ms = @nowMs
  WHERE agent_id = @agentId`;

const eventOf: Record<AgentState, EventName> = {
  active: 'agent.enabled',
  draining: 'agent.draining',
  paused: 'agent.paused',
  disabled: 'agent.disabled',
  unregistered: 'agent.unregistered',
};

/** Changes an agent's state inside a write, so that a rule can do it together with its cause. */
export function* setAgentStateIn(
  tx: Tx,
  change: AgentStateChange,
): Work<{ agent: AgentRow; changed: boolean } | null> {
  const { agentId, state, from, reason, untilMs, by, nowMs } = change;
  const agent = yield* agentIn(tx, agentId);
  if (agent === null) return null;
  const isAllowed = agent.state === state || agentTransitions[agent.state].includes(state);
  if (!isAllowed || !from.includes(agent.state)) {
    const detail = `The agent is ${agent.state} and can't become ${state}.`;
    throw new MarketError('AGENT_STATE_INVALID', { detail, agentId, state: agent.state });
  }
  if (agent.state === state) return { agent, changed: false };
  yield* tx.post(updateState, { agentId, state, reason, untilMs, by, nowMs });
  if (state === 'unregistered') yield* revokeKeysOfAgentIn(tx, agentId, nowMs);
  yield* appendEventsIn(tx, [
    {
      name: eventOf[state],
      atMs: nowMs,
      actor: by,
      accountId: null,
      jobId: null,
      executionId: null,
      reason: null,
      data: { agentId, before: agent.state, why: reason, untilMs },
    },
  ]);
  const changed: AgentRow = {
    ...agent,
    state,
    stateReason: reason,
    stateUntilMs: untilMs,
    stateBy: by,
    stateAtMs: nowMs,
  };
  return { agent: changed, changed: true };
}
