import type { AgentState } from '@node3/shared/agent-state';
import type { Actor } from '@node3/shared/events';
import type { Reputation } from '../../domain/reputation.ts';
import type { AgentRow } from '../rows.ts';
import { fromJson, toJsonOrNull, toNumberOrNull } from './codec.ts';
import type { Tx, Work } from './work.ts';

export interface AgentRecord {
  agent_id: string;
  wallet: string;
  name: string;
  version: string;
  provider_id: string | null;
  state: string;
  state_reason: string | null;
  state_until_ms: bigint | null;
  state_by: string | null;
  state_at_ms: bigint | null;
  offer: string | null;
  instance_id: string | null;
  last_seen_at_ms: bigint | null;
  jobs_succeeded: bigint;
  jobs_failed: bigint;
  faults_in_row: bigint;
  avg_run_sec: number | null;
  reputation: string | null;
  rating_count: bigint;
  rating_stars: bigint;
  registered_at_ms: bigint;
}

const selectAgent = 'SELECT * FROM agents WHERE agent_id = ?';
const insertAgent = `
  INSERT INTO agents (agent_id, wallet, name, version, provider_id, state, state_reason, state_until_ms, state_by,
    state_at_ms, offer, instance_id, last_seen_at_ms, jobs_succeeded, jobs_failed, avg_run_sec,
    reputation, rating_count, rating_stars, registered_at_ms)
  VALUES (@agentId, @wallet, @name, @version, @providerId, @state, @stateReason, @stateUntilMs, @stateBy,
    @stateAtMs, @offer, @instanceId, @lastSeenAtMs, @jobsSucceeded, @jobsFailed, @avgRunSec,
    @reputation, @ratingCount, @ratingStars, @registeredAtMs)`;

export function* agentIn(tx: Tx, agentId: string): Work<AgentRow | null> {
  const found = yield* tx.get<AgentRecord>(selectAgent, agentId);
  return found === undefined ? null : toAgent(found);
}

export function* insertAgentIn(tx: Tx, agent: AgentRow): Work<void> {
  yield* tx.post(insertAgent, {
    ...agent,
    offer: toJsonOrNull(agent.offer),
    reputation: toJsonOrNull(agent.reputation),
  });
}

export function toAgent(record: AgentRecord): AgentRow {
  return {
    agentId: record.agent_id,
    wallet: record.wallet,
    name: record.name,
    version: record.version,
    providerId: record.provider_id,
    state: record.state as AgentState,
    stateReason: record.state_reason,
    stateUntilMs: toNumberOrNull(record.state_until_ms),
    stateBy: record.state_by as Actor | null,
    stateAtMs: toNumberOrNull(record.state_at_ms),
    offer: record.offer === null ? null : (fromJson(record.offer) as AgentRow['offer']),
    instanceId: record.instance_id,
    lastSeenAtMs: toNumberOrNull(record.last_seen_at_ms),
    jobsSucceeded: Number(record.jobs_succeeded),
    jobsFailed: Number(record.jobs_failed),
    faultsInRow: Number(record.faults_in_row),
    avgRunSec: record.avg_run_sec,
    reputation: toReputation(record.reputation),
    ratingCount: Number(record.rating_count),
    ratingStars: Number(record.rating_stars),
    registeredAtMs: Number(record.registered_at_ms),
  };
}

export function toReputation(text: string | null): Reputation | null {
  return text === null ? null : (fromJson(text) as Reputation);
}
