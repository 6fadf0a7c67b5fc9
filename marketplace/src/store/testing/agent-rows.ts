import type { AgentRow, ApiKeyRow } from '../rows.ts';

/** An agent as it is when it has just registered. */
export function newAgentRow(agentId: string, wallet: string, registeredAtMs: number): AgentRow {
  return {
    agentId,
    wallet,
    name: 'rig',
    version: '1.0.0',
    providerId: null,
    state: 'active',
    stateReason: null,
    stateUntilMs: null,
    stateBy: null,
    stateAtMs: null,
    offer: null,
    instanceId: null,
    lastSeenAtMs: null,
    jobsSucceeded: 0,
    jobsFailed: 0,
    faultsInRow: 0,
    avgRunSec: null,
    reputation: null,
    ratingCount: 0,
    ratingStars: 0,
    registeredAtMs,
  };
}

export function newKeyRow(
  keyId: string,
  keyHash: string,
  owner: ApiKeyRow['owner'],
  createdAtMs: number,
): ApiKeyRow {
  return {
    keyId,
    keyHash,
    owner,
    name: null,
    kind: 'key',
    scopes: null,
    createdAtMs,
    expiresAtMs: null,
    endsAtMs: null,
    lastUsedAtMs: null,
    revokedAtMs: null,
  };
}
