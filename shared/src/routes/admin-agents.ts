import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { id, nullable, strictObject, Timestamp, WalletAddress } from '../schema.ts';
import { AgentStateView } from './agent-standing.ts';
import { PublicAgent } from './marketplace.ts';

export const AdminAgent = strictObject({
  ...PublicAgent.properties,
  wallet: WalletAddress,
  version: Type.String({ description: 'Of its program, by its own word' }),
  provider: Type.String({ description: 'Name of the provider that it belongs to' }),
  standing: AgentStateView,
});
export type AdminAgent = Static<typeof AdminAgent>;

const agentParams = strictObject({ agentId: id('agent') });
const reason = nullable(
  Type.String({ minLength: 1, maxLength: 500, description: 'Shown to the provider' }),
);

export const getAdminAgent = {
  method: 'GET',
  url: '/api/v1/admin/agents/:agentId',
  summary: 'One agent with its wallet, its state and its standing',
  audience: 'operator',
  tag: 'admin',
  schema: { params: agentParams, response: { 200: AdminAgent } },
} as const satisfies RouteContract;

export const drainAgent = {
  method: 'POST',
  url: '/api/v1/admin/agents/:agentId/drain',
  summary: 'Let an agent finish what it runs and give it nothing new',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: agentParams,
    body: strictObject({ reason: Type.Optional(reason) }),
    response: { 200: AdminAgent },
  },
} as const satisfies RouteContract;

export const resumeAgent = {
  method: 'POST',
  url: '/api/v1/admin/agents/:agentId/resume',
  summary: 'End a drain or a pause',
  audience: 'operator',
  tag: 'admin',
  schema: { params: agentParams, response: { 200: AdminAgent } },
} as const satisfies RouteContract;

/** Disabling ends what the agent runs: those jobs go back to the queue. */
export const setAgentEnabled = {
  method: 'POST',
  url: '/api/v1/admin/agents/:agentId/enabled',
  summary: 'Shut an agent out, or let it in again',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: agentParams,
    body: strictObject({ enabled: Type.Boolean(), reason: Type.Optional(reason) }),
    response: { 200: strictObject({ agentId: id('agent'), enabled: Type.Boolean() }) },
  },
} as const satisfies RouteContract;

export const unregisterAgent = {
  method: 'POST',
  url: '/api/v1/admin/agents/:agentId/unregister',
  summary: 'Remove an agent: jobs go back to the queue, all its keys are revoked',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: agentParams,
    body: strictObject({ reason: Type.Optional(reason) }),
    response: { 200: AdminAgent },
  },
} as const satisfies RouteContract;

export const RegistrationToken = strictObject({
  tokenId: id('registrationToken'),
  name: nullable(Type.String()),
  wallet: nullable(WalletAddress),
  provider: nullable(
    Type.String({ description: 'Whose agent it registers; null: a provider that is gone' }),
  ),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  usedAt: nullable(Timestamp),
  usedByAgentId: nullable(id('agent')),
  revokedAt: nullable(Timestamp),
});
export type RegistrationToken = Static<typeof RegistrationToken>;

export const issueRegistrationToken = {
  method: 'POST',
  url: '/api/v1/admin/registration-tokens',
  summary: 'Let one agent register within five minutes; the token is shown once',
  audience: 'operator',
  tag: 'admin',
  schema: {
    body: strictObject({
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      wallet: Type.Optional(WalletAddress),
      provider: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 64,
          description: 'Name or id of the provider whose agent it is to be',
        }),
      ),
    }),
    response: {
      201: strictObject({ ...RegistrationToken.properties, token: Type.String() }),
    },
  },
} as const satisfies RouteContract;

export const listRegistrationTokens = {
  method: 'GET',
  url: '/api/v1/admin/registration-tokens',
  summary: 'Registration tokens, newest first, without their secrets',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: strictObject({ data: Type.Array(RegistrationToken) }) } },
} as const satisfies RouteContract;

export const revokeRegistrationToken = {
  method: 'DELETE',
  url: '/api/v1/admin/registration-tokens/:tokenId',
  summary: 'Revoke a registration token that nobody has used',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ tokenId: id('registrationToken') }),
    response: { 200: RegistrationToken },
  },
} as const satisfies RouteContract;
