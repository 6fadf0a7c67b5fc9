import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { id, strictObject, Timestamp, WalletAddress } from '../schema.ts';
import { AgentStateView } from './agent-standing.ts';

export const OwnAgent = strictObject({
  agentId: id('agent'),
  name: Type.String(),
  wallet: WalletAddress,
  standing: AgentStateView,
});
export type OwnAgent = Static<typeof OwnAgent>;

export const getOwnAgent = {
  method: 'GET',
  url: '/api/v1/agents/me',
  summary: 'Who this agent is and what it may do now',
  audience: 'agent',
  tag: 'agents',
  schema: { response: { 200: OwnAgent } },
} as const satisfies RouteContract;

/** What runs is finished; nothing new is offered until the agent or the operator resumes. */
export const drainOwnAgent = {
  method: 'POST',
  url: '/api/v1/agents/me/drain',
  summary: 'Finish what runs and take nothing new',
  audience: 'agent',
  tag: 'agents',
  schema: { response: { 200: OwnAgent } },
} as const satisfies RouteContract;

export const resumeOwnAgent = {
  method: 'POST',
  url: '/api/v1/agents/me/resume',
  summary: 'Take new jobs again after a drain that this agent asked for',
  audience: 'agent',
  tag: 'agents',
  schema: { response: { 200: OwnAgent } },
} as const satisfies RouteContract;

/** Jobs it holds go back to the queue at once. Its earnings and its history stay. */
export const unregisterOwnAgent = {
  method: 'POST',
  url: '/api/v1/agents/me/unregister',
  summary: 'Leave the marketplace: jobs go back to the queue, all keys are revoked',
  audience: 'agent',
  tag: 'agents',
  schema: { response: { 200: OwnAgent } },
} as const satisfies RouteContract;

export const NewKey = strictObject({
  keyId: id('apiKey'),
  apiKey: Type.String({ description: 'Shown only here' }),
  oldKeyExpiresAt: Timestamp,
});

export const rotateOwnKey = {
  method: 'POST',
  url: '/api/v1/agents/me/keys/rotate',
  summary: 'Get a new key; the one used for this works for a few minutes more',
  audience: 'agent',
  tag: 'agents',
  schema: { response: { 201: NewKey } },
} as const satisfies RouteContract;
