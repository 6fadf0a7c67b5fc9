import { hash } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import type { Device } from '@node3/shared/device';
import { MarketError } from '@node3/shared/error';
import { filledBytes, readBytes } from '@node3/shared/gpu-proof/proof-plan';
import { limits } from '@node3/shared/limits';
import type { DeviceProof } from '@node3/shared/routes/gpu-proofs';
import { toTimestamp } from '@node3/shared/schema';
import type { AgentStore } from '../store/agent-store.ts';
import type { GpuProofRow, GpuProofStore } from '../store/gpu-proof-store.ts';
import type { Presence } from './presence.ts';

interface Deps {
  store: Pick<GpuProofStore, 'gpuProofsOfAgent'> & Pick<AgentStore, 'agent'>;
  clock: Clock;
  presence: Presence;
}

/** Proofs of one agent that a label is looked for in: some weeks of all its devices. */
export const proofsLookedAt = 1_000;

/** A device that a job took before it could answer. Only the marketplace writes this. */
export const leasedFinding = 'leased';

/** The devices of an agent, each with what is known of it beyond its own word. */
export async function readDeviceProofs(deps: Deps, agentId: string): Promise<DeviceProof[]> {
  const agent = await deps.store.agent(agentId);
  if (agent === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
  const offer = deps.presence.get(agentId)?.offer ?? agent.offer;
  const proofs = await deps.store.gpuProofsOfAgent(agentId, proofsLookedAt);
  const nowMs = deps.clock.nowMs();
  return (offer?.devices ?? []).map((device) => viewDevice(device, proofs, nowMs));
}

/**
 * The proof that makes a device a measured one: it passed the last challenge of its owner, not too long
 * ago, and still says the same of itself. What could not try, or was kept back, loses its label: else
 * one card could pass for each of several in turn. Only a job is an excuse. null where there is none.
 */
export function validProof(
  device: Device,
  proofs: readonly GpuProofRow[],
  nowMs: number,
): GpuProofRow | null {
  const last = proofs.find(
    ({ deviceId, endedAtMs, finding, state }) =>
      deviceId === device.id &&
      endedAtMs !== null &&
      !(state === 'void' && finding === leasedFinding),
  );
  if (last?.state !== 'passed' || last.fingerprint !== fingerprintOf(device)) return null;
  return nowMs - (last.endedAtMs ?? 0) < limits.proofLabelMs ? last : null;
}

/** A new driver leaves a device what it is; another name, maker or memory does not. */
export function fingerprintOf(device: Device): string {
  const { computeCapability, id, memoryBytes, model, vendor } = device;
  return hash('sha256', JSON.stringify([id, vendor, model, memoryBytes, computeCapability]), 'hex');
}

/** @param proofs of its agent, newest first. */
export function viewDevice(
  device: Device,
  proofs: readonly GpuProofRow[],
  nowMs: number,
): DeviceProof {
  const own = proofs.filter(({ deviceId }) => deviceId === device.id);
  const valid = validProof(device, own, nowMs);
  const passed = own.find(({ state }) => state === 'passed') ?? null;
  const ended = own.find(({ endedAtMs }) => endedAtMs !== null) ?? null;
  const provenAtMs = passed?.endedAtMs ?? null;
  return {
    deviceId: device.id,
    model: device.model,
    label: valid === null ? 'claimed' : 'measured',
    provenAt: provenAtMs === null ? null : toTimestamp(provenAtMs),
    ageSec: provenAtMs === null ? null : Math.round((nowMs - provenAtMs) / 1_000),
    memoryBytes: valid === null ? null : filledBytes(valid.plan),
    readBytesPerSec: valid === null ? null : readRateOf(valid),
    adapter: valid?.adapter ?? null,
    last:
      ended === null
        ? null
        : { state: ended.state, finding: ended.finding, at: toTimestamp(ended.endedAtMs ?? 0) },
  };
}

/** From the moment at which the walk could begin to the one at which its root was here. */
function readRateOf({ plan, rootAtMs, walkFromMs }: GpuProofRow): number | null {
  if (rootAtMs === null || walkFromMs === null) return null;
  return Math.round((readBytes(plan) * 1_000) / Math.max(1, rootAtMs - walkFromMs));
}
