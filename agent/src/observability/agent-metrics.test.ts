import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent } from '../agent.ts';
import { type AgentDevice, healthy } from '../gpu/device.ts';
import type { GpuDetector } from '../gpu/gpu-detector.ts';
import type { KernelLog } from '../gpu/health/kernel-log.ts';
import { measured, metricsOf } from '../gpu/telemetry.ts';
import { outcome, TestMachine } from '../testing/test-agent.ts';

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
});
afterEach(async () => machine.tearDown());

const within = { timeout: 15_000, interval: 20 };

const card: AgentDevice = {
  id: 'GPU-aaaa',
  parentId: null,
  vendor: 'nvidia',
  model: 'NVIDIA GeForce RTX 4090',
  modelId: 'rtx-4090',
  memoryBytes: 24 * 1024 ** 3,
  memoryUnified: false,
  computeCapability: '8.9',
  framework: 'cuda',
  frameworkVersion: '12.8',
  driverVersion: '570.1',
  pciBusId: '0000:05:00.0',
  simulated: false,
  index: 0,
  health: healthy,
};

/** One card that tells its use, its memory, its clocks, its energy and what it received. */
const detector: GpuDetector = {
  vendor: 'nvidia',
  detect: async () => ({
    status: 'ok',
    devices: [card],
    problems: [],
    source: 'test',
    sampledAtMs: 0,
  }),
  sample: async () => ({
    samples: [
      {
        uuid: card.id,
        metrics: metricsOf({
          utilizationPercent: measured(0),
          memoryUsedBytes: measured(3 * 1024 ** 3),
          smClockMegahertz: measured(2_520),
          memoryClockMegahertz: measured(10_501),
          energyJoules: { value: 90, source: 'estimated' },
          pcieReceivedBytes: { value: 1_000, source: 'estimated' },
        }),
        slowdowns: ['power-brake'],
      },
    ],
    problems: [],
    sampledAtMs: 0,
  }),
};

const boot = (
  changes: Parameters<TestMachine['boot']>[0] = {},
  parts: Parameters<TestMachine['boot']>[1] = {},
) => machine.boot(changes, { createDetectors: () => [detector], ...parts });

/** One that told of a lost card. */
const kernelLog: KernelLog = {
  start: (onEvent) => onEvent({ kind: 'xid', code: 79, pci: 'PCI:0000:05:00' }, 1_700_000_000_000),
  isHeard: () => true,
  problem: () => null,
  stop: async () => undefined,
};

const ask = (agent: Agent, headers: Record<string, string> = {}) =>
  fetch(`${agent.url}/metrics`, { headers });

async function read(agent: Agent, name: string): Promise<Record<string, number>> {
  const text = await (await ask(agent)).text();
  const samples = text.split('\n').flatMap((line) => {
    const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    return match?.[1] === name ? [[match[2] ?? '', Number(match[3])] as const] : [];
  });
  return Object.fromEntries(samples);
}

describe('what an agent shows of its devices', () => {
  it('is what they tell: 0 is a value, and what is not told has no sample', async () => {
    const agent = await boot();
    await agent.ready();
    await vi.waitFor(
      async () =>
        expect(await read(agent, 'node3_gpu_utilization_ratio')).toEqual({ 'uuid="GPU-aaaa"': 0 }),
      within,
    );
    expect(await read(agent, 'node3_gpu_memory_used_bytes')).toEqual({
      'uuid="GPU-aaaa"': 3 * 1024 ** 3,
    });
    expect(await read(agent, 'node3_gpu_clock_hertz')).toEqual({
      'uuid="GPU-aaaa",domain="sm"': 2_520_000_000,
      'uuid="GPU-aaaa",domain="memory"': 10_501_000_000,
    });
    expect(await read(agent, 'node3_gpu_energy_joules_total')).toEqual({ 'uuid="GPU-aaaa"': 90 });
    expect(await read(agent, 'node3_gpu_pcie_bytes_total')).toEqual({
      'uuid="GPU-aaaa",direction="receive"': 1_000,
    });
    expect(await read(agent, 'node3_gpu_estimated')).toEqual({
      'uuid="GPU-aaaa",metric="node3_gpu_energy_joules_total"': 1,
      'uuid="GPU-aaaa",metric="node3_gpu_pcie_bytes_total"': 1,
    });
    expect(await read(agent, 'node3_gpu_throttle')).toEqual({
      'uuid="GPU-aaaa",reason="hardware-thermal"': 0,
      'uuid="GPU-aaaa",reason="software-thermal"': 0,
      'uuid="GPU-aaaa",reason="power-brake"': 1,
      'uuid="GPU-aaaa",reason="hardware"': 0,
    });
    for (const name of [
      'temperature_celsius',
      'memory_temperature_celsius',
      'pcie_generation',
      'pcie_replays_total',
      'xid_errors_total',
      'power_watts',
      'fan_ratio',
      'ecc_uncorrected_total',
    ]) {
      expect(await read(agent, `node3_gpu_${name}`), name).toEqual({});
    }
    expect(await read(agent, 'node3_gpu_info')).toEqual({
      'gpu="0",uuid="GPU-aaaa",vendor="nvidia",model="rtx-4090",driver="570.1",runtime="cuda 12.8"': 1,
    });
    expect(await (await ask(agent)).text()).not.toContain('DCGM_');
  });

  it('is said once more in the words of the vendor, if wanted', async () => {
    const agent = await boot({ dcgmNames: 'on' }, { createKernelLog: () => kernelLog });
    await agent.ready();
    const labels =
      /^gpu="0",UUID="GPU-aaaa",device="nvidia0",modelName="NVIDIA GeForce RTX 4090",hostname=".+"$/;
    await vi.waitFor(async () => {
      const [[found, mebibytes] = []] = Object.entries(await read(agent, 'DCGM_FI_DEV_FB_USED'));
      expect(found).toMatch(labels);
      expect(mebibytes).toBe(3_072);
    }, within);
    expect(await read(agent, 'DCGM_FI_DEV_GPU_TEMP')).toEqual({});
    const values = async (name: string) => Object.values(await read(agent, name));
    expect(await values('DCGM_FI_DEV_MEM_CLOCK')).toEqual([10_501]);
    expect(await values('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION')).toEqual([90_000]);
    expect(await values('DCGM_FI_DEV_XID_ERRORS')).toEqual([79]);
    expect(await read(agent, 'node3_gpu_xid_errors_total')).toMatchObject({
      'uuid="GPU-aaaa",xid="79"': 1,
      'uuid="GPU-aaaa",xid="48"': 0,
    });
    expect(await read(agent, 'node3_gpu_xid_last_timestamp_seconds')).toEqual({
      'uuid="GPU-aaaa",xid="79"': 1_700_000_000,
    });
  });
});

describe('what an agent shows of its work', () => {
  it('is how it ended, how long it ran and what held the device', async () => {
    const { marketplace, clock } = machine;
    const gpu = { resources: { gpus: { count: 1 } } };
    const executionId = marketplace.post(gpu, { deviceIds: [card.id] });
    const agent = await boot();
    await vi.waitFor(
      async () =>
        expect(await read(agent, 'node3_agent_state')).toMatchObject({ 'state="working"': 1 }),
      within,
    );
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    clock.advance(30_000);
    expect(await read(agent, 'node3_gpu_busy_seconds_total')).toEqual({ 'uuid="GPU-aaaa"': 30 });
    machine.executor.finish(executionId, outcome({ exitCode: 3, reason: 'nonzero_exit' }));
    await vi.waitFor(
      async () =>
        expect(await read(agent, 'node3_agent_jobs_total')).toEqual({
          'outcome="failed",reason="nonzero_exit"': 1,
        }),
      within,
    );
    expect(await read(agent, 'node3_agent_job_duration_seconds_sum')).toEqual({
      'outcome="failed"': 1.5,
    });
    expect(await read(agent, 'node3_agent_doctor_check')).toMatchObject({
      'check="executor"': 1,
      'check="marketplace"': 1,
    });
    expect(await (await ask(agent)).text()).not.toContain(executionId);
  });

  it('is for who shows the token, once there is one', async () => {
    const agent = await boot({ metricsToken: 'token-of-this-test-only' });
    expect((await ask(agent)).status).toBe(401);
    expect((await ask(agent, { authorization: 'Bearer token-of-this-test-only' })).status).toBe(
      200,
    );
  });
});
