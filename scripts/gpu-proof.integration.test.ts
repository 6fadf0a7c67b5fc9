import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '@node3/agent/app';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { ProverProcess } from '@node3/agent/gpu-proof/prover-process';
import { executorWorks, readStatus } from '@node3/agent/testing/test-agent';
import { verifyOpenings } from '@node3/marketplace/gpu-proof/verify-openings';
import { startTestMarketplace } from '@node3/marketplace/testing/test-marketplace';
import { createClient } from '@node3/shared/client';
import { readOpening } from '@node3/shared/gpu-proof/opening-codec';
import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import { challengeAgent, listDeviceProofs } from '@node3/shared/routes/gpu-proofs';
import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from './cli-process.ts';
import { agentConfig } from './dev-network.ts';
import { deviceThatMeasures, measuredDetector } from './measured-detector.ts';
import { findSoftwareGpu } from './software-gpu.ts';

const { environment, skip } = findSoftwareGpu();
const fillKey = Uint32Array.from([1, 2, 3, 4, 5, 6, 7, 0xffffffff]);
const walkKey = Uint32Array.from([8, 7, 6, 5, 4, 3, 2, 0x80000000]);
const plan: ProofPlan = {
  regions: 3,
  regionLines: 1_024,
  rounds: 20,
  passes: 2,
  reads: 3,
  lanes: 512,
};

const provers: ProverProcess[] = [];
afterEach(() => {
  for (const prover of provers.splice(0)) prover.kill();
});

function openProver(changes: Partial<ConstructorParameters<typeof ProverProcess>[0]> = {}) {
  const options = { environment, adapterName: null, software: 'allowed', ...changes } as const;
  const prover = new ProverProcess(options);
  provers.push(prover);
  return prover;
}

describe.skipIf(skip)('a proof on WebGPU', () => {
  it('gives the bits that the marketplace computes, in every lane', async () => {
    const prover = openProver();
    expect(await prover.fillMemory(plan, fillKey)).toMatchObject({ software: true });
    const root = Buffer.from((await prover.walk(walkKey)).root, 'hex');
    const lanes = Array.from({ length: plan.lanes }, (_, lane) => lane);
    const openings = (await prover.open(lanes)).map(readOpening);
    const promised = { plan, fillKey, walkKey, root, lanes };
    expect(verifyOpenings(promised, openings)).toBe('right');
    expect(verifyOpenings({ ...promised, walkKey: fillKey }, openings)).toBe('wrong-result');
  });

  it('refuses a program that plays a GPU', async () => {
    const filling = openProver({ software: 'refused' }).fillMemory(plan, fillKey);
    await expect(filling).rejects.toMatchObject({ failure: 'software-adapter' });
  });

  it('says which devices there are when it is asked for another', async () => {
    const filling = openProver({ adapterName: 'NVIDIA RTX 9999' }).fillMemory(plan, fillKey);
    await expect(filling).rejects.toMatchObject({
      failure: 'wrong-adapter',
      message: expect.stringContaining('SwiftShader'),
    });
  });

  it('says that memory is short, and never fills less than was asked for', async () => {
    const huge = { ...plan, regionLines: 2 ** 24, regions: 4_096 };
    const filling = openProver().fillMemory(huge, fillKey);
    await expect(filling).rejects.toMatchObject({ failure: 'not-enough-memory' });
  });

  it('survives the end of its process with a sentence', async () => {
    const prover = openProver();
    const filling = prover.fillMemory({ ...plan, rounds: 4_096, regionLines: 2 ** 20 }, fillKey);
    prover.kill();
    await expect(filling).rejects.toMatchObject({ failure: 'prover-failed' });
  });
});

describe.skipIf(skip)('an agent that is challenged', () => {
  it('proves its idle device, and both sides show it', async () => {
    const market = await startTestMarketplace();
    const folder = await mkdtemp(join(tmpdir(), 'node3-proof-'));
    const executor = new FakeExecutor();
    executor.programProbe(executorWorks);
    // Small enough for a processor; the marketplace believes that it is a GPU.
    const device = { ...deviceThatMeasures, simulated: false, model: 'SwiftShader' };
    const small = { ...device, memoryBytes: 2 * 1024 ** 2 };
    const agent = await startAgent(
      { ...agentConfig(folder, 'prover', market.url, ''), solanaRpcUrl: null },
      {
        createExecutors: () => [executor],
        createDetectors: () => [measuredDetector(small)],
        startProver: (options) => openProver({ adapterName: options.adapterName }),
      },
    );
    try {
      await agent.ready();
      const params = { agentId: agent.agentId ?? '' };
      const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
      const read = async () => (await market.anonymous.call(listDeviceProofs, { params })).data[0];
      // On a processor that others use, too, a walk may be too late: it is asked again.
      const isMeasured = async () => {
        await operator.call(challengeAgent, { params });
        return (await read())?.label === 'measured';
      };
      await expect.poll(isMeasured, { timeout: 110_000, interval: 500 }).toBe(true);
      expect(await read()).toMatchObject({
        deviceId: small.id,
        memoryBytes: 1024 ** 2,
        adapter: expect.stringContaining('SwiftShader'),
        last: { state: 'passed', finding: 'right' },
      });
      const status = await readStatus(agent);
      expect(status.proofs).toMatchObject([{ deviceId: small.id, state: 'passed' }]);
      const shown = await runCli({ args: ['agent', 'status', '--agent-url', agent.url], folder });
      expect(shown.out).toMatch(/SwiftShader \(GPU-[0-9-]+\): last proof passed \(right\)/);
    } finally {
      await agent.stop();
      await market.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
