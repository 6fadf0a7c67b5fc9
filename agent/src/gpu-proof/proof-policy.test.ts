import { systemIds } from '@node3/shared/ids';
import { changeLocalPolicy } from '@node3/shared/routes/agent-local';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { agentLimits } from '../agent-limits.ts';
import { type AgentDevice, healthy } from '../gpu/device.ts';
import type { GpuDetector } from '../gpu/gpu-detector.ts';
import { clientOf, TestMachine } from '../testing/test-agent.ts';
import type { ProverPort } from './device-prover.ts';
import { ProofError } from './proof-error.ts';

const device: AgentDevice = {
  id: 'GPU-1',
  parentId: null,
  vendor: 'simulated',
  model: 'Simulated GPU',
  modelId: null,
  memoryBytes: 24 * 1024 ** 3,
  memoryUnified: false,
  computeCapability: null,
  framework: null,
  frameworkVersion: null,
  driverVersion: null,
  pciBusId: null,
  simulated: true,
  index: 0,
  health: healthy,
};
const found = { problems: [], sampledAtMs: 0 };
const detector: GpuDetector = {
  vendor: 'simulated',
  detect: async () => ({ ...found, status: 'ok', devices: [device], source: 'a simulation' }),
  sample: async () => ({ ...found, samples: [] }),
};

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
});
afterEach(() => machine.tearDown());

it('a proof under way is given up when the hours of the provider end, and none begins then', async () => {
  const { marketplace } = machine;
  marketplace.heartbeatMs = agentLimits.heartbeatMsMin;
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const hangs = () => ended.promise;
  const kill = vi.fn(() => ended.reject(new ProofError('prover-failed', 'It was killed.')));
  const prover: ProverPort = { fillMemory: hangs, walk: hangs, open: hangs, kill };
  const startProver = vi.fn(() => prover);
  const agent = await machine.boot({}, { startProver, createDetectors: () => [detector] });
  await agent.ready();
  const within = { timeout: 8_000, interval: 20 };
  await vi.waitFor(() => expect(marketplace.lastPoll?.freeDeviceIds).toEqual([device.id]), within);
  const plan = { regions: 2, regionLines: 256, rounds: 8, passes: 2, reads: 2, lanes: 256 };
  marketplace.proof = {
    proofId: systemIds.next('proof'),
    epoch: 1,
    fillMs: 100_000,
    devices: [{ deviceId: device.id, plan, fillSeed: 'ab'.repeat(32) }],
  };
  await vi.waitFor(() => expect(startProver).toHaveBeenCalledOnce(), within);
  const hour = new Date(machine.clock.nowMs()).getUTCHours();
  const at = (later: number) => `${String((hour + later) % 24).padStart(2, '0')}:00`;
  const body = { set: { hours: [`${at(2)}-${at(3)}`], timeZone: 'UTC' } };
  await clientOf(agent).call(changeLocalPolicy, { body });
  await vi.waitFor(() => expect(kill).toHaveBeenCalled(), within);
  const beats = () => marketplace.requests.filter((each) => each.endsWith('/heartbeat')).length;
  const before = beats();
  await vi.waitFor(() => expect(beats()).toBeGreaterThan(before + 1), within);
  expect(startProver).toHaveBeenCalledOnce();
});
