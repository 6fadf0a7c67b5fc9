import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { ProofPlan } from '../gpu-proof/proof-plan.ts';
import { WireOpening } from '../gpu-proof/wire-opening.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

const deviceId = Type.String({ minLength: 1, maxLength: 128 });
const seed = Type.String({ pattern: '^[0-9a-f]{64}$' });
const params = strictObject({ proofId: id('proof') });

/** Comes with the answer to a heartbeat: fill the memory of these devices now, where they are idle. */
export const ProofChallenge = strictObject({
  proofId: id('proof'),
  epoch: Type.Integer({ description: 'Part of the keys, as docs/guides/gpu-proof.md says' }),
  fillMs: Type.Integer({ description: 'How long there is for filling, from now' }),
  devices: Type.Array(strictObject({ deviceId, plan: ProofPlan, fillSeed: seed })),
});
export type ProofChallenge = Static<typeof ProofChallenge>;

/** How far the proof of a device has come. `void` says nothing of the device: it could not try. */
export const proofStates = [
  'filling',
  'filled',
  'walking',
  'rooted',
  'passed',
  'failed',
  'void',
  'quarantined',
] as const;
export type ProofState = (typeof proofStates)[number];

export const reportProofFilled = {
  method: 'POST',
  url: '/api/v1/agents/me/proofs/:proofId/filled',
  summary: 'Say which devices hold what was asked for, and hear when the walk begins',
  audience: 'agent',
  tag: 'agents',
  schema: {
    params,
    body: strictObject({
      deviceIds: Type.Array(deviceId, { maxItems: limits.devicesPerAgent }),
      failures: Type.Array(strictObject({ deviceId, failure: Type.String({ maxLength: 64 }) }), {
        maxItems: limits.devicesPerAgent,
      }),
    }),
    response: {
      200: strictObject({
        state: oneOf(['wait', 'walk', 'over']),
        askAgainMs: Type.Integer({ description: 'When to say it again, while the state is wait' }),
        walkMs: Type.Integer({ description: 'How long there is for the walk, from now' }),
        devices: Type.Array(strictObject({ deviceId, walkSeed: seed })),
      }),
    },
  },
} as const satisfies RouteContract;

export const reportProofRoot = {
  method: 'POST',
  url: '/api/v1/agents/me/proofs/:proofId/root',
  summary: 'Say how the lanes of a device ended, as one hash, and hear which ones to show',
  audience: 'agent',
  tag: 'agents',
  schema: {
    params,
    body: strictObject({
      deviceId,
      root: seed,
      adapter: Type.String({ maxLength: 128, description: 'What the driver calls the device' }),
    }),
    response: { 200: strictObject({ lanes: Type.Array(Type.Integer()) }) },
  },
} as const satisfies RouteContract;

export const openProofLanes = {
  method: 'POST',
  url: '/api/v1/agents/me/proofs/:proofId/openings',
  summary: 'Show the lanes that were picked, and hear whether they are right',
  audience: 'agent',
  tag: 'agents',
  schema: {
    params,
    body: strictObject({
      deviceId,
      openings: Type.Array(WireOpening, { maxItems: limits.proofLanesOpened }),
    }),
    response: { 200: strictObject({ state: oneOf(proofStates), finding: Type.String() }) },
  },
} as const satisfies RouteContract;

export const challengeAgent = {
  method: 'POST',
  url: '/api/v1/admin/agents/:agentId/challenge',
  summary: 'Challenge the idle devices of an agent and of all others of its wallet now',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ agentId: id('agent') }),
    response: {
      200: strictObject({
        proofId: nullable(id('proof')),
        devices: Type.Integer({ description: '0: there is nothing idle, or a proof is under way' }),
      }),
    },
  },
} as const satisfies RouteContract;

/**
 * `claimed`: the agent's word. `measured`: a proof was passed in the last days, on a device that has not
 * changed since. `attested`: signed by the maker's hardware, which nothing here checks yet.
 */
export const deviceLabels = ['claimed', 'measured', 'attested'] as const;

export const DeviceProof = strictObject({
  deviceId,
  model: Type.String(),
  label: oneOf(deviceLabels),
  provenAt: nullable(Timestamp),
  ageSec: nullable(Type.Integer({ description: 'Since the last proof that was passed' })),
  memoryBytes: nullable(Type.Integer({ description: 'What was filled in it' })),
  readBytesPerSec: nullable(
    Type.Integer({ description: 'At least: the way to the marketplace is counted, too' }),
  ),
  adapter: nullable(Type.String()),
  last: nullable(
    strictObject({ state: oneOf(proofStates), finding: nullable(Type.String()), at: Timestamp }),
  ),
});
export type DeviceProof = Static<typeof DeviceProof>;

export const listDeviceProofs = {
  method: 'GET',
  url: '/api/v1/marketplace/agents/:agentId/proofs',
  summary: 'What is known of the devices of an agent: claimed or measured, and how long ago',
  audience: 'public',
  tag: 'marketplace',
  schema: {
    params: strictObject({ agentId: id('agent') }),
    response: { 200: strictObject({ data: Type.Array(DeviceProof) }) },
  },
} as const satisfies RouteContract;
