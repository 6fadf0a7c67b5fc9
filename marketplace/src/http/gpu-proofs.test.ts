import { createClient } from '@node3/shared/client';
import type { Device } from '@node3/shared/device';
import { writeOpening } from '@node3/shared/gpu-proof/opening-codec';
import { type ProofPlan, planProof } from '@node3/shared/gpu-proof/proof-plan';
import { systemIds } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { heartbeatAgent } from '@node3/shared/routes/agents';
import {
  challengeAgent,
  listDeviceProofs,
  openProofLanes,
  reportProofFilled,
  reportProofRoot,
} from '@node3/shared/routes/gpu-proofs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOf, viewDevice } from '../services/read-gpu-proofs.ts';
import { gpuProofRow } from '../store/testing/gpu-proofs.ts';
import { proveByHand } from '../testing/prove-by-hand.ts';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

const device: Device = {
  id: 'GPU-1',
  vendor: 'nvidia',
  model: 'NVIDIA H100 80GB HBM3',
  modelId: 'h100-80gb',
  memoryBytes: 85_520_809_984,
  computeCapability: '9.0',
  driverVersion: '580.1',
  simulated: false,
};

let market: TestMarketplace;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;
beforeEach(async () => {
  market = await startTestMarketplace();
  agent = await registerTestAgent(market);
});
afterEach(() => market.stop());

const instanceId = 'instance-0000000001';

async function comeWith(devices: Device[]) {
  await testAgentCalls(agent.client, { devices }).poll({ claimId: null });
}

async function beat() {
  const body = { instanceId, executions: [], samples: [] };
  return (await agent.client.call(heartbeatAgent, { body })).proof ?? null;
}

async function challenge() {
  const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
  return operator.call(challengeAgent, { params: { agentId: agent.agentId } });
}

async function proofs() {
  const params = { agentId: agent.agentId };
  return (await market.anonymous.call(listDeviceProofs, { params })).data;
}

/** A challenge that a processor can answer, as if it had been issued just now. */
async function issueSmall(changes: Partial<Parameters<typeof gpuProofRow>[0]> = {}) {
  const nowMs = Date.now();
  const row = gpuProofRow({
    proofId: systemIds.next('proof'),
    agentId: agent.agentId,
    fingerprint: fingerprintOf(device),
    issuedAtMs: nowMs,
    fillByMs: nowMs + 60_000,
    ...changes,
  });
  await market.store.addGpuProofs([row], 0, []);
  return row;
}

async function answer(row: Awaited<ReturnType<typeof issueSmall>>, plan: ProofPlan = row.plan) {
  const { deviceId, lanes, proofId, issuedAtMs } = row;
  const params = { proofId };
  const filled = { deviceIds: [deviceId], failures: [] };
  const walk = await agent.client.call(reportProofFilled, { params, body: filled });
  const [{ walkSeed } = { walkSeed: '' }] = walk.devices;
  const subject = { agentId: agent.agentId, deviceId, epoch: issuedAtMs };
  const tree = proveByHand(plan, { fillSeed: row.fillSeed, walkSeed }, subject);
  const root = { deviceId, root: tree.root.toString('hex'), adapter: 'by hand' };
  const picked = await agent.client.call(reportProofRoot, { params, body: root });
  expect(picked.lanes).toEqual(lanes);
  const openings = picked.lanes.map((lane) => writeOpening(tree.open(lane)));
  return agent.client.call(openProofLanes, { params, body: { deviceId, openings } });
}

describe('a challenge', () => {
  it('comes with a heartbeat, asks for most of the memory, and keeps the walk secret', async () => {
    await comeWith([device]);
    expect(await beat()).toBeNull();
    expect(await challenge()).toMatchObject({ devices: 1 });
    const proof = await beat();
    expect(proof?.devices).toEqual([
      { deviceId: 'GPU-1', plan: planProof(device.memoryBytes ?? 0), fillSeed: expect.any(String) },
    ]);
    expect(await challenge()).toEqual({ proofId: null, devices: 0 });
    const [row] = await market.store.gpuProofs(proof?.proofId ?? '', agent.agentId);
    expect(JSON.stringify(proof)).not.toContain(row?.walkSeed);
  });

  it('is for devices that are real, idle, whole and say how much memory they have', async () => {
    await comeWith([
      { ...device, id: 'GPU-2', simulated: true },
      { ...device, id: 'GPU-3', memoryBytes: null },
      { ...device, id: 'MIG-4' },
    ]);
    expect(await challenge()).toEqual({ proofId: null, devices: 0 });
  });

  it('of a device that could not try says nothing of it', async () => {
    await comeWith([device]);
    const { proofId } = await challenge();
    const body = { deviceIds: [], failures: [{ deviceId: 'GPU-1', failure: 'no-adapter' }] };
    const params = { proofId: proofId ?? '' };
    const { state } = await agent.client.call(reportProofFilled, { params, body });
    expect(state).toBe('over');
    const last = { state: 'void', finding: 'no-adapter' };
    expect(await proofs()).toMatchObject([{ label: 'claimed', ageSec: null, last }]);
  });

  it('is nobody else’s to answer', async () => {
    const { proofId } = await issueSmall();
    const other = await registerTestAgent(market, 'other');
    const body = { deviceIds: ['GPU-1'], failures: [] };
    const asked = other.client.call(reportProofFilled, { params: { proofId }, body });
    await expect(asked).rejects.toMatchObject({ code: 'PROOF_NOT_OPEN' });
  });
});

describe('an answer', () => {
  it('that is right to the bit makes the device a measured one, until it changes', async () => {
    await comeWith([device]);
    expect(await proofs()).toMatchObject([{ label: 'claimed', provenAt: null, last: null }]);
    expect(await answer(await issueSmall())).toEqual({ state: 'passed', finding: 'right' });
    const [proven] = await proofs();
    expect(proven).toMatchObject({ label: 'measured', memoryBytes: 32_768, adapter: 'by hand' });
    expect(proven?.readBytesPerSec).toBeGreaterThan(0);
    expect(proven?.ageSec).toBeGreaterThanOrEqual(0);
    await comeWith([{ ...device, model: 'NVIDIA A100' }]);
    expect(await proofs()).toMatchObject([{ label: 'claimed', memoryBytes: null }]);
  });

  it('that was computed with less work is found out, and takes the label away', async () => {
    await comeWith([device]);
    await answer(await issueSmall());
    const row = await issueSmall();
    const lazy = { ...row.plan, rounds: 6 };
    expect(await answer(row, lazy)).toEqual({ state: 'failed', finding: 'wrong-result' });
    expect(await proofs()).toMatchObject([{ label: 'claimed', last: { state: 'failed' } }]);
  });

  it('gets the lanes only for a root, and is checked only after it', async () => {
    const { proofId } = await issueSmall();
    const params = { proofId };
    const opened = agent.client.call(openProofLanes, {
      params,
      body: { deviceId: 'GPU-1', openings: [] },
    });
    await expect(opened).rejects.toMatchObject({ code: 'PROOF_NOT_OPEN' });
    const root = { deviceId: 'GPU-1', root: 'ab'.repeat(32), adapter: 'x' };
    const rooted = agent.client.call(reportProofRoot, { params, body: root });
    await expect(rooted).rejects.toMatchObject({ code: 'PROOF_NOT_OPEN' });
  });

  it('counts for a week', async () => {
    await comeWith([device]);
    const row = await issueSmall();
    await answer(row);
    const [stored] = await market.store.gpuProofsOfAgent(agent.agentId, 1);
    const endedAtMs = stored?.endedAtMs ?? 0;
    const labelAt = (nowMs: number) => viewDevice(device, stored ? [stored] : [], nowMs).label;
    expect(labelAt(endedAtMs + limits.proofLabelMs - 1)).toBe('measured');
    expect(labelAt(endedAtMs + limits.proofLabelMs)).toBe('claimed');
  });
});
