import type { AgentState } from '@node3/shared/agent-state';
import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import type { Actor } from '@node3/shared/events';
import type { AgentStore } from '../store/agent-store.ts';
import type { AgentRow } from '../store/rows.ts';
import type { AgentLinks } from './agent-links.ts';
import type { JobChangeDeps } from './change-job.ts';
import { endExecutionsOf } from './end-executions.ts';
import type { KeyHolders } from './key-holders.ts';
import type { PollTurns } from './poll-turns.ts';
import type { Presence } from './presence.ts';

export interface AgentStateDeps extends JobChangeDeps {
  agentLinks: AgentLinks;
  keyHolders: Pick<KeyHolders, 'endAll'>;
  pollTurns: Pick<PollTurns, 'end'>;
  presence: Presence;
}

/** Who asks for it, and the sentence that the provider reads. */
export interface AgentStateRequest {
  agentId: string;
  by: Actor;
  reason: string | null;
}

/**
 * Gives an agent nothing new from now on; what it runs goes on. An agent that is paused can't ask for
 * it: it would end the pause with the drain, which it may end at any time.
 */
export async function drainAgent(
  deps: AgentStateDeps,
  request: AgentStateRequest,
): Promise<AgentRow> {
  const from: AgentState[] = ['active', 'draining'];
  if (request.by === 'operator') from.push('paused');
  const agent = await change(deps, request, 'draining', from);
  tellAgent(deps, agent.agentId, 'drain');
  return agent;
}

/**
 * Ends a drain or a pause. An agent ends only the drain that it has asked for itself: AUTH_FORBIDDEN
 * for any other, AGENT_STATE_INVALID for one that is shut out.
 */
export async function resumeAgent(
  deps: AgentStateDeps,
  request: AgentStateRequest,
): Promise<AgentRow> {
  const { agentId, by } = request;
  if (by !== 'operator') await assertOwnDrain(deps, agentId, by);
  const agent = await change(deps, request, 'active', ['active', 'draining', 'paused']);
  tellAgent(deps, agentId, 'resume');
  return agent;
}

/** Shuts an agent out: it gets AGENT_DISABLED, and what it ran is given to others. */
export async function disableAgent(
  deps: AgentStateDeps,
  request: AgentStateRequest,
): Promise<AgentRow> {
  const agent = await change(deps, request, 'disabled', [
    'active',
    'draining',
    'paused',
    'disabled',
  ]);
  sendAway(deps, request.agentId, 'AGENT_DISABLED');
  await endExecutionsOf(deps, request);
  return agent;
}

export async function enableAgent(
  deps: AgentStateDeps,
  request: AgentStateRequest,
): Promise<AgentRow> {
  const found = await find(deps, request.agentId);
  if (found.state !== 'disabled') return found;
  return change(deps, request, 'active', ['disabled', 'active']);
}

/** Takes an agent out for good: its keys are revoked, and what it ran is given to others. */
export async function unregisterAgent(
  deps: AgentStateDeps,
  request: AgentStateRequest,
): Promise<AgentRow> {
  const from: AgentState[] = ['active', 'draining', 'paused', 'disabled', 'unregistered'];
  const agent = await change(deps, request, 'unregistered', from);
  sendAway(deps, request.agentId, 'AUTH_INVALID');
  await endExecutionsOf(deps, request);
  return agent;
}

/** Stands back up an agent whose pause is over. */
export async function endPause(
  deps: { store: Pick<AgentStore, 'setAgentState'>; clock: Clock },
  agent: AgentRow,
): Promise<AgentRow> {
  const nowMs = deps.clock.nowMs();
  const isOver = agent.state === 'paused' && (agent.stateUntilMs ?? Infinity) <= nowMs;
  if (!isOver) return agent;
  const { agentId } = agent;
  const open = { reason: null, untilMs: null, by: 'marketplace' as const, nowMs };
  const change = {
    ...open,
    agentId,
    state: 'active' as const,
    from: ['active', 'paused'] as const,
  };
  const outcome = await deps.store.setAgentState(change);
  return outcome?.agent ?? agent;
}

async function change(
  deps: AgentStateDeps,
  { agentId, by, reason }: AgentStateRequest,
  state: AgentState,
  from: readonly AgentState[],
): Promise<AgentRow> {
  const nowMs = deps.clock.nowMs();
  const wanted = { agentId, state, from, by, untilMs: null, nowMs };
  const outcome = await deps.store.setAgentState({
    ...wanted,
    reason: state === 'active' ? null : reason,
  });
  if (outcome === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
  return outcome.agent;
}

async function find(deps: AgentStateDeps, agentId: string): Promise<AgentRow> {
  const agent = await deps.store.agent(agentId);
  if (agent === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
  return agent;
}

async function assertOwnDrain(deps: AgentStateDeps, agentId: string, by: Actor): Promise<void> {
  const { state, stateBy } = await find(deps, agentId);
  if (state === 'active' || (state === 'draining' && stateBy === by)) return;
  const detail = `The agent is ${state} by ${stateBy ?? 'nobody'}; only the operator ends that.`;
  throw new MarketError('AUTH_FORBIDDEN', { detail });
}

/** Says it at once where the agent holds a socket; a poll finds out when it is looked at again. */
export function tellAgent(
  deps: Pick<AgentStateDeps, 'agentLinks' | 'cancels'>,
  agentId: string,
  type: 'drain' | 'resume',
): void {
  const link = deps.agentLinks.of(agentId);
  link?.say({ type });
  link?.refresh();
  deps.cancels.poke(agentId);
}

export function sendAway(
  deps: Pick<AgentStateDeps, 'agentLinks' | 'keyHolders' | 'pollTurns' | 'presence'>,
  agentId: string,
  code: ErrorCode,
): void {
  deps.presence.forget(agentId);
  const reason = new MarketError(code, { agentId });
  deps.agentLinks.of(agentId)?.end(reason);
  // Sockets that have not said hello yet, too: they would say it afterwards.
  deps.keyHolders.endAll(agentId, reason);
  void deps.pollTurns.end(agentId);
}
