import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import type { Device } from '@node3/shared/device';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import { planProof } from '@node3/shared/gpu-proof/proof-plan';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { AgentStore } from '../store/agent-store.ts';
import type { GpuProofRow, GpuProofStore } from '../store/gpu-proof-store.ts';
import type { GpuProofNotices } from './gpu-proof-notices.ts';
import type { AgentPresence, Presence } from './presence.ts';
import { fingerprintOf, proofsLookedAt, validProof } from './read-gpu-proofs.ts';

export interface IssueDeps {
  store: Pick<GpuProofStore, 'addGpuProofs' | 'gpuProofsOfAgent' | 'endGpuProof' | 'leasedDevices'>;
  clock: Clock;
  ids: Ids;
  presence: Presence;
  gpuProofs: GpuProofNotices;
}

/**
 * Challenges all idle devices of one owner at once: one card can't hold the memory of two. What is
 * busy is left alone, and so is what says nothing of its memory; what is measured and kept back from the
 * challenge without a job loses its label. @returns the challenge, with null where there is nothing to
 * ask, or one is under way.
 */
export async function challengeOwner(
  deps: IssueDeps,
  agents: readonly AgentPresence[],
  by: 'marketplace' | 'operator',
): Promise<{ proofId: string | null; devices: number }> {
  const proofId = deps.ids.next('proof');
  const issuedAtMs = deps.clock.nowMs();
  const rows = agents.flatMap((agent) =>
    idleDevices(agent).flatMap((device) => rowOf(proofId, issuedAtMs, agent, device)),
  );
  const none = { proofId: null, devices: 0 };
  const [first] = rows;
  if (first === undefined) return none;
  const data = { proofId, owner: first.owner, devices: rows.length };
  const event = eventOf('gpu-proof.issued', by, issuedAtMs, data);
  const withheld = await withheldRows(deps, rows, first);
  const all = [...rows, ...withheld];
  const ends = withheld.map(({ agentId, deviceId, finding, state }) =>
    eventOf('gpu-proof.ended', by, issuedAtMs, { proofId, agentId, deviceId, state, finding }),
  );
  const keepFromMs = issuedAtMs - limits.proofKeptMs;
  if (!(await deps.store.addGpuProofs(all, keepFromMs, [event, ...ends]))) return none;
  for (const { agentId } of rows) deps.gpuProofs.add(agentId, proofId);
  return { proofId, devices: rows.length };
}

/** The end of the label of each measured device of the owner that is neither asked nor leased. */
async function withheldRows(
  deps: IssueDeps,
  asked: readonly GpuProofRow[],
  { issuedAtMs, owner, proofId }: GpuProofRow,
): Promise<GpuProofRow[]> {
  const own = deps.presence
    .all()
    .filter(({ agentId, wallet }) => wallet === owner && !deps.presence.isElsewhere(agentId));
  const leased = await deps.store.leasedDevices(own.map(({ agentId }) => agentId));
  const excused = [...asked, ...leased];
  const rows: GpuProofRow[] = [];
  for (const agent of own) {
    const proofs = await deps.store.gpuProofsOfAgent(agent.agentId, proofsLookedAt);
    for (const device of agent.offer?.devices ?? []) {
      const isExcused = excused.some(
        ({ agentId, deviceId }) => agentId === agent.agentId && deviceId === device.id,
      );
      if (isExcused || validProof(device, proofs, issuedAtMs) === null) continue;
      const end = { state: 'void', finding: 'withheld', endedAtMs: issuedAtMs } as const;
      rows.push(...rowOf(proofId, issuedAtMs, agent, device).map((row) => ({ ...row, ...end })));
    }
  }
  return rows;
}

/** All agents that are paid to the wallet of one: they are one owner. */
export async function challengeAgent(
  deps: IssueDeps & { store: Pick<AgentStore, 'agent'> },
  agentId: string,
): Promise<{ proofId: string | null; devices: number }> {
  const agent = await deps.store.agent(agentId);
  if (agent === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
  const own = deps.presence
    .all()
    .filter(
      ({ wallet, agentId: other }) => wallet === agent.wallet && deps.presence.isOnline(other),
    );
  return challengeOwner(deps, own, 'operator');
}

/**
 * Whether one of the agents has a device that should be asked: it has no proof that counts and was not
 * asked lately, or it has one and `chance` (0…1) says that the moment has come. A device that has
 * changed since it was proven is quarantined: it is claimed again, until it passes another proof.
 */
export async function isDue(
  deps: IssueDeps,
  agents: readonly AgentPresence[],
  chance: number,
): Promise<boolean> {
  const nowMs = deps.clock.nowMs();
  let due = false;
  for (const agent of agents) {
    const proofs = await deps.store.gpuProofsOfAgent(agent.agentId, proofsLookedAt);
    for (const device of idleDevices(agent)) {
      const own = proofs.filter(({ deviceId }) => deviceId === device.id);
      const isChanged = await quarantine(deps, device, own);
      const sinceMs = nowMs - (own[0]?.issuedAtMs ?? 0);
      const isProven = !isChanged && validProof(device, own, nowMs) !== null;
      const waitMs = isProven ? limits.proofAgainMs * (1 + chance) : retryMsOf(own);
      due ||= isChanged || sinceMs >= waitMs;
    }
  }
  return due;
}

/** One that can't, or will not, is asked ever more rarely: each challenge is a row that is kept. */
function retryMsOf(own: readonly GpuProofRow[]): number {
  const passed = own.findIndex(({ state }) => state === 'passed');
  const tries = passed === -1 ? own.length : passed;
  return Math.min(limits.proofRetryMs * 2 ** Math.max(0, tries - 1), limits.proofAgainMs);
}

async function quarantine(
  deps: IssueDeps,
  device: Device,
  own: readonly GpuProofRow[],
): Promise<boolean> {
  const last = own.find(({ state }) => state === 'passed');
  if (last === undefined || last.fingerprint === fingerprintOf(device)) return false;
  const { agentId, deviceId, proofId } = last;
  const nowMs = deps.clock.nowMs();
  const data = { proofId, agentId, deviceId };
  const event = eventOf('gpu-proof.quarantined', 'marketplace', nowMs, data);
  const end = { state: 'quarantined', finding: 'changed', nowMs } as const;
  return deps.store.endGpuProof(last, ['passed'], end, [event]);
}

function eventOf(
  name: NewEvent['name'],
  actor: 'marketplace' | 'operator',
  atMs: number,
  data: NewEvent['data'],
): NewEvent {
  return { name, actor, accountId: null, jobId: null, executionId: null, reason: null, atMs, data };
}

/** Slices of a card can't be reached by themselves, and simulated devices have nothing to prove. */
function idleDevices({ freeDeviceIds, offer }: AgentPresence): Device[] {
  return (offer?.devices ?? []).filter(
    ({ id, memoryBytes, simulated }) =>
      !simulated && memoryBytes !== null && !id.startsWith('MIG-') && freeDeviceIds.includes(id),
  );
}

function rowOf(
  proofId: string,
  issuedAtMs: number,
  { agentId, wallet }: AgentPresence,
  device: Device,
): GpuProofRow[] {
  const plan = planProof(device.memoryBytes ?? 0);
  if (plan === null) return [];
  const unknown = {
    walkFromMs: null,
    walkByMs: null,
    root: null,
    rootAtMs: null,
    adapter: null,
    finding: null,
    endedAtMs: null,
  };
  return [
    {
      proofId,
      agentId,
      deviceId: device.id,
      owner: wallet,
      fingerprint: fingerprintOf(device),
      plan,
      fillSeed: randomBytes(32).toString('hex'),
      walkSeed: randomBytes(32).toString('hex'),
      lanes: Array.from({ length: limits.proofLanesOpened }, () => randomInt(plan.lanes)),
      state: 'filling',
      issuedAtMs,
      fillByMs: issuedAtMs + limits.proofFillMs,
      ...unknown,
    },
  ];
}
