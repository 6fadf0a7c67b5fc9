import type { Device } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { SequentialIds } from '@node3/shared/testing/sequential-ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProofChecker } from '../gpu-proof/proof-checker.ts';
import type { AgentRow } from '../store/rows.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { newAgentRow } from '../store/testing/agent-rows.ts';
import { testOffer } from '../testing/test-marketplace.ts';
import { noteProofFilled, noteProofRoot, sweepGpuProofs } from './answer-gpu-proof.ts';
import { GpuProofNotices } from './gpu-proof-notices.ts';
import { challengeOwner, isDue } from './issue-gpu-proofs.ts';
import { type AgentPresence, Presence } from './presence.ts';
import { readDeviceProofs } from './read-gpu-proofs.ts';

const gpu: Device = {
  id: 'GPU-1',
  vendor: 'amd',
  model: 'AMD Instinct MI300X',
  modelId: null,
  memoryBytes: 192 * 1024 ** 3,
  computeCapability: null,
  driverVersion: null,
  simulated: false,
};

let store: Store;
let clock: ManualClock;
let presence: Presence;
let deps: ReturnType<typeof makeDeps>;

function makeDeps() {
  const parts = { store, clock, presence, ids: new SequentialIds() };
  return { ...parts, gpuProofs: new GpuProofNotices(), proofChecker: new ProofChecker() };
}

beforeEach(() => {
  store = openSqliteStore({
    path: ':memory:',
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
  });
  clock = new ManualClock();
  presence = new Presence(clock);
  deps = makeDeps();
});
afterEach(() => store.close());

/** An agent of the one owner that is there with idle devices. */
function comeWith(agentId: string, devices: Device[]): AgentPresence {
  const agent = presence.seen(newAgentRow(agentId, 'wallet', 0), 'instance-1');
  presence.noteOffer(agent, testOffer({ devices }));
  agent.freeDeviceIds = devices.map(({ id }) => id);
  return agent;
}

const filled = (agentId: string, proofId: string, deviceIds: string[]) =>
  noteProofFilled(deps, { proofId, agentId }, { deviceIds, failures: [] });

async function challenge(agents: AgentPresence[]): Promise<string> {
  const { proofId } = await challengeOwner(deps, agents, 'marketplace');
  if (proofId === null) throw new Error('nobody was challenged');
  return proofId;
}

/** As if the device had passed. */
async function pass(agent: AgentPresence): Promise<void> {
  const proofId = await challenge([agent]);
  const key = { proofId, agentId: agent.agentId, deviceId: 'GPU-1' };
  const end = { state: 'passed', finding: 'right', nowMs: clock.nowMs() } as const;
  await store.endGpuProof(key, ['filling'], end, []);
}

const stateOf = async (agentId: string) => (await store.gpuProofsOfAgent(agentId, 1))[0];

describe('devices of one owner', () => {
  it('on several machines begin to walk at one moment, and not before', async () => {
    const agents = [comeWith('agt_1', [gpu]), comeWith('agt_2', [{ ...gpu, id: 'GPU-2' }])];
    const proofId = await challenge(agents);
    expect(await filled('agt_1', proofId, ['GPU-1'])).toMatchObject({ state: 'wait', devices: [] });
    clock.advance(1_000);
    const second = await filled('agt_2', proofId, ['GPU-2']);
    expect(second).toMatchObject({ state: 'walk', walkMs: limits.proofWalkMs });
    clock.advance(500);
    const first = await filled('agt_1', proofId, ['GPU-1']);
    expect(first).toMatchObject({ state: 'walk', walkMs: limits.proofWalkMs - 500 });
    expect(first.devices[0]?.walkSeed).not.toBe(second.devices[0]?.walkSeed);
  });

  it('that do not fill their memory hold up nobody for ever', async () => {
    const agents = [comeWith('agt_1', [gpu]), comeWith('agt_2', [{ ...gpu, id: 'GPU-2' }])];
    const proofId = await challenge(agents);
    await filled('agt_1', proofId, ['GPU-1']);
    clock.advance(limits.proofFillMs + 1);
    await sweepGpuProofs(deps);
    expect(await stateOf('agt_1')).toMatchObject({ state: 'walking' });
    expect(await stateOf('agt_2')).toMatchObject({ state: 'void', finding: 'not-filled' });
  });

  it('are too late by the clock of the marketplace', async () => {
    const proofId = await challenge([comeWith('agt_1', [gpu])]);
    await filled('agt_1', proofId, ['GPU-1']);
    clock.advance(limits.proofWalkMs + 1);
    const body = { deviceId: 'GPU-1', root: 'ab'.repeat(32), adapter: 'x' };
    const late = noteProofRoot(deps, { proofId, agentId: 'agt_1' }, body);
    await expect(late).rejects.toMatchObject({ code: 'PROOF_NOT_OPEN' });
    await sweepGpuProofs(deps);
    expect(await stateOf('agt_1')).toMatchObject({ state: 'failed', finding: 'too-late' });
  });

  it('that show nothing of their root have failed', async () => {
    const proofId = await challenge([comeWith('agt_1', [gpu])]);
    await filled('agt_1', proofId, ['GPU-1']);
    const body = { deviceId: 'GPU-1', root: 'ab'.repeat(32), adapter: 'x' };
    const part = { proofId, agentId: 'agt_1' };
    const { lanes } = await noteProofRoot(deps, part, body);
    expect(await noteProofRoot(deps, part, body)).toEqual({ lanes });
    clock.advance(limits.proofOpenMs + 1);
    await sweepGpuProofs(deps);
    expect(await stateOf('agt_1')).toMatchObject({ state: 'failed', finding: 'not-opened' });
  });
});

describe('one card behind two devices', () => {
  const passedAs = async (agentId: string, deviceId: string, proofId: string) => {
    const end = { state: 'passed', finding: 'right', nowMs: clock.nowMs() } as const;
    await store.endGpuProof({ proofId, agentId, deviceId }, ['filling', 'walking'], end, []);
  };
  const labels = async () => {
    const both = await Promise.all(['agt_1', 'agt_2'].map((id) => readDeviceProofs(view(), id)));
    return both.flat().map(({ label }) => label);
  };
  const view = () => ({
    clock,
    presence,
    store: { ...store, agent: async (): Promise<AgentRow> => newAgentRow('agt_1', 'wallet', 0) },
  });
  let agents: AgentPresence[];
  beforeEach(() => {
    agents = [comeWith('agt_1', [gpu]), comeWith('agt_2', [{ ...gpu, id: 'GPU-2' }])];
  });

  it('is not measured twice by saying in turn that the other is busy', async () => {
    const busy = (deviceId: string) => ({
      deviceIds: [],
      failures: [{ deviceId, failure: 'leased' }],
    });
    const first = await challenge(agents);
    await noteProofFilled(deps, { proofId: first, agentId: 'agt_2' }, busy('GPU-2'));
    await passedAs('agt_1', 'GPU-1', first);
    expect(await labels()).toEqual(['measured', 'claimed']);
    clock.advance(limits.proofRetryMs);
    const second = await challenge(agents);
    await noteProofFilled(deps, { proofId: second, agentId: 'agt_1' }, busy('GPU-1'));
    await passedAs('agt_2', 'GPU-2', second);
    expect(await labels()).toEqual(['claimed', 'measured']);
  });

  it('is not measured twice by keeping one of them back, or away', async () => {
    const [one, two] = agents;
    if (one === undefined || two === undefined) throw new Error('there are two');
    two.freeDeviceIds = [];
    await passedAs('agt_1', 'GPU-1', await challenge([one]));
    one.freeDeviceIds = [];
    two.freeDeviceIds = ['GPU-2'];
    await passedAs('agt_2', 'GPU-2', await challenge([two]));
    expect(await labels()).toEqual(['claimed', 'measured']);
    expect(await stateOf('agt_1')).toMatchObject({ state: 'void', finding: 'withheld' });
  });

  it('is asked in one challenge at a time', async () => {
    const [one, two] = agents;
    if (one === undefined || two === undefined) throw new Error('there are two');
    await challenge([one]);
    const none = { proofId: null, devices: 0 };
    expect(await challengeOwner(deps, [two], 'marketplace')).toEqual(none);
  });

  it('has failed when it gives up what it had filled', async () => {
    const proofId = await challenge(agents);
    await filled('agt_1', proofId, ['GPU-1']);
    const failures = [{ deviceId: 'GPU-1', failure: 'busy' }];
    await noteProofFilled(deps, { proofId, agentId: 'agt_1' }, { deviceIds: [], failures });
    expect(await stateOf('agt_1')).toMatchObject({ state: 'failed', finding: 'busy' });
  });

  it('keeps the label of a device that a job holds', async () => {
    const [one, two] = agents;
    if (one === undefined || two === undefined) throw new Error('there are two');
    await pass(one);
    one.freeDeviceIds = [];
    const held = [{ agentId: 'agt_1', deviceId: 'GPU-1' }];
    deps = { ...deps, store: { ...store, leasedDevices: async () => held } };
    await challenge([two]);
    expect(await labels()).toEqual(['measured', 'claimed']);
  });
});

describe('a device is asked', () => {
  it('at once, then more and more rarely until it has passed, then at some later moment', async () => {
    const agent = comeWith('agt_1', [gpu]);
    expect(await isDue(deps, [agent], 0)).toBe(true);
    await challenge([agent]);
    clock.advance(limits.proofRetryMs - 1);
    expect(await isDue(deps, [agent], 0)).toBe(false);
    clock.advance(1);
    expect(await isDue(deps, [agent], 0)).toBe(true);
    await sweepGpuProofs(deps);
    await challenge([agent]);
    clock.advance(limits.proofFillMs + 1);
    await sweepGpuProofs(deps);
    clock.advance(limits.proofRetryMs);
    expect(await isDue(deps, [agent], 0)).toBe(false);
    clock.advance(limits.proofRetryMs);
    expect(await isDue(deps, [agent], 0)).toBe(true);
    await pass(agent);
    clock.advance(limits.proofAgainMs);
    expect(await isDue(deps, [agent], 0.5)).toBe(false);
    expect(await isDue(deps, [agent], 0)).toBe(true);
  });

  it('never while a job has it', async () => {
    const agent = comeWith('agt_1', [gpu]);
    agent.freeDeviceIds = [];
    expect(await isDue(deps, [agent], 0)).toBe(false);
    expect(await challengeOwner(deps, [agent], 'marketplace')).toEqual({
      proofId: null,
      devices: 0,
    });
  });

  it('at once when it is not what it was, and its proof is quarantined', async () => {
    const agent = comeWith('agt_1', [gpu]);
    await pass(agent);
    expect(await isDue(deps, [agent], 0)).toBe(false);
    comeWith('agt_1', [{ ...gpu, driverVersion: 'newer' }]);
    expect(await isDue(deps, [agent], 0)).toBe(false);
    comeWith('agt_1', [{ ...gpu, memoryBytes: 128 * 1024 ** 3 }]);
    expect(await isDue(deps, [agent], 0)).toBe(true);
    expect(await stateOf('agt_1')).toMatchObject({ state: 'quarantined', finding: 'changed' });
    const events = await store.eventsAfter(0, 10);
    expect(events.map(({ name }) => name)).toContain('gpu-proof.quarantined');
  });
});
